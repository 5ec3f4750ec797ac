"""The whole floor in one process from one seed: real stations, sync and ledger, virtual time.

Imported by the command line and the tests alone. Nothing here is used by the program at work.
"""
