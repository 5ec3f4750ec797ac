"""Promises by order line, parcels by order, and since when a claim is held.

The table of before was never written to. Orders that are open get a row for each line, so that
stock can be promised to them.

Revision ID: 0003
Revises: 0002
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The types of `app.ledger.tables` as they were when this was written.
KEY = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
ROOMY = {"fillfactor": 70}
# Orders read at a time: their bodies have addresses and notes.
BATCH = 1_000


def upgrade() -> None:
    op.drop_table("reservation")
    reservation = op.create_table(
        "reservation",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("ordered", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("promised", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rank", KEY, nullable=False),
        sa.PrimaryKeyConstraint("site_n", "document", "line", name=op.f("pk_reservation")),
        comment="Lines of open orders: what they ask for, and what of it stock is promised to.",
        sqlite_with_rowid=False,
        postgresql_with=ROOMY,
    )
    op.create_index("ix_reservation_site_n_item", "reservation", ["site_n", "item"])
    for rows in _lines():
        op.bulk_insert(reservation, rows)
    op.create_table(
        "parcel",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parcel", KEY, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("seal", KEY, server_default="", nullable=False),
        sa.Column("shipped", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("site_n", "parcel", name=op.f("pk_parcel")),
        comment="Parcels of orders: whether each is or was sealed, and whether it has left.",
        sqlite_with_rowid=False,
        postgresql_with=ROOMY,
    )
    op.create_index("ix_parcel_site_n_document", "parcel", ["site_n", "document"])
    op.add_column("claim", sa.Column("since", KEY, server_default="", nullable=False))


def downgrade() -> None:
    op.execute("ALTER TABLE claim DROP COLUMN since")
    op.drop_table("parcel")
    op.drop_table("reservation")
    op.create_table(
        "reservation",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item", KEY, nullable=False),
        sa.Column("document", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("site_n", "item", "document", name=op.f("pk_reservation")),
        comment="Units of an item promised to an order and not yet packed for it.",
        sqlite_with_rowid=False,
        postgresql_with=ROOMY,
    )


def _lines() -> Iterator[list[dict[str, Any]]]:
    """Lines of the orders that are open, some orders at a time."""
    bind = op.get_bind()
    site_n, after = -1, ""
    while True:
        orders = bind.execute(
            sa.text(
                "SELECT site_n, document, body FROM document WHERE kind = 'order' "
                "AND state IN ('released', 'held') "
                "AND (site_n > :site_n OR (site_n = :site_n AND document > :after)) "
                "ORDER BY site_n, document LIMIT :batch"
            ),
            {"site_n": site_n, "after": after, "batch": BATCH},
        ).all()
        if not orders:
            return
        site_n, after = orders[-1].site_n, orders[-1].document
        rows = list(_rows(orders))
        if rows:
            yield rows


def _rows(orders: Iterable[Any]) -> Iterator[dict[str, Any]]:
    for order in orders:
        told = json.loads(bytes(order.body))
        rank = f"{told['priority']:04d} {told['ship_before'] or '~'}"
        for line, item, ordered in told["lines"]:
            yield {
                "site_n": order.site_n,
                "document": order.document,
                "line": line,
                "item": item,
                "ordered": ordered,
                "promised": 0,
                "rank": rank,
            }
