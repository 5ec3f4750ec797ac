"""The whole floor in one process, from one seed: real stations, real sync, real ledger, no real time.

Imported by the command line and the tests alone. Nothing here is used by the program at work.
"""
