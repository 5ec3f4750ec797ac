"""The ledger over HTTP: translates, guards and waits; decides nothing."""
