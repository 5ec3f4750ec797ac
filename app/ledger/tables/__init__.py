"""Tables of the ledger, the same on SQLite and PostgreSQL.

Written once and never edited: `operation`, `link`, `feed`, `posting`, `master`, `change`, `policy`,
`abroad`, `report` (triggers in the migrations see to it; only an operation's outcome may still be
decided). Kept current in the same transaction: `balance`, `document`, `progress`, `tally`,
`reservation`, `parcel`, `claim`, `counted`, `exception`, `lot`, `spent`. Numbers stand for sites
and enrolments inside (`site_n`, `enrolment_n`), because they are in every row of the large tables.
"""

from app.ledger.tables.base import SHELF, metadata
from app.ledger.tables.book import abroad, balance, feed, link, operation, posting, site_feed
from app.ledger.tables.documents import (
    claim,
    counted,
    document,
    exception,
    parcel,
    policy,
    progress,
    report,
    reservation,
    spent,
    tally,
)
from app.ledger.tables.identity import (
    api_key,
    enrolment,
    enrolment_code,
    idempotency,
    meta,
    nonce,
    site,
    snapshot,
    snapshot_page,
    token,
)
from app.ledger.tables.master import (
    change,
    counter,
    item,
    location,
    lot,
    mapping,
    master,
    thing,
    threshold,
)

__all__ = [
    "SHELF",
    "abroad",
    "api_key",
    "balance",
    "change",
    "claim",
    "counted",
    "counter",
    "document",
    "enrolment",
    "enrolment_code",
    "exception",
    "feed",
    "idempotency",
    "item",
    "link",
    "location",
    "lot",
    "mapping",
    "master",
    "meta",
    "metadata",
    "nonce",
    "operation",
    "parcel",
    "policy",
    "posting",
    "progress",
    "report",
    "reservation",
    "site",
    "site_feed",
    "snapshot",
    "snapshot_page",
    "spent",
    "tally",
    "thing",
    "threshold",
    "token",
]
