"""The ledger as a whole in the hands of chance: who acts, what is sent, what must come of it."""
