"""The ledger: sites, enrolments, operations, feed, postings, documents, master data, snapshots.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The types of `app.ledger.tables` as they were when this was written.
KEY = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Nothing is edited (law 6). Table: columns that say what was recorded; every other column of
# `operation` is its outcome, which a decision may still settle. Not a border against the database's
# owner: digest chains, the feed chain and signed marks held elsewhere are.
KEPT = {
    "operation": "id, content_hash, kind, enrolment_n, seq, digest, original, received_at, body",
    "link": "",
    "feed": "",
    "posting": "",
    "master": "",
}


def _keep(table: str, columns: str) -> None:
    of = f"OF {columns} " if columns else ""
    if op.get_bind().dialect.name == "sqlite":
        for moment, doing in (("DELETE", "deleted"), (f"UPDATE {of}", "edited")):
            op.execute(
                f"CREATE TRIGGER {table}_never_{doing} BEFORE {moment} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: what was recorded is never {doing}'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_never_edited BEFORE UPDATE {of} ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION never_edited()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_deleted BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION never_edited()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION never_edited()"
    )


def upgrade() -> None:
    _create_tables()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION never_edited() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '%: what was recorded is never edited', TG_TABLE_NAME; END $$"
        )
    for table, columns in KEPT.items():
        _keep(table, columns)
    op.execute("INSERT INTO counter (name, seq) VALUES ('master', 0)")


def _create_tables() -> None:
    op.create_table(
        "claim",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("enrolment_n", sa.BigInteger(), nullable=False),
        sa.Column("until", KEY, nullable=False),
        sa.PrimaryKeyConstraint("site_n", "document", name=op.f("pk_claim")),
        comment="Who may work on a document; enrolment 0 is nobody.",
        postgresql_with={"fillfactor": 70},
        sqlite_with_rowid=False,
    )
    op.create_index("ix_claim_site_n_enrolment_n", "claim", ["site_n", "enrolment_n"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
        comment="The last row of the company-wide master feed.",
    )
    op.create_table(
        "document",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("shipped", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site_n", "document", name=op.f("pk_document")),
        comment="Orders, the current version of each; earlier versions are in the feed.",
        postgresql_with={"fillfactor": 70},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("master", sa.BigInteger(), nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site_n", "seq", name=op.f("pk_feed")),
        comment="Each site's feed: dense, one order, chained.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "item",
        sa.Column("sku", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_item")),
        comment="Items, the current version of each.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link",
        sa.Column("enrolment_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("content_hash", KEY, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("outcome", KEY, nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("received_at", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("enrolment_n", "seq", name=op.f("pk_link")),
        comment="Places in a chain whose id was known before: sent anew, or in conflict.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "location",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.PrimaryKeyConstraint("site_n", "location", name=op.f("pk_location")),
        comment="Places in a site.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "master",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_master")),
        comment="The company-wide feed of items, locations, people and boxes.",
    )
    op.create_table(
        "meta",
        sa.Column("name", KEY, nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
        comment="Epoch, ledger key and other single values.",
    )
    op.create_table(
        "nonce",
        sa.Column("nonce", KEY, nullable=False),
        sa.Column("expires_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_nonce")),
        comment="Nonces of token requests that were used.",
    )
    op.create_index("ix_nonce_expires_at", "nonce", ["expires_at"], unique=False)
    op.create_table(
        "operation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("enrolment_n", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("outcome", KEY, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("sentence", KEY, nullable=False),
        sa.Column("original", KEY, nullable=False),
        sa.Column("received_at", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        sa.UniqueConstraint("enrolment_n", "seq", name=op.f("uq_operation_enrolment_n_seq")),
        comment="Every operation once: the bytes recorded and what became of it.",
    )
    op.create_index(
        "uq_operation_reversal",
        "operation",
        ["original"],
        unique=True,
        sqlite_where=sa.text("original <> '' AND outcome = 'posted'"),
        postgresql_where=sa.text("original <> '' AND outcome = 'posted'"),
    )
    op.create_table(
        "posting",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_n", "feed_seq", "n", name=op.f("pk_posting")),
        comment="Signed quantities by operation and stock key, zero over each operation.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "progress",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("short", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("packer", KEY, nullable=False),
        sa.PrimaryKeyConstraint("site_n", "document", "line", name=op.f("pk_progress")),
        comment="How far each order line has come; `packer` is an enrolment, `*` when several.",
        postgresql_with={"fillfactor": 70},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "site",
        sa.Column("n", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("site", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("company_prefix", KEY, nullable=False),
        sa.Column("claim_hold_s", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_serial", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_site")),
        sa.UniqueConstraint("site", name=op.f("uq_site_site")),
        comment="Warehouses; `next_serial` is the first SSCC serial not given to any enrolment.",
    )
    op.create_table(
        "thing",
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_thing")),
        comment="People and boxes, the current version of each.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "balance",
        sa.Column("stock", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("location", KEY, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("lot", KEY, nullable=False),
        sa.Column("serial", KEY, nullable=False),
        sa.Column("condition", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["site_n"], ["site.n"], name=op.f("fk_balance_site_n_site")),
        sa.PrimaryKeyConstraint("stock", name=op.f("pk_balance")),
        sa.UniqueConstraint(
            "site_n",
            "location",
            "item",
            "lot",
            "serial",
            "condition",
            name=op.f("uq_balance_site_n_location_item_lot_serial_condition"),
        ),
        comment="Stock keys and the quantity at each: the sum of its postings.",
        postgresql_with={"fillfactor": 70},
    )
    op.create_table(
        "enrolment",
        sa.Column("n", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("station", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("public_key", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("previous", KEY, server_default="", nullable=False),
        sa.Column("sscc_first", KEY, server_default="", nullable=False),
        sa.Column("sscc_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("program_version", KEY, server_default="", nullable=False),
        sa.Column("enrolled_at", KEY, nullable=False),
        sa.Column("seen_at", KEY, nullable=False),
        sa.ForeignKeyConstraint(["site_n"], ["site.n"], name=op.f("fk_enrolment_site_n_site")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("id", name=op.f("uq_enrolment_id")),
        comment="Identities of stations, and how far the ledger has each one's chain.",
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_enrolment_site_n_state", "enrolment", ["site_n", "state"], unique=False)
    op.create_table(
        "enrolment_code",
        sa.Column("n", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("selector", KEY, nullable=False),
        sa.Column("code_hash", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("station", KEY, nullable=False),
        sa.Column("expires_at", KEY, nullable=False),
        sa.Column("tries_left", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("used_at", KEY, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["site_n"], ["site.n"], name=op.f("fk_enrolment_code_site_n_site")),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_enrolment_code")),
        comment="One-time codes: the first characters find the row, the hash proves the rest.",
    )
    op.create_index("ix_enrolment_code_selector", "enrolment_code", ["selector"], unique=False)
    op.create_table(
        "exception",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("severity", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("cause", KEY, nullable=False),
        sa.Column("sentence", KEY, nullable=False),
        sa.Column("operation", KEY, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("opened_at", KEY, nullable=False),
        sa.Column("deadline", KEY, nullable=False),
        sa.Column("seen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["site_n"], ["site.n"], name=op.f("fk_exception_site_n_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exception")),
        comment="What a person must look at.",
    )
    op.create_index(
        "uq_exception_open_cause",
        "exception",
        ["site_n", "cause"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "site_feed",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.ForeignKeyConstraint(["site_n"], ["site.n"], name=op.f("fk_site_feed_site_n_site")),
        sa.PrimaryKeyConstraint("site_n", name=op.f("pk_site_feed")),
        comment="The last row of each site's feed; taken last in a transaction.",
    )
    op.create_table(
        "snapshot",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.Column("master_cursor", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", KEY, nullable=False),
        sa.ForeignKeyConstraint(["site_n"], ["site.n"], name=op.f("fk_snapshot_site_n_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        comment="Immutable pictures of a site.",
    )
    op.create_table(
        "snapshot_page",
        sa.Column("snapshot", KEY, nullable=False),
        sa.Column("page", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot"],
            ["snapshot.id"],
            name=op.f("fk_snapshot_page_snapshot_snapshot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("snapshot", "page", name=op.f("pk_snapshot_page")),
        comment="Their pages, as JSON arrays.",
    )
    op.create_table(
        "token",
        sa.Column("hash", KEY, nullable=False),
        sa.Column("enrolment_n", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_n"], ["enrolment.n"], name=op.f("fk_token_enrolment_n_enrolment")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_token")),
        comment="Bearer tokens, by hash.",
    )
    op.create_index("ix_token_expires_at", "token", ["expires_at"], unique=False)
