"""Certificates of the ledger, and serving with them."""
