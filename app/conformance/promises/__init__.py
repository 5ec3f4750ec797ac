"""What every ledger keeps, a module a subject."""
