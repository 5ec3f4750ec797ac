"""The central stock ledger: one service over SQLite or PostgreSQL, and its HTTP face."""
