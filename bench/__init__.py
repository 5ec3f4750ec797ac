"""Measures the program's speed; prints a table and writes `results.json`. Never a test."""
