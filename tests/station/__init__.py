"""The flows of the station, on a real book."""
