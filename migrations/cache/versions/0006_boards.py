"""What boards count and the log is looked through by: who recorded an operation, and its units.

Both stand in the body already and are filled from it.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FILL = """UPDATE operation SET
  actor = coalesce(json_extract(CAST(body AS TEXT), '$.actor'), ''),
  units = coalesce((SELECT sum(json_extract(l.value, '$.quantity'))
                      FROM json_each(CAST(operation.body AS TEXT), '$.lines') l), 0)"""
FIXED = """CREATE TRIGGER operation_who_fixed BEFORE UPDATE OF actor, units ON operation
       BEGIN SELECT RAISE(ABORT, 'what was recorded is never edited'); END"""
INDEXES = (
    ("ix_operation_kind", ["kind", "n", "recorded_at", "about", "units"]),
    ("ix_operation_actor", ["actor", "n"]),
    ("ix_operation_about", ["about", "n"]),
)


def upgrade() -> None:
    op.add_column("operation", sa.Column("actor", sa.Text(), nullable=False, server_default=""))
    op.add_column(
        "operation", sa.Column("units", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute(FILL)
    op.execute(FIXED)
    for name, columns in INDEXES:
        op.create_index(name, "operation", columns)
    op.create_index(
        "ix_order_document_due", "order_document", ["state", "ship_before", "order", "units"]
    )


def downgrade() -> None:
    op.drop_index("ix_order_document_due", "order_document")
    for name, _ in INDEXES:
        op.drop_index(name, "operation")
    op.execute("DROP TRIGGER operation_who_fixed")
    op.drop_column("operation", "units")
    op.drop_column("operation", "actor")
