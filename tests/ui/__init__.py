"""The window, its parts and what they show, on fake stations and offscreen."""
