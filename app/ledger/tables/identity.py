"""The ledger itself, its sites, who may speak to it, and pictures for fresh stations."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, text

from app.ledger.tables.base import KEY, ROOMY, count, metadata, number, site_ref, word

meta = Table(
    "meta",
    metadata,
    Column("name", KEY, primary_key=True),
    word("value"),
    comment="Epoch, ledger key and other single values.",
)

site = Table(
    "site",
    metadata,
    number("n"),
    Column("site", KEY, nullable=False, unique=True),
    word("name"),
    word("company_prefix"),
    count("claim_hold_s"),
    count("next_serial"),
    word("created_at"),
    comment="Warehouses; `next_serial` is the first SSCC serial not given to any enrolment.",
)

enrolment = Table(
    "enrolment",
    metadata,
    number("n"),
    Column("id", KEY, nullable=False, unique=True),
    site_ref(),
    word("station"),
    word("kind"),
    word("public_key"),
    word("state"),
    count("seq"),
    word("digest"),
    word("previous", default=True),
    word("sscc_first", default=True),
    count("sscc_count"),
    word("program_version", default=True),
    Column("protocol", BigInteger, nullable=False, server_default=text("1")),
    Column("contract", BigInteger, nullable=False, server_default=text("1")),
    word("enrolled_at"),
    word("seen_at"),
    Index("ix_enrolment_site_n_state", "site_n", "state"),
    comment="Identities of stations, and how far the ledger has each one's chain.",
    postgresql_with=ROOMY,
)

enrolment_code = Table(
    "enrolment_code",
    metadata,
    number("n"),
    word("selector"),
    word("code_hash"),
    site_ref(),
    word("station"),
    word("expires_at"),
    count("tries_left"),
    word("used_at", default=True),
    Index("ix_enrolment_code_selector", "selector"),
    comment="One-time codes: the first characters find the row, the hash proves the rest.",
)

token = Table(
    "token",
    metadata,
    Column("hash", KEY, primary_key=True),
    Column("enrolment_n", BigInteger, ForeignKey("enrolment.n"), nullable=False),
    word("expires_at"),
    Index("ix_token_expires_at", "expires_at"),
    comment="Bearer tokens, by hash.",
)

nonce = Table(
    "nonce",
    metadata,
    Column("nonce", KEY, primary_key=True),
    word("expires_at"),
    Index("ix_nonce_expires_at", "expires_at"),
    comment="Nonces of token requests that were used.",
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", KEY, primary_key=True),
    word("name"),
    word("hash"),
    Column("site_n", BigInteger, nullable=False),
    word("scopes"),
    word("actor"),
    word("created_at"),
    word("expires_at"),
    word("last_used_at", default=True),
    word("state"),
    Index("ix_api_key_name", "name"),
    comment="Keys of other systems, by hash; site 0 is every site.",
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", KEY, primary_key=True),
    Column("key", KEY, primary_key=True),
    word("request_hash"),
    count("status"),
    word("content_type", default=True),
    word("etag", default=True),
    Column("body", LargeBinary),
    word("at"),
    Index("ix_idempotency_at", "at"),
    comment="Writes of other systems and what was answered, so that each happens once.",
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", KEY, primary_key=True),
    site_ref(),
    Column("cursor", BigInteger, nullable=False),
    word("chain"),
    Column("master_cursor", BigInteger, nullable=False),
    Column("pages", BigInteger, nullable=False),
    word("expires_at"),
    comment="Immutable pictures of a site.",
)

snapshot_page = Table(
    "snapshot_page",
    metadata,
    Column("snapshot", KEY, ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    Column("page", BigInteger, primary_key=True, autoincrement=False),
    Column("rows", LargeBinary, nullable=False),
    comment="Their pages, as JSON arrays.",
)
