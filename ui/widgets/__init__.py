"""Small parts of the window: each shows a value it is handed, and emits what a person asked for."""
