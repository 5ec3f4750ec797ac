"""Nouns and rules of a warehouse: standard library only, no clock, database, wire or screen."""
