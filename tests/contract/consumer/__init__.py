"""The station as a consumer of the ledger: what it sends, and what it makes of answers."""
