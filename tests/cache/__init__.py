"""The station's book."""
