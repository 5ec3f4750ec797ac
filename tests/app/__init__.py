"""The rim of the program: settings, lock, log, clock, demo link."""
