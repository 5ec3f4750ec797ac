"""The sync: exchange, wire, threads."""
