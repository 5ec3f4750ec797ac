"""Who did it, and can it be proven: credentials, signatures, grants, journal, escrow, archives.

Stations enrolled before speak protocol 1. Whoever could sign in before has no credential yet: an
administrator gives them a new badge and PIN.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The types of `app.ledger.tables` as they were when this was written.
KEY = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Written once; see `app.ledger.kept`.
KEPT = ("signed", "device_key", "site_mark", "journal", "journal_mark")
NEW = (
    "credential",
    "totp",
    "approval_grant",
    "grant_use",
    "last_use",
    "break_glass",
    "review",
    "review_line",
    "person_name",
    "use_noted",
    "signed",
    "device_key",
    "station_mark",
    "site_mark",
    "journal",
    "journal_mark",
    "escrow",
    "recovery",
    "archive_day",
    "legal_hold",
)


def upgrade() -> None:
    op.add_column(
        "enrolment",
        sa.Column("protocol", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
    )
    op.add_column(
        "enrolment",
        sa.Column("contract", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
    )
    _create_people()
    _create_proofs()
    for table in KEPT:
        _keep(table)
    _keep_bodies_until_archived()


def downgrade() -> None:
    _keep_bodies()
    for table in NEW:
        op.drop_table(table)
    op.execute("ALTER TABLE enrolment DROP COLUMN contract")
    op.execute("ALTER TABLE enrolment DROP COLUMN protocol")


def _create_people() -> None:
    op.create_table(
        "credential",
        sa.Column("person", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("site", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("public_key", KEY, nullable=False),
        sa.Column("badge_hash", KEY, server_default="", nullable=False),
        sa.Column("issued_at", KEY, nullable=False),
        sa.Column("issued_by", KEY, nullable=False),
        sa.Column("issued_master", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_after", KEY, server_default="", nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("ended_at", KEY, server_default="", nullable=False),
        sa.Column("ended_by", KEY, server_default="", nullable=False),
        sa.Column("ended_master", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("told_at", KEY, server_default="", nullable=False),
        sa.Column("told_by", KEY, server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", "version", name=op.f("pk_credential")),
        comment="Every version of how a person proves who they are; `issued_master` and "
        "`ended_master` are where it begins and ends in the master feed, `told_by` who let them in "
        "again or lent them rights last.",
    )
    op.create_index("ix_credential_badge_hash", "credential", ["badge_hash"])
    op.create_table(
        "totp",
        sa.Column("person", KEY, nullable=False),
        sa.Column("sealed", KEY, nullable=False),
        sa.Column("last_counter", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tried_at", KEY, server_default="", nullable=False),
        sa.Column("issued_at", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_totp")),
        comment="Second factors: seeds sealed under the ledger's secret, and the last code used.",
    )
    op.create_table(
        "approval_grant",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("enrolment_n", sa.BigInteger(), nullable=False),
        sa.Column("max_quantity", sa.BigInteger(), nullable=False),
        sa.Column("max_value", sa.BigInteger(), nullable=False),
        sa.Column("max_count", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", KEY, nullable=False),
        sa.Column("expires_at", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_grant")),
        comment="What somebody may approve at one station without a link; -1 is no limit.",
    )
    op.create_index("ix_approval_grant_person", "approval_grant", ["person", "issued_at"])
    op.create_table(
        "grant_use",
        sa.Column("grant", KEY, nullable=False),
        sa.Column("operation", KEY, nullable=False),
        sa.Column("carried", KEY, server_default="", nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("grant", "operation", name=op.f("pk_grant_use")),
        comment="Decisions made on a grant; `carried` is the day it was carried on by, or empty.",
    )
    op.create_table(
        "last_use",
        sa.Column("person", KEY, nullable=False),
        sa.Column("permission", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("person", "permission", name=op.f("pk_last_use")),
        comment="When somebody last signed in, and last used each permission.",
    )
    op.create_table(
        "break_glass",
        sa.Column("id", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("approved_by", KEY, server_default="", nullable=False),
        sa.Column("begins_at", KEY, server_default="", nullable=False),
        sa.Column("ends_at", KEY, server_default="", nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass")),
        comment="Rights lent for an hour in an emergency, by two persons.",
    )
    op.create_table(
        "review",
        sa.Column("id", KEY, nullable=False),
        sa.Column("begun_at", KEY, nullable=False),
        sa.Column("begun_by", KEY, nullable=False),
        sa.Column("due_at", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        comment="Access reviews, one a quarter.",
    )
    op.create_table(
        "review_line",
        sa.Column("review", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("site", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("decision", KEY, server_default="", nullable=False),
        sa.Column("reviewer", KEY, server_default="", nullable=False),
        sa.Column("at", KEY, server_default="", nullable=False),
        sa.Column("note", KEY, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("review", "person", "site", name=op.f("pk_review_line")),
        comment="Who has which rights at the time of a review, and what was decided about it.",
    )
    op.create_table(
        "person_name",
        sa.Column("person", KEY, nullable=False),
        sa.Column("sealed", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_person_name")),
        comment="Names, sealed with a key for each person that is kept apart; without it nobody.",
    )
    op.create_table(
        "use_noted",
        sa.Column("enrolment_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("enrolment_n", name=op.f("pk_use_noted")),
        comment="How far the operations of each enrolment were looked through for `last_use`.",
    )


def _create_proofs() -> None:
    op.create_table(
        "signed",
        sa.Column("operation", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("signature", KEY, nullable=False),
        sa.PrimaryKeyConstraint("operation", "person", name=op.f("pk_signed")),
        comment="Signatures of people over operations.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "device_key",
        sa.Column("enrolment_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public_key", KEY, nullable=False),
        sa.Column("after_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("enrolment_n", "version", name=op.f("pk_device_key")),
        comment="Device keys of an enrolment, one after another, each from behind `after_seq` on.",
    )
    op.create_table(
        "station_mark",
        sa.Column("enrolment_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("signature", KEY, nullable=False),
        sa.Column("received_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("enrolment_n", "seq", name=op.f("pk_station_mark")),
        comment="Ends of station chains as their device keys signed them, batch by batch.",
        sqlite_with_rowid=False,
    )
    op.create_table(
        "site_mark",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", KEY, nullable=False),
        sa.Column("chain", KEY, nullable=False),
        sa.Column("master", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("signature", KEY, nullable=False),
        sa.PrimaryKeyConstraint("site_n", "seq", "epoch", name=op.f("pk_site_mark")),
        comment="Checkpoints of each site's feed as the ledger signed them.",
    )
    op.create_table(
        "journal",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("action", KEY, nullable=False),
        sa.Column("object", KEY, nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("transaction", KEY, nullable=False),
        sa.Column("address", KEY, nullable=False),
        sa.Column("device", KEY, nullable=False),
        sa.Column("reason", KEY, server_default="", nullable=False),
        sa.Column("site_n", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("hash", KEY, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_journal")),
        comment="Acts that are no operations, each once, in a chain of their own.",
    )
    op.create_index("ix_journal_object", "journal", ["object"])
    op.create_table(
        "journal_mark",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("signature", KEY, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_journal_mark")),
        comment="Ends of the journal as the ledger signed them.",
    )
    op.create_table(
        "escrow",
        sa.Column("n", ROW_NUMBER, sa.Identity(), nullable=False),
        sa.Column("enrolment_n", sa.BigInteger(), nullable=False),
        sa.Column("purpose", KEY, nullable=False),
        sa.Column("key_id", KEY, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_escrow")),
        comment="Keys of stations, sealed to the recovery key.",
    )
    op.create_index("ix_escrow_enrolment_n", "escrow", ["enrolment_n", "purpose", "key_id"])
    op.create_table(
        "recovery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("enrolment_n", sa.BigInteger(), nullable=False),
        sa.Column("purpose", KEY, nullable=False),
        sa.Column("key_id", KEY, server_default="", nullable=False),
        sa.Column("public_key", KEY, server_default="", nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("asked_at", KEY, nullable=False),
        sa.Column("approved_by", KEY, server_default="", nullable=False),
        sa.Column("approved_at", KEY, server_default="", nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        comment="Recoveries of a station's keys, each by two administrators.",
    )
    op.create_table(
        "archive_day",
        sa.Column("site_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", KEY, nullable=False),
        sa.Column("file", KEY, nullable=False),
        sa.Column("sha256", KEY, nullable=False),
        sa.Column("signature", KEY, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("verified_at", KEY, server_default="", nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.PrimaryKeyConstraint("site_n", "day", name=op.f("pk_archive_day")),
        comment="Days of a site that were closed and written away; site 0 is the journal.",
    )
    op.create_table(
        "legal_hold",
        sa.Column("name", KEY, nullable=False),
        sa.Column("site_n", sa.BigInteger(), nullable=False),
        sa.Column("first_day", KEY, nullable=False),
        sa.Column("last_day", KEY, nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("released_at", KEY, server_default="", nullable=False),
        sa.Column("released_by", KEY, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_legal_hold")),
        comment="Days nothing may be deleted of.",
    )


# Columns of an operation that never change, and the one that may be emptied once it is archived.
FIXED = ("id", "content_hash", "kind", "enrolment_n", "seq", "digest", "original", "received_at")
BODY = "body"
_EDITED = "operation: what was recorded is never edited"
_ARCHIVED = (
    "EXISTS (SELECT 1 FROM archive_day a WHERE a.site_n = {old}.site_n AND a.state = 'verified' "
    "AND {old}.feed_seq BETWEEN a.first_seq AND a.last_seq)"
)


def _keep_bodies_until_archived() -> None:
    """The body of an operation may be emptied, and only when it lies in a verified archive."""
    columns = ", ".join((*FIXED, BODY))
    same = " AND ".join(f"NEW.{column} = OLD.{column}" for column in FIXED)
    archived = _ARCHIVED.format(old="OLD")
    op.execute("DROP TRIGGER operation_never_edited" + _on("operation"))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER operation_never_edited BEFORE UPDATE OF {columns} ON operation "
            f"WHEN NOT ({same} AND NEW.body = x'' AND {archived}) "
            f"BEGIN SELECT RAISE(ABORT, '{_EDITED}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION only_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {same} AND NEW.body = '' AND {archived} THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{_EDITED}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER operation_never_edited BEFORE UPDATE OF {columns} ON operation "
        "FOR EACH ROW EXECUTE FUNCTION only_emptied()"
    )


def _keep_bodies() -> None:
    """As it was before archives."""
    columns = ", ".join((*FIXED, BODY))
    op.execute("DROP TRIGGER operation_never_edited" + _on("operation"))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER operation_never_edited BEFORE UPDATE OF {columns} ON operation "
            f"BEGIN SELECT RAISE(ABORT, '{_EDITED}'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER operation_never_edited BEFORE UPDATE OF {columns} ON operation "
        "FOR EACH ROW EXECUTE FUNCTION never_edited()"
    )
    op.execute("DROP FUNCTION only_emptied()")


def _on(table: str) -> str:
    """PostgreSQL asks which table a trigger is of."""
    return "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"


def _keep(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
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
