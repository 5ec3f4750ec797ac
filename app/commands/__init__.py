"""The command line of everything that needs no window; `ui.__main__` hands over to it."""
