"""Where files may be kept, and what is done when there is no room."""
