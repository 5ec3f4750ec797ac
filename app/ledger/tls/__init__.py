"""How the ledger proves over TLS that it is the ledger: its own small authority, or IT's."""
