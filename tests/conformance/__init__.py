"""The promises of the contract, put to every ledger we ship."""
