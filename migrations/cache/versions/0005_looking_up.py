"""Looking up: items found as somebody types, what was recorded here of an item, who wants it.

All three are derived from what the book already has, and are filled from it.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Letters in the middle of a word are found too: in German the goods are at its end.
SEARCH = """CREATE VIRTUAL TABLE item_search USING fts5(
    said, content='item_said', content_rowid='n', tokenize='trigram')"""
TAKE_OUT = "INSERT INTO item_search (item_search, rowid, said) VALUES ('delete', old.n, old.said)"
PUT_IN = "INSERT INTO item_search (rowid, said) VALUES (new.n, new.said)"
TRIGGERS = (
    f"CREATE TRIGGER item_said_new AFTER INSERT ON item_said BEGIN {PUT_IN}; END",
    f"CREATE TRIGGER item_said_other AFTER UPDATE ON item_said BEGIN {TAKE_OUT}; {PUT_IN}; END",
    f"CREATE TRIGGER item_said_gone AFTER DELETE ON item_said BEGIN {TAKE_OUT}; END",
)
FILL = (
    """INSERT INTO item_said (sku, said)
SELECT i.sku, i.sku || ' ' || i.name || coalesce(
       (SELECT ' ' || group_concat(b.gtin, ' ') FROM barcode b WHERE b.sku = i.sku), '')
  FROM item i ORDER BY i.sku""",
    """INSERT OR IGNORE INTO trace (item, n)
SELECT json_extract(l.value, '$.item'), o.n
  FROM operation o, json_each(CAST(o.body AS TEXT), '$.lines') l""",
    """INSERT OR IGNORE INTO trace (item, n)
SELECT t.item, r.n
  FROM operation r JOIN operation o ON o.id = r.reverses JOIN trace t ON t.n = o.n
 WHERE r.kind = 'reverse'""",
    """INSERT OR IGNORE INTO wanted (item, "order", line, quantity)
SELECT json_extract(l.value, '$.item'), d."order", json_extract(l.value, '$.line'),
       json_extract(l.value, '$.quantity')
  FROM order_document d, json_each(CAST(d.body AS TEXT), '$.lines') l
 WHERE d.state IN ('released', 'held')""",
)


def upgrade() -> None:
    op.create_table(
        "item_said",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_item_said")),
        sa.UniqueConstraint("sku", name=op.f("uq_item_said_sku")),
        comment="What an item is searched by: number, name, barcodes.",
    )
    op.execute(SEARCH)
    for words in TRIGGERS:
        op.execute(words)
    op.create_table(
        "trace",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["n"], ["operation.n"], name=op.f("fk_trace_n_operation")),
        sa.PrimaryKeyConstraint("item", "n", name=op.f("pk_trace")),
        sqlite_with_rowid=False,
        comment="Which operations recorded here are about an item.",
    )
    op.create_table(
        "wanted",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("item", "order", "line", name=op.f("pk_wanted")),
        sqlite_with_rowid=False,
        comment="Which open orders ask for an item.",
    )
    op.create_index("ix_wanted_order", "wanted", ["order"])
    for words in FILL:
        op.execute(words)


def downgrade() -> None:
    op.drop_table("wanted")
    op.drop_table("trace")
    op.execute("DROP TABLE item_search")
    op.drop_table("item_said")
