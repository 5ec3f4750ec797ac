"""Nouns and rules of a warehouse. Standard library only; knows no clock, database, wire or screen."""
