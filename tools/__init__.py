"""Helpers for developing Packhouse: never imported by the program, never packaged with it."""
