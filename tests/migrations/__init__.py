"""What both migration chains promise."""
