"""Who did it: credentials, wrong PINs, grants, requests that wait here, signatures of people.

The program before this one passed such rows over, so the book takes a new picture of the site and
reads master data again; what it shows until then stays. Nothing that was recorded is touched.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NEW = ("credential", "attempt", "standing_grant", "waiting", "former_link")
# A picture is taken by a book that has no place in the feed.
FOLLOW_ANEW = """UPDATE note
   SET value = json_set(value, '$.cursor', 0, '$.chain', '', '$.master_cursor', 0)
 WHERE name = 'position'"""


def upgrade() -> None:
    op.add_column(
        "operation",
        sa.Column("signatures", sa.LargeBinary(), server_default=sa.text("x''"), nullable=False),
    )
    op.create_table(
        "credential",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("badge_hash", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_credential")),
        comment="How people prove who they are: the version that holds, signed by the ledger.",
    )
    op.create_index("ix_credential_badge_hash", "credential", ["badge_hash"])
    op.create_table(
        "attempt",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_at", sa.Text(), server_default="", nullable=False),
        sa.Column("disabled", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_attempt")),
        comment="Wrong PINs in a row, counted before each is checked; person empty: of everybody.",
    )
    op.create_table(
        "standing_grant",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_grant")),
        comment="What people may approve here without a link, signed by the ledger.",
    )
    op.create_index("ix_standing_grant_person", "standing_grant", ["person", "expires_at"])
    op.create_table(
        "waiting",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signatures", sa.LargeBinary(), nullable=False),
        sa.Column("decided", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        comment="Requests of the site that wait; `decided` is the decision made here, or empty.",
    )
    op.create_index("ix_waiting_n", "waiting", ["n"])
    op.create_table(
        "former_link",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("enrolment", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n", "enrolment", name=op.f("pk_former_link")),
        sa.ForeignKeyConstraint(["n"], ["operation.n"], name=op.f("fk_former_link_n_operation")),
        comment="Where operations stood in chains of earlier enrolments, before they were linked "
        "anew.",
        sqlite_with_rowid=False,
    )
    for moment, doing in (("DELETE", "deleted"), ("UPDATE", "edited")):
        op.execute(
            f"CREATE TRIGGER former_link_never_{doing} BEFORE {moment} ON former_link "
            f"BEGIN SELECT RAISE(ABORT, 'what was linked is never {doing}'); END"
        )
    op.execute(FOLLOW_ANEW)


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)
    op.execute("ALTER TABLE operation DROP COLUMN signatures")
    op.execute(FOLLOW_ANEW)
