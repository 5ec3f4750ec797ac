"""The ledger's HTTP face, asked over real sockets."""
