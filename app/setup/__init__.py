"""The first run: six checked steps from an empty folder to a working bench. Knows no Qt."""
