"""The demo: embedded ledger, sample goods, simulated devices; a scripted shift that is checked."""
