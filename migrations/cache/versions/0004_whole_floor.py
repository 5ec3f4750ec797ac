"""The whole floor: what is counted at documents before the ledger has confirmed it.

Programs before this one recorded nothing about documents but orders, so the table begins empty.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pending_tally",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["n"], ["operation.n"], name=op.f("fk_pending_tally_n_operation")),
        comment="Counts at lines of documents by operations the ledger has not confirmed.",
    )
    op.create_index("ix_pending_tally_document", "pending_tally", ["kind", "document"])
    op.create_index("ix_pending_tally_n", "pending_tally", ["n"])


def downgrade() -> None:
    op.drop_table("pending_tally")
