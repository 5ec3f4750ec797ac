"""Company-wide master data: the feed, the current versions, and who changed what."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table

from app.ledger.tables.base import KEY, count, metadata, number, site_key, word

counter = Table(
    "counter",
    metadata,
    Column("name", KEY, primary_key=True),
    count("seq"),
    comment="The last row of the company-wide master feed.",
)

master = Table(
    "master",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    word("at"),
    Column("body", LargeBinary, nullable=False),
    comment="The company-wide feed of items, locations, people and boxes.",
)

item = Table(
    "item",
    metadata,
    Column("sku", KEY, primary_key=True),
    count("version"),
    Column("body", LargeBinary, nullable=False),
    comment="Items, the current version of each.",
    sqlite_with_rowid=False,
)

location = Table(
    "location",
    metadata,
    site_key(),
    Column("location", KEY, primary_key=True),
    word("kind"),
    comment="Places in a site.",
    sqlite_with_rowid=False,
)

thing = Table(
    "thing",
    metadata,
    Column("kind", KEY, primary_key=True),
    Column("name", KEY, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    comment="People and boxes, the current version of each.",
    sqlite_with_rowid=False,
)

lot = Table(
    "lot",
    metadata,
    Column("item", KEY, primary_key=True),
    Column("lot", KEY, primary_key=True),
    word("expiry", default=True),
    word("state"),
    count("version"),
    comment="Lots of items, at every site: expiry and whether they may be used.",
    sqlite_with_rowid=False,
)

change = Table(
    "change",
    metadata,
    number("n"),
    word("kind"),
    word("name"),
    count("version"),
    word("release"),
    word("at"),
    word("actor"),
    word("reason"),
    Column("before", LargeBinary, nullable=False),
    Column("after", LargeBinary, nullable=False),
    Index("ix_change_kind_name", "kind", "name"),
    comment="Every change of master data: who, why, before and after. Written once.",
)

mapping = Table(
    "mapping",
    metadata,
    Column("system", KEY, primary_key=True),
    Column("kind", KEY, primary_key=True),
    Column("code", KEY, primary_key=True),
    Column("valid_from", KEY, primary_key=True),
    word("valid_to", default=True),
    word("ours"),
    word("actor"),
    word("reason"),
    word("at"),
    Index("ix_mapping_kind_ours", "kind", "ours"),
    comment="Codes of other systems and what they mean here, with the days they hold.",
)

threshold = Table(
    "threshold",
    metadata,
    site_key(),
    Column("location", KEY, primary_key=True),
    Column("item", KEY, primary_key=True),
    count("low"),
    count("fill_to"),
    word("actor"),
    word("at"),
    comment="When a pick location is filled up, and how far; location empty: when to reorder.",
    sqlite_with_rowid=False,
)
