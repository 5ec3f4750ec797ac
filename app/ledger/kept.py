"""Which tables are written once, and what of a row may still be settled afterwards.

The migrations set triggers that keep them; the rights of PostgreSQL's app role and the seal on
SQLite's connections derive from this list. Every other table is the present state, which can be
made again from these.
"""

# The account the program serves with on PostgreSQL, unless another is named.
APP_ROLE = "packhouse_app"

# Table: columns that may change. An operation that waits or is held gets its outcome later.
KEPT: dict[str, frozenset[str]] = {
    "operation": frozenset({"site_n", "feed_seq", "outcome", "code", "sentence"}),
    "link": frozenset(),
    "feed": frozenset(),
    "posting": frozenset(),
    "master": frozenset(),
    "abroad": frozenset(),
    "change": frozenset(),
    "policy": frozenset(),
    "report": frozenset(),
    "signed": frozenset(),
    "device_key": frozenset(),
    "site_mark": frozenset(),
    "journal": frozenset(),
    "journal_mark": frozenset(),
}
