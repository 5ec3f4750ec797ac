"""The ledger's engine under fire: lost connections, killed servers, restores, upgrades, edits."""
