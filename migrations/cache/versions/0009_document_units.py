"""The units of a document stand beside its body: a list need not read thousands of lines.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# A line is an array; the third thing in it is its quantity.
_COUNT = """UPDATE document SET units = (
  SELECT coalesce(sum(json_extract(value, '$[2]')), 0)
    FROM json_each(CAST(document.body AS TEXT), '$.lines'))"""


def upgrade() -> None:
    op.add_column(
        "document", sa.Column("units", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute(_COUNT)


def downgrade() -> None:
    op.drop_column("document", "units")
