"""The contract as promises any ledger must keep, and a small station to put them to the test."""
