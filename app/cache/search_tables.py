"""Tables by which things are found again: derived from others, and filled anew from them.

The full-text index over `item_said` (`item_search`, by triggers) is in the migration.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from app.cache.schema import metadata

item_said = Table(
    "item_said",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("sku", Text, nullable=False, unique=True),
    Column("said", Text, nullable=False),
    comment="What an item is searched by: number, name, barcodes.",
)

trace = Table(
    "trace",
    metadata,
    Column("item", Text, primary_key=True),
    Column("n", Integer, ForeignKey("operation.n"), primary_key=True),
    sqlite_with_rowid=False,
    comment="Which operations recorded here are about an item.",
)

wanted = Table(
    "wanted",
    metadata,
    Column("item", Text, primary_key=True),
    Column("order", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    Index("ix_wanted_order", "order"),
    sqlite_with_rowid=False,
    comment="Which open orders ask for an item.",
)
