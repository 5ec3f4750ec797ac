"""What station and ledger agree on: messages, their bytes, the chain, and the `Ledger` protocol."""
