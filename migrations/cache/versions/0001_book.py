"""The station's book: scans, operations, effects, confirmed rows, master data.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# What was recorded is never edited (law 6). Not a border against someone with the key: the digest
# chain and the ledger's signed mark are.
TRIGGERS = (
    """CREATE TRIGGER operation_kept BEFORE DELETE ON operation
       BEGIN SELECT RAISE(ABORT, 'operations are never deleted'); END""",
    """CREATE TRIGGER operation_body_fixed
       BEFORE UPDATE OF id, kind, body, content_hash, recorded_at ON operation
       BEGIN SELECT RAISE(ABORT, 'what was recorded is never edited'); END""",
    """CREATE TRIGGER scan_kept BEFORE DELETE ON scan
       BEGIN SELECT RAISE(ABORT, 'scans are never deleted'); END""",
    """CREATE TRIGGER scan_raw_fixed BEFORE UPDATE OF at, device, raw ON scan
       BEGIN SELECT RAISE(ABORT, 'a scan is never edited'); END""",
    """CREATE TRIGGER scan_fate_once BEFORE UPDATE OF fate ON scan WHEN old.fate <> ''
       BEGIN SELECT RAISE(ABORT, 'a scan has one fate'); END""",
)


def upgrade() -> None:
    op.create_table(
        "balance",
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "location", "item", "lot", "serial", "condition", name=op.f("pk_balance")
        ),
        comment="Confirmed quantity by stock key.",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_balance_item", "balance", ["item"], unique=False)
    op.create_table(
        "barcode",
        sa.Column("gtin", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("gtin", name=op.f("pk_barcode")),
        comment="Packs: the one place where a barcode becomes an item and a number of base units.",
    )
    op.create_index("ix_barcode_sku", "barcode", ["sku"], unique=False)
    op.create_table(
        "box",
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("box", name=op.f("pk_box")),
        comment="Box presets.",
    )
    op.create_table(
        "claim",
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enrolment", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document", name=op.f("pk_claim")),
        comment="Who may work on a document.",
    )
    op.create_table(
        "exception",
        sa.Column("exception", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("exception", name=op.f("pk_exception")),
        comment="What a person must look at, as the ledger opened and closed it.",
    )
    op.create_index("ix_exception_state", "exception", ["state", "deadline"], unique=False)
    op.create_table(
        "item",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_item")),
        comment="Latest version of each item.",
    )
    op.create_table(
        "location",
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("location", name=op.f("pk_location")),
        comment="Places of this site.",
    )
    op.create_table(
        "note",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_note")),
        comment="Small things by name: identity, position in the feed, open jobs, number block.",
    )
    op.create_table(
        "operation",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("enrolment", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Text(), nullable=False),
        sa.Column("reverses", sa.Text(), server_default="", nullable=False),
        sa.Column("transport", sa.Text(), server_default="unsent", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_operation")),
        sa.UniqueConstraint("enrolment", "seq", name=op.f("uq_operation_enrolment_seq")),
        sa.UniqueConstraint("id", name=op.f("uq_operation_id")),
        comment="What was recorded here: the body as hashed, its link, and what became of it.",
    )
    op.create_index(
        "ix_operation_acknowledged",
        "operation",
        ["feed_seq"],
        unique=False,
        sqlite_where=sa.text("transport = 'acknowledged'"),
    )
    op.create_index("ix_operation_job", "operation", ["job", "n"], unique=False)
    op.create_index(
        "ix_operation_need",
        "operation",
        ["n"],
        unique=False,
        sqlite_where=sa.text("outcome IN ('refused', 'held', 'conflict', 'waiting')"),
    )
    op.create_index(
        "ix_operation_open",
        "operation",
        ["n"],
        unique=False,
        sqlite_where=sa.text("transport <> 'confirmed'"),
    )
    op.create_index(
        "ix_operation_reverses",
        "operation",
        ["reverses"],
        unique=False,
        sqlite_where=sa.text("reverses <> ''"),
    )
    op.create_index(
        "ix_operation_unsent",
        "operation",
        ["enrolment", "seq"],
        unique=False,
        sqlite_where=sa.text("transport = 'unsent'"),
    )
    op.create_table(
        "order_document",
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("ship_before", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("order", name=op.f("pk_order_document")),
        comment="Latest version of each order.",
    )
    op.create_index(
        "ix_order_document_queue",
        "order_document",
        ["state", "priority", "ship_before", "order"],
        unique=False,
    )
    op.create_table(
        "person",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("badge_hash", sa.Text(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_person")),
        comment="Who may sign in here.",
    )
    op.create_index("ix_person_badge_hash", "person", ["badge_hash"], unique=False)
    op.create_table(
        "print_job",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_print_job")),
        comment="Labels asked for; a job is printed at most once without a person's word.",
    )
    op.create_table(
        "progress",
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("packed", sa.BigInteger(), nullable=False),
        sa.Column("short", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order", "line", name=op.f("pk_progress")),
        comment="Confirmed progress by order line.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), server_default="", nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("operation", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        comment="Every scan, stored before it was understood; a badge only as a keyed hash.",
    )
    op.create_index(
        "ix_scan_undecided", "scan", ["id"], unique=False, sqlite_where=sa.text("fate = ''")
    )
    op.create_table(
        "staged",
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("page", "n", name=op.f("pk_staged")),
        comment="Pages of a snapshot while it is fetched; swapped in whole.",
    )
    op.create_table(
        "advance",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("packed", sa.BigInteger(), nullable=False),
        sa.Column("short", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["n"], ["operation.n"], name=op.f("fk_advance_n_operation")),
        comment="Pending order progress of operations not yet confirmed.",
    )
    op.create_index("ix_advance_n", "advance", ["n"], unique=False)
    op.create_index("ix_advance_order", "advance", ["order"], unique=False)
    op.create_table(
        "effect",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["n"], ["operation.n"], name=op.f("fk_effect_n_operation")),
        comment="Pending stock effect of operations not yet confirmed.",
    )
    op.create_index("ix_effect_item", "effect", ["item"], unique=False)
    op.create_index("ix_effect_location", "effect", ["location"], unique=False)
    op.create_index("ix_effect_n", "effect", ["n"], unique=False)
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    op.drop_index("ix_effect_n", table_name="effect")
    op.drop_index("ix_effect_location", table_name="effect")
    op.drop_index("ix_effect_item", table_name="effect")
    op.drop_table("effect")
    op.drop_index("ix_advance_order", table_name="advance")
    op.drop_index("ix_advance_n", table_name="advance")
    op.drop_table("advance")
    op.drop_table("staged")
    op.drop_index("ix_scan_undecided", table_name="scan", sqlite_where=sa.text("fate = ''"))
    op.drop_table("scan")
    op.drop_table("progress")
    op.drop_table("print_job")
    op.drop_index("ix_person_badge_hash", table_name="person")
    op.drop_table("person")
    op.drop_index("ix_order_document_queue", table_name="order_document")
    op.drop_table("order_document")
    op.drop_index(
        "ix_operation_unsent", table_name="operation", sqlite_where=sa.text("transport = 'unsent'")
    )
    op.drop_index(
        "ix_operation_reverses", table_name="operation", sqlite_where=sa.text("reverses <> ''")
    )
    op.drop_index(
        "ix_operation_open",
        table_name="operation",
        sqlite_where=sa.text("transport <> 'confirmed'"),
    )
    op.drop_index(
        "ix_operation_need",
        table_name="operation",
        sqlite_where=sa.text("outcome IN ('refused', 'held', 'conflict', 'waiting')"),
    )
    op.drop_index("ix_operation_job", table_name="operation")
    op.drop_index(
        "ix_operation_acknowledged",
        table_name="operation",
        sqlite_where=sa.text("transport = 'acknowledged'"),
    )
    op.drop_table("operation")
    op.drop_table("note")
    op.drop_table("location")
    op.drop_table("item")
    op.drop_index("ix_exception_state", table_name="exception")
    op.drop_table("exception")
    op.drop_table("claim")
    op.drop_table("box")
    op.drop_index("ix_barcode_sku", table_name="barcode")
    op.drop_table("barcode")
    op.drop_index("ix_balance_item", table_name="balance")
    op.drop_table("balance")
