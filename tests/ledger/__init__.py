"""Tests of the ledger itself; what any ledger promises is in tests/conformance."""
