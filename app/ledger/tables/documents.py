"""Documents, how far they have come, who works on them, and what a person must look at."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, text

from app.ledger.tables.base import KEY, ROOMY, count, metadata, site_key, site_ref, word

document = Table(
    "document",
    metadata,
    site_key(),
    Column("kind", KEY, primary_key=True),
    Column("document", KEY, primary_key=True),
    word("state"),
    count("version"),
    count("shipped"),
    Column("body", LargeBinary, nullable=False),
    comment="Orders, inbounds, returns, transfers, counts, tasks: the current version of each.",
    sqlite_with_rowid=False,
    postgresql_with=ROOMY,
)

progress = Table(
    "progress",
    metadata,
    site_key(),
    Column("document", KEY, primary_key=True),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    count("packed"),
    count("short"),
    word("packer"),
    comment="How far each order line has come; `packer` is an enrolment, `*` when several.",
    sqlite_with_rowid=False,
    postgresql_with=ROOMY,
)

tally = Table(
    "tally",
    metadata,
    site_key(),
    Column("kind", KEY, primary_key=True),
    Column("document", KEY, primary_key=True),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("measure", KEY, primary_key=True),
    count("quantity"),
    comment="What operations counted at a line of a document other than an order, by measure.",
    sqlite_with_rowid=False,
    postgresql_with=ROOMY,
)

reservation = Table(
    "reservation",
    metadata,
    site_key(),
    Column("document", KEY, primary_key=True),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    word("item"),
    count("ordered"),
    count("promised"),
    word("rank"),
    Index("ix_reservation_site_n_item", "site_n", "item"),
    comment="Lines of open orders: what they ask for, and what of it stock is promised to.",
    sqlite_with_rowid=False,
    postgresql_with=ROOMY,
)

parcel = Table(
    "parcel",
    metadata,
    site_key(),
    Column("parcel", KEY, primary_key=True),
    word("document"),
    word("seal", default=True),
    count("shipped"),
    Index("ix_parcel_site_n_document", "site_n", "document"),
    comment="Parcels of orders: whether each is or was sealed, and whether it has left.",
    sqlite_with_rowid=False,
    postgresql_with=ROOMY,
)

claim = Table(
    "claim",
    metadata,
    site_key(),
    Column("kind", KEY, primary_key=True),
    Column("document", KEY, primary_key=True),
    word("state"),
    Column("enrolment_n", BigInteger, nullable=False),
    word("until"),
    word("since", default=True),
    Index("ix_claim_site_n_enrolment_n", "site_n", "enrolment_n"),
    comment="Who may work on a document; enrolment 0 is nobody.",
    sqlite_with_rowid=False,
    postgresql_with=ROOMY,
)

counted = Table(
    "counted",
    metadata,
    Column("operation", KEY, primary_key=True),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("site_n", BigInteger, nullable=False),
    word("document"),
    Column("stock", BigInteger, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("expected", BigInteger, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("enrolment_n", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    word("actor"),
    word("state"),
    word("adjust", default=True),
    word("at"),
    Index("ix_counted_stock", "stock"),
    Index(
        "ix_counted_provisional",
        "site_n",
        sqlite_where=text("state = 'provisional'"),
        postgresql_where=text("state = 'provisional'"),
    ),
    comment="What a count saw at a stock key, what was expected there, and what became of it.",
)

exception = Table(
    "exception",
    metadata,
    Column("id", KEY, primary_key=True),
    site_ref(),
    word("code"),
    word("severity"),
    word("state"),
    word("cause"),
    word("sentence"),
    word("operation"),
    word("document"),
    word("opened_at"),
    word("deadline"),
    count("seen"),
    word("owner", default=True),
    word("closed_at", default=True),
    word("closed_by", default=True),
    # One cause is one story: while it is open, more of the same is counted, not opened again.
    Index(
        "uq_exception_open_cause",
        "site_n",
        "cause",
        unique=True,
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
    comment="What a person must look at.",
)

policy = Table(
    "policy",
    metadata,
    site_key(),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    word("actor"),
    word("reason"),
    word("at"),
    Column("body", LargeBinary, nullable=False),
    comment="Every version of each site's policy; the last one holds. Written once.",
    sqlite_with_rowid=False,
)

spent = Table(
    "spent",
    metadata,
    site_key(),
    Column("person", KEY, primary_key=True),
    Column("item", KEY, primary_key=True),
    Column("day", KEY, primary_key=True),
    count("quantity"),
    count("value"),
    comment="What a person has adjusted of an item on a day without anybody's approval.",
    sqlite_with_rowid=False,
)

report = Table(
    "report",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("site_n", BigInteger, nullable=False),
    word("kind"),
    word("state"),
    word("at"),
    Column("body", LargeBinary, nullable=False),
    Index("ix_report_site_n_kind_at", "site_n", "kind", "at"),
    comment="Reconciliations: what was compared and what differed. Written once.",
)
