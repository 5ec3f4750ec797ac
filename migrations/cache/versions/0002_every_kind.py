"""What the ledger tells beside orders: documents, tallies, lots, parties, policy; all claims.

The program before this one passed such rows over, so the book takes a new picture of the site and
reads master data again; what it shows until then stays. Nothing that was recorded is touched.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNSOLVED = sa.text("state <> 'closed'")
# A picture is taken by a book that has no place in the feed.
FOLLOW_ANEW = """UPDATE note
   SET value = json_set(value, '$.cursor', 0, '$.chain', '', '$.master_cursor', 0)
 WHERE name = 'position'"""


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "document", name=op.f("pk_document")),
        comment="Latest version of each document that is not an order.",
    )
    op.create_index("ix_document_queue", "document", ["kind", "state", "due", "document"])
    op.create_table(
        "tally",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "document", "line", "measure", name=op.f("pk_tally")),
        comment="Confirmed counts at lines of documents, by measure.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "party",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("party", name=op.f("pk_party")),
        comment="Suppliers, customers, carriers.",
    )
    op.create_table(
        "lot",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expiry", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("item", "lot", name=op.f("pk_lot")),
        comment="When a lot expires and whether it may be used.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "policy",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policy")),
        comment="What the site has decided beforehand: the version that holds.",
    )
    _claims(("kind", "document"), "'order', document, state, enrolment, station, until")
    op.add_column("exception", sa.Column("owner", sa.Text(), server_default="", nullable=False))
    op.add_column("exception", sa.Column("ways", sa.Text(), server_default="[]", nullable=False))
    op.add_column("exception", sa.Column("seen", sa.Integer(), server_default="1", nullable=False))
    op.drop_index("ix_exception_state", table_name="exception")
    op.create_index("ix_exception_open", "exception", ["deadline"], sqlite_where=UNSOLVED)
    op.execute(FOLLOW_ANEW)


def downgrade() -> None:
    op.execute(FOLLOW_ANEW)
    op.drop_index("ix_exception_open", table_name="exception", sqlite_where=UNSOLVED)
    op.create_index("ix_exception_state", "exception", ["state", "deadline"])
    for name in ("seen", "ways", "owner"):
        op.execute(f"ALTER TABLE exception DROP COLUMN {name}")
    op.execute("UPDATE exception SET state = 'open' WHERE state = 'escalated'")
    op.execute("DELETE FROM claim WHERE kind <> 'order'")
    _claims(("document",), "document, state, enrolment, station, until")
    for table in ("policy", "lot", "party", "tally"):
        op.drop_table(table)
    op.drop_index("ix_document_queue", table_name="document")
    op.drop_table("document")


def _claims(key: tuple[str, ...], columns: str) -> None:
    """Make the table of claims anew with another key."""
    op.execute("CREATE TABLE claim_before AS SELECT * FROM claim")
    op.drop_table("claim")
    names = (*key, "state", "enrolment", "station", "until")
    op.create_table(
        "claim",
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_claim")),
        comment="Who may work on a document.",
    )
    op.execute(f"INSERT INTO claim SELECT {columns} FROM claim_before")
    op.execute("DROP TABLE claim_before")
