"""What the wire means, byte for byte."""
