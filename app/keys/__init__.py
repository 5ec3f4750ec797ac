"""Keys at rest: what opens the book, signs as the device and wraps backups, never in the clear.

`docs/decisions/0301-keys-at-rest.md` has the reasons. `vault.Vault` is the port other parts use.
"""
