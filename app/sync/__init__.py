"""Keeping two books the same: what was recorded goes to the ledger, what it decided comes back."""
