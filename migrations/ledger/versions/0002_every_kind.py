"""The ledger in full: documents of every kind, tallies, counts, policy, lots, keys of others.

Orders become one kind of document among others; what was written before stays as it is.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# The types of `app.ledger.tables` as they were when this was written.
KEY = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHELF = sa.text(
    "NOT (location >= 'parcel/' AND location < 'parcel0') "
    "AND NOT (location >= 'tote/' AND location < 'tote0')"
)

# Nothing of these is edited or deleted (law 6).
KEPT = ("abroad", "change", "policy", "report")
NEW = (
    "abroad", "api_key", "change", "counted", "idempotency", "lot", "mapping", "policy", "report",
    "reservation", "spent", "tally", "threshold",
)  # fmt: skip
# Tables whose key now says of which kind a document is.
KINDLESS = {
    "document": "site_n, document, state, version, shipped, body",
    "claim": "site_n, document, state, enrolment_n, until",
}
COMMENTS = {
    "document": (
        "Orders, the current version of each; earlier versions are in the feed.",
        "Orders, inbounds, returns, transfers, counts, tasks: the current version of each.",
    ),
    "claim": ("Who may work on a document; enrolment 0 is nobody.",) * 2,
}


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    _create_tables()
    for table in KEPT:
        _keep(table)
    for table in KINDLESS:
        _add_kind(table)
    op.create_index("ix_claim_site_n_enrolment_n", "claim", ["site_n", "enrolment_n"])
    for name in ("owner", "closed_at", "closed_by"):
        op.add_column("exception", sa.Column(name, KEY, server_default="", nullable=False))
    _index_causes("state <> 'closed'")
    op.create_index("ix_balance_shelf", "balance", ["site_n", "item"], sqlite_where=SHELF,
                    postgresql_where=SHELF)  # fmt: skip
    _partial("ix_balance_item_serial", "balance", ["item", "serial"], "serial <> ''")
    _partial(
        "ix_operation_undecided",
        "operation",
        ["site_n", "feed_seq"],
        "outcome IN ('waiting', 'held')",
    )
    op.create_index("ix_posting_stock_feed_seq", "posting", ["stock", "feed_seq"])


def downgrade() -> None:
    op.drop_index("ix_posting_stock_feed_seq", "posting")
    op.drop_index("ix_operation_undecided", "operation")
    op.drop_index("ix_balance_item_serial", "balance")
    op.drop_index("ix_balance_shelf", "balance")
    op.execute("DELETE FROM exception WHERE state <> 'open'")
    _index_causes("state = 'open'")
    for name in ("closed_by", "closed_at", "owner"):
        op.execute(f"ALTER TABLE exception DROP COLUMN {name}")
    for table in KINDLESS:
        _drop_kind(table)
    op.create_index("ix_claim_site_n_enrolment_n", "claim", ["site_n", "enrolment_n"])
    for table in NEW:
        op.drop_table(table)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def _index_causes(where: str) -> None:
    """One cause is one story while it is not closed."""
    op.drop_index("uq_exception_open_cause", "exception")
    op.create_index(
        "uq_exception_open_cause",
        "exception",
        ["site_n", "cause"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _keep(table: str) -> None:
    if _is_sqlite():
        for moment, doing in (("DELETE", "deleted"), ("UPDATE", "edited")):
            op.execute(
                f"CREATE TRIGGER {table}_never_{doing} BEFORE {moment} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table}: what was recorded is never {doing}'); END"
            )
        return
    for moment, doing, each in (
        ("UPDATE", "edited", "ROW"),
        ("DELETE", "deleted", "ROW"),
        ("TRUNCATE", "emptied", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER {table}_never_{doing} BEFORE {moment} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION never_edited()"
        )


def _add_kind(table: str) -> None:
    if not _is_sqlite():
        op.add_column(table, sa.Column("kind", KEY, server_default="order", nullable=False))
        op.drop_constraint(f"pk_{table}", table)
        op.create_primary_key(f"pk_{table}", table, ["site_n", "kind", "document"])
        op.alter_column(table, "kind", server_default=None)
        op.execute(f"COMMENT ON TABLE {table} IS '{COMMENTS[table][1]}'")
        if table == "claim":
            op.drop_index("ix_claim_site_n_enrolment_n", "claim")
        return
    columns = KINDLESS[table]
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_before")
    _create_kinded(table)
    op.execute(
        f"INSERT INTO {table} (kind, {columns}) SELECT 'order', {columns} FROM {table}_before"
    )
    op.drop_table(f"{table}_before")


def _drop_kind(table: str) -> None:
    op.execute(f"DELETE FROM {table} WHERE kind <> 'order'")
    if not _is_sqlite():
        op.drop_constraint(f"pk_{table}", table)
        op.drop_column(table, "kind")
        op.create_primary_key(f"pk_{table}", table, ["site_n", "document"])
        op.execute(f"COMMENT ON TABLE {table} IS '{COMMENTS[table][0]}'")
        if table == "claim":
            op.drop_index("ix_claim_site_n_enrolment_n", "claim")
        return
    columns = KINDLESS[table]
    op.execute(f"ALTER TABLE {table} RENAME TO {table}_after")
    _create_kinded(table, kind=False)
    op.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_after")
    op.drop_table(f"{table}_after")


def _create_kinded(table: str, *, kind: bool = True) -> None:
    """`document` or `claim` on SQLite, which cannot change the key of a table."""
    key = ["site_n", "kind", "document"] if kind else ["site_n", "document"]
    kinds = [sa.Column("kind", KEY, nullable=False)] if kind else []
    number = sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False)
    name, state = (sa.Column(word, KEY, nullable=False) for word in ("document", "state"))
    if table == "claim":
        rest = [
            sa.Column("enrolment_n", sa.BigInteger(), nullable=False),
            sa.Column("until", KEY, nullable=False),
        ]
    else:
        rest = [
            sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
            sa.Column("shipped", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
        ]
    op.create_table(
        table,
        number,
        *kinds,
        name,
        state,
        *rest,
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )


def _create_tables() -> None:
    op.create_table(
        "abroad",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", "site_n", name=op.f("pk_abroad")),
        comment="Where an operation between two sites stands in the other site's feed.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "api_key",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("hash", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("scopes", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("expires_at", KEY, nullable=False),
        sa.Column("last_used_at", KEY, server_default="", nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        comment="Keys of other systems, by hash; site 0 is every site.",
    )
    op.create_index("ix_api_key_name", "api_key", ["name"], unique=False)
    op.create_table(
        "change",
        sa.Column("n", NUMBER, sa.Identity(always=False), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("release", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_change")),
        comment="Every change of master data: who, why, before and after. Written once.",
    )
    op.create_index("ix_change_kind_name", "change", ["kind", "name"], unique=False)
    op.create_table(
        "counted",
        sa.Column("operation", KEY, nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("enrolment_n", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("adjust", KEY, server_default="", nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("operation", "n", name=op.f("pk_counted")),
        comment="What a count saw at a stock key, what was expected there, and what became of it.",
    )
    op.create_index(
        "ix_counted_provisional",
        "counted",
        ["site_n"],
        unique=False,
        sqlite_where=sa.text("state = 'provisional'"),
        postgresql_where=sa.text("state = 'provisional'"),
    )
    op.create_index("ix_counted_stock", "counted", ["stock"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("caller", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("request_hash", KEY, nullable=False),
        sa.Column("status", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("content_type", KEY, server_default="", nullable=False),
        sa.Column("etag", KEY, server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency")),
        comment="Writes of other systems and what was answered, so that each happens once.",
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"], unique=False)
    op.create_table(
        "lot",
        sa.Column("item", KEY, nullable=False),
        sa.Column("lot", KEY, nullable=False),
        sa.Column("expiry", KEY, server_default="", nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("item", "lot", name=op.f("pk_lot")),
        comment="Lots of items, at every site: expiry and whether they may be used.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mapping",
        sa.Column("system", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("valid_from", KEY, nullable=False),
        sa.Column("valid_to", KEY, server_default="", nullable=False),
        sa.Column("ours", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("system", "kind", "code", "valid_from", name=op.f("pk_mapping")),
        comment="Codes of other systems and what they mean here, with the days they hold.",
    )
    op.create_index("ix_mapping_kind_ours", "mapping", ["kind", "ours"], unique=False)
    op.create_table(
        "policy",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site_n", "version", name=op.f("pk_policy")),
        comment="Every version of each site's policy; the last one holds. Written once.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        comment="Reconciliations: what was compared and what differed. Written once.",
    )
    op.create_index("ix_report_site_n_kind_at", "report", ["site_n", "kind", "at"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("site_n", "item", "document", name=op.f("pk_reservation")),
        comment="Units of an item promised to an order and not yet packed for it.",
        postgresql_with={"fillfactor": 70},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spent",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("value", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("site_n", "person", "item", "day", name=op.f("pk_spent")),
        comment="What a person has adjusted of an item on a day without anybody's approval.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("measure", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint(
            "site_n", "kind", "document", "line", "measure", name=op.f("pk_tally")
        ),
        comment="What operations counted at a line of a document other than an order, by measure.",
        postgresql_with={"fillfactor": 70},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "threshold",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("location", KEY, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("low", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("fill_to", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("site_n", "location", "item", name=op.f("pk_threshold")),
        comment="When a pick location is filled up, and how far; location empty: when to reorder.",
        sqlite_with_rowid=False,
    )
