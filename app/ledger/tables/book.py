"""Operations, the feed they are told in, and the balances that are their sum."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from app.ledger.tables.base import (
    KEY,
    ROOMY,
    SHELF,
    count,
    metadata,
    number,
    site_key,
    site_ref,
    word,
)

operation = Table(
    "operation",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("site_n", BigInteger, nullable=False),
    Column("feed_seq", BigInteger, nullable=False),
    word("content_hash"),
    word("kind"),
    Column("enrolment_n", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    word("digest"),
    word("outcome"),
    word("code"),
    word("sentence"),
    word("original"),
    word("received_at"),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("enrolment_n", "seq"),
    # An operation has at most one effective reversal.
    Index(
        "uq_operation_reversal",
        "original",
        unique=True,
        sqlite_where=text("original <> '' AND outcome = 'posted'"),
        postgresql_where=text("original <> '' AND outcome = 'posted'"),
    ),
    # What somebody must still decide or release.
    Index(
        "ix_operation_undecided",
        "site_n",
        "feed_seq",
        sqlite_where=text("outcome IN ('waiting', 'held')"),
        postgresql_where=text("outcome IN ('waiting', 'held')"),
    ),
    comment="Every operation once: the bytes recorded and what became of it.",
)

link = Table(
    "link",
    metadata,
    Column("enrolment_n", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    word("id"),
    word("content_hash"),
    word("digest"),
    word("outcome"),
    count("feed_seq"),
    word("received_at"),
    Column("body", LargeBinary),
    comment="Places in a chain whose id was known before: sent anew, or in conflict.",
    sqlite_with_rowid=False,
)

abroad = Table(
    "abroad",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("site_n", BigInteger, primary_key=True, autoincrement=False),
    Column("feed_seq", BigInteger, nullable=False),
    comment="Where an operation between two sites stands in the other site's feed.",
    sqlite_with_rowid=False,
)

site_feed = Table(
    "site_feed",
    metadata,
    Column("site_n", BigInteger, ForeignKey("site.n"), primary_key=True, autoincrement=False),
    count("seq"),
    word("chain"),
    comment="The last row of each site's feed; taken last in a transaction.",
)

feed = Table(
    "feed",
    metadata,
    site_key(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("master", BigInteger, nullable=False),
    word("chain"),
    Column("body", LargeBinary, nullable=False),
    comment="Each site's feed: dense, one order, chained.",
    sqlite_with_rowid=False,
)

balance = Table(
    "balance",
    metadata,
    number("stock"),
    site_ref(),
    word("location"),
    word("item"),
    word("lot"),
    word("serial"),
    word("condition"),
    count("quantity"),
    UniqueConstraint("site_n", "location", "item", "lot", "serial", "condition"),
    # Where a serial is.
    Index(
        "ix_balance_item_serial",
        "item",
        "serial",
        sqlite_where=text("serial <> ''"),
        postgresql_where=text("serial <> ''"),
    ),
    # What lies in the building outside parcels and totes, by item: what can still be promised.
    Index(
        "ix_balance_shelf",
        "site_n",
        "item",
        sqlite_where=text(SHELF),
        postgresql_where=text(SHELF),
    ),
    comment="Stock keys and the quantity at each: the sum of its postings.",
    postgresql_with=ROOMY,
)

posting = Table(
    "posting",
    metadata,
    site_key(),
    Column("feed_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("stock", BigInteger, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("order_line", BigInteger, nullable=False),
    # "Why is this number 7?": the operations behind a balance, at any position of the feed.
    Index("ix_posting_stock_feed_seq", "stock", "feed_seq"),
    comment="Signed quantities by operation and stock key, zero over each operation.",
    sqlite_with_rowid=False,
)
