"""Tables of the station's book.

Three kinds of rows live here. *Recorded* rows (scans, operations, print jobs) are written once by
this station and never edited in what they say. *Confirmed* rows (balances, progress, orders,
claims, exceptions, master data) are what the ledger said. *Effects* are an index over recorded
operations the ledger has not confirmed; it can be rebuilt from the bodies at any time (law 7).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.cache.photo_table import photo
from app.cache.schema import metadata
from app.cache.search_tables import item_said, trace, wanted

__all__ = ["item_said", "metadata", "photo", "trace", "wanted"]

note = Table(
    "note",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    comment="Small things by name: identity, position in the feed, open jobs, number block.",
)

scan = Table(
    "scan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("shown", Text, nullable=False),
    Column("fate", Text, nullable=False, server_default=""),
    Column("why", Text, nullable=False, server_default=""),
    Column("operation", Text, nullable=False, server_default=""),
    Index("ix_scan_undecided", "id", sqlite_where=text("fate = ''")),
    comment="Every scan, stored before it was understood; a badge only as a keyed hash.",
)

# SQLite uses a partial index only for a query that says the same words, and never for a parameter:
# queries take these, else they read every operation there ever was (0.3 s at 50,000).
UNSENT = text("transport = 'unsent'")
ACKNOWLEDGED = text("transport = 'acknowledged'")
OPEN = text("transport <> 'confirmed'")
UNSOLVED = text("state <> 'closed'")
NOT_POSTED = text("outcome IN ('refused', 'held', 'conflict', 'waiting')")

operation = Table(
    "operation",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("enrolment", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    Column("job", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("recorded_at", Text, nullable=False),
    Column("reverses", Text, nullable=False, server_default=""),
    Column("transport", Text, nullable=False, server_default="unsent"),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("code", Text, nullable=False, server_default=""),
    Column("sentence", Text, nullable=False, server_default=""),
    Column("feed_seq", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("signatures", LargeBinary, nullable=False, server_default=text("x''")),
    Column("actor", Text, nullable=False, server_default=""),
    Column("units", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("enrolment", "seq"),
    Index("ix_operation_unsent", "enrolment", "seq", sqlite_where=UNSENT),
    Index("ix_operation_acknowledged", "feed_seq", sqlite_where=ACKNOWLEDGED),
    Index("ix_operation_open", "n", sqlite_where=OPEN),
    Index("ix_operation_need", "n", sqlite_where=NOT_POSTED),
    Index("ix_operation_job", "job", "n"),
    Index("ix_operation_reverses", "reverses", sqlite_where=text("reverses <> ''")),
    # What is counted on a board, without reading a body; and the log by kind, person, document.
    Index("ix_operation_kind", "kind", "n", "recorded_at", "about", "units"),
    Index("ix_operation_actor", "actor", "n"),
    Index("ix_operation_about", "about", "n"),
    comment="What was recorded here: the body as hashed, its link, and what became of it.",
)

former_link = Table(
    "former_link",
    metadata,
    Column("n", Integer, ForeignKey("operation.n"), primary_key=True),
    Column("enrolment", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
    sqlite_with_rowid=False,
    comment="Where operations stood in chains of earlier enrolments, before they were linked anew.",
)

effect = Table(
    "effect",
    metadata,
    Column("n", Integer, ForeignKey("operation.n"), nullable=False),
    Column("location", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("lot", Text, nullable=False),
    Column("serial", Text, nullable=False),
    Column("condition", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Index("ix_effect_n", "n"),
    Index("ix_effect_item", "item"),
    Index("ix_effect_location", "location"),
    comment="Pending stock effect of operations not yet confirmed.",
)

advance = Table(
    "advance",
    metadata,
    Column("n", Integer, ForeignKey("operation.n"), nullable=False),
    Column("order", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("packed", BigInteger, nullable=False),
    Column("short", BigInteger, nullable=False),
    Index("ix_advance_n", "n"),
    Index("ix_advance_order", "order"),
    comment="Pending order progress of operations not yet confirmed.",
)

pending_tally = Table(
    "pending_tally",
    metadata,
    Column("n", Integer, ForeignKey("operation.n"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("measure", Text, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Index("ix_pending_tally_document", "kind", "document", "line"),
    Index("ix_pending_tally_n", "n"),
    comment="Counts at lines of documents by operations the ledger has not confirmed.",
)

balance = Table(
    "balance",
    metadata,
    Column("location", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("lot", Text, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("condition", Text, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    Index("ix_balance_item", "item"),
    sqlite_with_rowid=False,
    comment="Confirmed quantity by stock key.",
)

progress = Table(
    "progress",
    metadata,
    Column("order", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("packed", BigInteger, nullable=False),
    Column("short", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    comment="Confirmed progress by order line.",
)

order_document = Table(
    "order_document",
    metadata,
    Column("order", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("ship_before", Text, nullable=False),
    Column("units", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_order_document_queue", "state", "priority", "ship_before", "order"),
    Index("ix_order_document_due", "state", "ship_before", "order", "units"),
    comment="Latest version of each order.",
)

document = Table(
    "document",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("due", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("units", BigInteger, nullable=False, server_default="0"),
    Index("ix_document_queue", "kind", "state", "due", "document"),
    comment="Latest version of each document that is not an order.",
)

tally = Table(
    "tally",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    comment="Confirmed counts at lines of documents, by measure.",
)

claim = Table(
    "claim",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("enrolment", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("until", Text, nullable=False),
    comment="Who may work on a document.",
)

exception = Table(
    "exception",
    metadata,
    Column("exception", Text, primary_key=True),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("deadline", Text, nullable=False),
    Column("owner", Text, nullable=False, server_default=""),
    Column("ways", Text, nullable=False, server_default="[]"),
    Column("seen", Integer, nullable=False, server_default="1"),
    Index("ix_exception_open", "deadline", sqlite_where=UNSOLVED),
    comment="What a person must look at, as the ledger opened and closed it.",
)

item = Table(
    "item",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    comment="Latest version of each item.",
)

barcode = Table(
    "barcode",
    metadata,
    Column("gtin", Text, primary_key=True),
    Column("sku", Text, nullable=False),
    Column("units", BigInteger, nullable=False),
    Index("ix_barcode_sku", "sku"),
    comment="Packs: the one place where a barcode becomes an item and a number of base units.",
)

location = Table(
    "location",
    metadata,
    Column("location", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    comment="Places of this site.",
)

person = Table(
    "person",
    metadata,
    Column("person", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("badge_hash", Text, nullable=False),
    Column("active", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_person_badge_hash", "badge_hash"),
    comment="Who may sign in here.",
)

credential = Table(
    "credential",
    metadata,
    Column("person", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("badge_hash", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("ix_credential_badge_hash", "badge_hash"),
    comment="How people prove who they are: the version that holds, signed by the ledger.",
)

attempt = Table(
    "attempt",
    metadata,
    Column("person", Text, primary_key=True),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("last_at", Text, nullable=False, server_default=""),
    Column("disabled", Integer, nullable=False, server_default="0"),
    comment="Wrong PINs in a row, counted before each is checked; person empty: of everybody.",
)

standing_grant = Table(
    "standing_grant",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("expires_at", Text, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("body", LargeBinary, nullable=False),
    Index("ix_standing_grant_person", "person", "expires_at"),
    comment="What people may approve here without a link, signed by the ledger.",
)

waiting = Table(
    "waiting",
    metadata,
    Column("id", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("station", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("signatures", LargeBinary, nullable=False),
    Column("decided", Text, nullable=False, server_default=""),
    Index("ix_waiting_n", "n"),
    comment="Requests of the site that wait; `decided` is the decision made here, or empty.",
)

box = Table(
    "box",
    metadata,
    Column("box", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    comment="Box presets.",
)

party = Table(
    "party",
    metadata,
    Column("party", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    comment="Suppliers, customers, carriers.",
)

lot = Table(
    "lot",
    metadata,
    Column("item", Text, primary_key=True),
    Column("lot", Text, primary_key=True),
    Column("expiry", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    sqlite_with_rowid=False,
    comment="When a lot expires and whether it may be used.",
)

policy = Table(
    "policy",
    metadata,
    Column("version", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    comment="What the site has decided beforehand: the version that holds.",
)

print_job = Table(
    "print_job",
    metadata,
    Column("job", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
    comment="Labels asked for; a job is printed at most once without a person's word.",
)

staged = Table(
    "staged",
    metadata,
    Column("page", Integer, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    comment="Pages of a snapshot while it is fetched; swapped in whole.",
)
