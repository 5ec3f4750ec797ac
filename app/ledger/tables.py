"""Tables of the ledger, the same on SQLite and PostgreSQL.

Written once and never edited: `operation`, `link`, `feed`, `posting`, `master` (triggers in the
migration see to it; only an operation's outcome may still be decided). Kept current in the same
transaction: `balance`, `document`, `progress`, `claim`, `exception`. Numbers stand for sites and
enrolments inside (`site_n`, `enrolment_n`), because they are in every row of the large tables.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column of exactly this type.
_ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


# Compared byte by byte in indexes, whatever the language of the server: cheaper, and the same order
# on both databases.
_KEY = Text(collation="C").with_variant(Text(), "sqlite")
# Room on each page for the next version of a row, so that its indexes need not be touched.
_ROOMY = {"fillfactor": 70}


def _number(name: str) -> Column[int]:
    return Column(name, _ROW_NUMBER, Identity(), primary_key=True)


def _text(name: str, *, default: bool = False) -> Column[str]:
    return Column(name, _KEY, nullable=False, server_default="" if default else None)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _site() -> Column[int]:
    return Column("site_n", BigInteger, ForeignKey("site.n"), nullable=False)


def _site_key() -> Column[int]:
    # No foreign key in the tables that grow by every operation: PostgreSQL would look up, and lock,
    # the same row of `site` once per row written. The posting knows its site before it writes.
    return Column("site_n", BigInteger, primary_key=True, autoincrement=False)


meta = Table(
    "meta",
    metadata,
    Column("name", _KEY, primary_key=True),
    _text("value"),
    comment="Epoch, ledger key and other single values.",
)

site = Table(
    "site",
    metadata,
    _number("n"),
    Column("site", _KEY, nullable=False, unique=True),
    _text("name"),
    _text("company_prefix"),
    _count("claim_hold_s"),
    _count("next_serial"),
    _text("created_at"),
    comment="Warehouses; `next_serial` is the first SSCC serial not given to any enrolment.",
)

site_feed = Table(
    "site_feed",
    metadata,
    Column("site_n", BigInteger, ForeignKey("site.n"), primary_key=True, autoincrement=False),
    _count("seq"),
    _text("chain"),
    comment="The last row of each site's feed; taken last in a transaction.",
)

counter = Table(
    "counter",
    metadata,
    Column("name", _KEY, primary_key=True),
    _count("seq"),
    comment="The last row of the company-wide master feed.",
)

enrolment = Table(
    "enrolment",
    metadata,
    _number("n"),
    Column("id", _KEY, nullable=False, unique=True),
    _site(),
    _text("station"),
    _text("kind"),
    _text("public_key"),
    _text("state"),
    _count("seq"),
    _text("digest"),
    _text("previous", default=True),
    _text("sscc_first", default=True),
    _count("sscc_count"),
    _text("program_version", default=True),
    _text("enrolled_at"),
    _text("seen_at"),
    Index("ix_enrolment_site_n_state", "site_n", "state"),
    comment="Identities of stations, and how far the ledger has each one's chain.",
    postgresql_with=_ROOMY,
)

enrolment_code = Table(
    "enrolment_code",
    metadata,
    _number("n"),
    _text("selector"),
    _text("code_hash"),
    _site(),
    _text("station"),
    _text("expires_at"),
    _count("tries_left"),
    _text("used_at", default=True),
    Index("ix_enrolment_code_selector", "selector"),
    comment="One-time codes: the first characters find the row, the hash proves the rest.",
)

token = Table(
    "token",
    metadata,
    Column("hash", _KEY, primary_key=True),
    Column("enrolment_n", BigInteger, ForeignKey("enrolment.n"), nullable=False),
    _text("expires_at"),
    Index("ix_token_expires_at", "expires_at"),
    comment="Bearer tokens, by hash.",
)

nonce = Table(
    "nonce",
    metadata,
    Column("nonce", _KEY, primary_key=True),
    _text("expires_at"),
    Index("ix_nonce_expires_at", "expires_at"),
    comment="Nonces of token requests that were used.",
)

operation = Table(
    "operation",
    metadata,
    Column("id", _KEY, primary_key=True),
    Column("site_n", BigInteger, nullable=False),
    Column("feed_seq", BigInteger, nullable=False),
    _text("content_hash"),
    _text("kind"),
    Column("enrolment_n", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    _text("digest"),
    _text("outcome"),
    _text("code"),
    _text("sentence"),
    _text("original"),
    _text("received_at"),
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
    comment="Every operation once: the bytes recorded and what became of it.",
)

link = Table(
    "link",
    metadata,
    Column("enrolment_n", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("id"),
    _text("content_hash"),
    _text("digest"),
    _text("outcome"),
    _count("feed_seq"),
    _text("received_at"),
    Column("body", LargeBinary),
    comment="Places in a chain whose id was known before: sent anew, or in conflict.",
    sqlite_with_rowid=False,
)

feed = Table(
    "feed",
    metadata,
    _site_key(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("master", BigInteger, nullable=False),
    _text("chain"),
    Column("body", LargeBinary, nullable=False),
    comment="Each site's feed: dense, one order, chained.",
    sqlite_with_rowid=False,
)

balance = Table(
    "balance",
    metadata,
    _number("stock"),
    _site(),
    _text("location"),
    _text("item"),
    _text("lot"),
    _text("serial"),
    _text("condition"),
    _count("quantity"),
    UniqueConstraint("site_n", "location", "item", "lot", "serial", "condition"),
    comment="Stock keys and the quantity at each: the sum of its postings.",
    postgresql_with=_ROOMY,
)

posting = Table(
    "posting",
    metadata,
    _site_key(),
    Column("feed_seq", BigInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("stock", BigInteger, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("order_line", BigInteger, nullable=False),
    comment="Signed quantities by operation and stock key, zero over each operation.",
    sqlite_with_rowid=False,
)

document = Table(
    "document",
    metadata,
    _site_key(),
    Column("document", _KEY, primary_key=True),
    _text("state"),
    _count("version"),
    _count("shipped"),
    Column("body", LargeBinary, nullable=False),
    comment="Orders, the current version of each; earlier versions are in the feed.",
    sqlite_with_rowid=False,
    postgresql_with=_ROOMY,
)

progress = Table(
    "progress",
    metadata,
    _site_key(),
    Column("document", _KEY, primary_key=True),
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    _count("packed"),
    _count("short"),
    _text("packer"),
    comment="How far each order line has come; `packer` is an enrolment, `*` when several.",
    sqlite_with_rowid=False,
    postgresql_with=_ROOMY,
)

claim = Table(
    "claim",
    metadata,
    _site_key(),
    Column("document", _KEY, primary_key=True),
    _text("state"),
    Column("enrolment_n", BigInteger, nullable=False),
    _text("until"),
    Index("ix_claim_site_n_enrolment_n", "site_n", "enrolment_n"),
    comment="Who may work on a document; enrolment 0 is nobody.",
    sqlite_with_rowid=False,
    postgresql_with=_ROOMY,
)

exception = Table(
    "exception",
    metadata,
    Column("id", _KEY, primary_key=True),
    _site(),
    _text("code"),
    _text("severity"),
    _text("state"),
    _text("cause"),
    _text("sentence"),
    _text("operation"),
    _text("document"),
    _text("opened_at"),
    _text("deadline"),
    _count("seen"),
    # One cause is one story: while it is open, more of the same is counted, not opened again.
    Index(
        "uq_exception_open_cause",
        "site_n",
        "cause",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    comment="What a person must look at.",
)

master = Table(
    "master",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _text("at"),
    Column("body", LargeBinary, nullable=False),
    comment="The company-wide feed of items, locations, people and boxes.",
)

item = Table(
    "item",
    metadata,
    Column("sku", _KEY, primary_key=True),
    _count("version"),
    Column("body", LargeBinary, nullable=False),
    comment="Items, the current version of each.",
    sqlite_with_rowid=False,
)

location = Table(
    "location",
    metadata,
    _site_key(),
    Column("location", _KEY, primary_key=True),
    _text("kind"),
    comment="Places in a site.",
    sqlite_with_rowid=False,
)

thing = Table(
    "thing",
    metadata,
    Column("kind", _KEY, primary_key=True),
    Column("name", _KEY, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    comment="People and boxes, the current version of each.",
    sqlite_with_rowid=False,
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", _KEY, primary_key=True),
    _site(),
    Column("cursor", BigInteger, nullable=False),
    _text("chain"),
    Column("master_cursor", BigInteger, nullable=False),
    Column("pages", BigInteger, nullable=False),
    _text("expires_at"),
    comment="Immutable pictures of a site.",
)

snapshot_page = Table(
    "snapshot_page",
    metadata,
    Column("snapshot", _KEY, ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    Column("page", BigInteger, primary_key=True, autoincrement=False),
    Column("rows", LargeBinary, nullable=False),
    comment="Their pages, as JSON arrays.",
)
