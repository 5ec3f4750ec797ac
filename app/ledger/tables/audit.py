"""What proves the rest: signatures, device keys, marks, the journal, escrow, archives, holds."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table

from app.ledger.tables.base import KEY, count, metadata, number, site_key, word

signed = Table(
    "signed",
    metadata,
    Column("operation", KEY, primary_key=True),
    Column("person", KEY, primary_key=True),
    count("version"),
    word("signature"),
    comment="Signatures of people over operations.",
    sqlite_with_rowid=False,
)

device_key = Table(
    "device_key",
    metadata,
    Column("enrolment_n", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    word("public_key"),
    count("after_seq"),
    word("at"),
    comment="Device keys of an enrolment, one after another, each from behind `after_seq` on.",
)

station_mark = Table(
    "station_mark",
    metadata,
    Column("enrolment_n", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    word("digest"),
    word("signature"),
    word("received_at"),
    comment="Ends of station chains as their device keys signed them, batch by batch.",
    sqlite_with_rowid=False,
)

site_mark = Table(
    "site_mark",
    metadata,
    site_key(),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", KEY, primary_key=True),
    word("chain"),
    count("master"),
    word("at"),
    word("signature"),
    comment="Checkpoints of each site's feed as the ledger signed them.",
)

journal = Table(
    "journal",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    word("at"),
    word("actor"),
    word("role"),
    word("action"),
    word("object"),
    Column("before", LargeBinary, nullable=False),
    Column("after", LargeBinary, nullable=False),
    word("transaction"),
    word("address"),
    word("device"),
    word("reason", default=True),
    count("site_n"),
    word("hash"),
    Index("ix_journal_object", "object"),
    comment="Acts that are no operations, each once, in a chain of their own.",
)

journal_mark = Table(
    "journal_mark",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    word("hash"),
    word("at"),
    word("signature"),
    comment="Ends of the journal as the ledger signed them.",
)

escrow = Table(
    "escrow",
    metadata,
    number("n"),
    Column("enrolment_n", BigInteger, nullable=False),
    word("purpose"),
    word("key_id"),
    Column("sealed", LargeBinary, nullable=False),
    word("at"),
    word("state"),
    Index("ix_escrow_enrolment_n", "enrolment_n", "purpose", "key_id"),
    comment="Keys of stations, sealed to the recovery key.",
)

recovery = Table(
    "recovery",
    metadata,
    Column("id", KEY, primary_key=True),
    Column("enrolment_n", BigInteger, nullable=False),
    word("purpose"),
    word("key_id", default=True),
    word("public_key", default=True),
    word("asked_by"),
    word("asked_at"),
    word("approved_by", default=True),
    word("approved_at", default=True),
    word("reason"),
    word("state"),
    Column("sealed", LargeBinary),
    comment="Recoveries of a station's keys, each by two administrators.",
)

archive_day = Table(
    "archive_day",
    metadata,
    site_key(),
    Column("day", KEY, primary_key=True),
    word("file"),
    word("sha256"),
    word("signature"),
    count("first_seq"),
    count("last_seq"),
    count("rows"),
    word("at"),
    word("verified_at", default=True),
    word("state"),
    comment="Days of a site that were closed and written away; site 0 is the journal.",
)

legal_hold = Table(
    "legal_hold",
    metadata,
    Column("name", KEY, primary_key=True),
    Column("site_n", BigInteger, nullable=False),
    word("first_day"),
    word("last_day"),
    word("reason"),
    word("actor"),
    word("at"),
    word("released_at", default=True),
    word("released_by", default=True),
    comment="Days nothing may be deleted of.",
)
