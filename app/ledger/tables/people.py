"""Who may do what, and how they prove it: credentials, second factors, grants, reviews."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table

from app.ledger.tables.base import KEY, count, metadata, word

credential = Table(
    "credential",
    metadata,
    Column("person", KEY, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    word("site"),
    word("role"),
    word("public_key"),
    word("badge_hash", default=True),
    word("issued_at"),
    word("issued_by"),
    count("issued_master"),
    word("not_after", default=True),
    word("state"),
    word("ended_at", default=True),
    word("ended_by", default=True),
    count("ended_master"),
    word("told_at", default=True),
    word("told_by", default=True),
    Column("body", LargeBinary, nullable=False),
    Index("ix_credential_badge_hash", "badge_hash"),
    comment="Every version of how a person proves who they are; `issued_master` and `ended_master` "
    "are where it begins and ends in the master feed, `told_by` who let them in again or lent them "
    "rights last.",
)

totp = Table(
    "totp",
    metadata,
    Column("person", KEY, primary_key=True),
    word("sealed"),
    count("last_counter"),
    count("failures"),
    word("tried_at", default=True),
    word("issued_at"),
    word("state"),
    comment="Second factors: seeds sealed under the ledger's secret, and the last code used.",
)

approval_grant = Table(
    "approval_grant",
    metadata,
    Column("id", KEY, primary_key=True),
    word("person"),
    Column("site_n", BigInteger, nullable=False),
    Column("enrolment_n", BigInteger, nullable=False),
    Column("max_quantity", BigInteger, nullable=False),
    Column("max_value", BigInteger, nullable=False),
    Column("max_count", BigInteger, nullable=False),
    word("issued_at"),
    word("expires_at"),
    word("state"),
    Index("ix_approval_grant_person", "person", "issued_at"),
    comment="What somebody may approve at one station without a link; -1 is no limit.",
)

grant_use = Table(
    "grant_use",
    metadata,
    Column("grant", KEY, primary_key=True),
    Column("operation", KEY, primary_key=True),
    word("carried", default=True),
    word("at"),
    comment="Decisions made on a grant; `carried` is the day it was carried on by, or empty.",
)

last_use = Table(
    "last_use",
    metadata,
    Column("person", KEY, primary_key=True),
    Column("permission", KEY, primary_key=True),
    word("at"),
    comment="When somebody last signed in, and last used each permission.",
)

break_glass = Table(
    "break_glass",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("site_n", BigInteger, nullable=False),
    word("person"),
    word("role"),
    word("asked_by"),
    word("approved_by", default=True),
    word("begins_at", default=True),
    word("ends_at", default=True),
    word("reason"),
    word("state"),
    comment="Rights lent for an hour in an emergency, by two persons.",
)

review = Table(
    "review",
    metadata,
    Column("id", KEY, primary_key=True),
    word("begun_at"),
    word("begun_by"),
    word("due_at"),
    word("state"),
    comment="Access reviews, one a quarter.",
)

review_line = Table(
    "review_line",
    metadata,
    Column("review", KEY, primary_key=True),
    Column("person", KEY, primary_key=True),
    Column("site", KEY, primary_key=True),
    word("role"),
    Column("body", LargeBinary, nullable=False),
    word("decision", default=True),
    word("reviewer", default=True),
    word("at", default=True),
    word("note", default=True),
    comment="Who has which rights at the time of a review, and what was decided about it.",
)

person_name = Table(
    "person_name",
    metadata,
    Column("person", KEY, primary_key=True),
    word("sealed"),
    word("at"),
    comment="Names, sealed with a key for each person that is kept apart; without it nobody.",
)

use_noted = Table(
    "use_noted",
    metadata,
    Column("enrolment_n", BigInteger, primary_key=True, autoincrement=False),
    count("seq"),
    comment="How far the operations of each enrolment were looked through for `last_use`.",
)
