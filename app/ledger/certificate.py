"""Certificates of shifts: what became of every operation a station captured, signed."""

from collections import Counter

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.certificate import ShiftCertificate, certificate_bytes
from app.domain.operation import Outcome
from app.errors import Refusal
from app.ledger import feed
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.keys import LedgerKey
from app.ledger.sites import SiteRef
from app.ledger.tables import enrolment, link, operation


class Certificates:
    """Makes them.

    Args:
        database: The ledger's.
        clock: When.
        key: Signs.
    """

    def __init__(self, database: Database, clock: Clock, key: LedgerKey) -> None:
        self._database = database
        self._clock = clock
        self._key = key

    def make(self, site: SiteRef, enrolment_id: str, first: int, last: int) -> ShiftCertificate:
        """Account for the operations of an enrolment.

        Args:
            site: Its site.
            enrolment_id: Whose.
            first: Place in its chain to begin at, from 1.
            last: Place of the last one the station captured; 0 for the last the ledger has.

        Raises:
            Refusal: `unknown_enrolment` or `bad_range`.
        """
        e = enrolment.c
        with self._database.frozen() as connection:
            row = connection.execute(
                sa.select(e.n, e.station, e.seq).where(e.id == enrolment_id, e.site_n == site.n)
            ).first()
            if row is None:
                raise Refusal(
                    "unknown_enrolment", f"There is no such enrolment at {site.site}. Look again."
                )
            last = last or row.seq
            if not 1 <= first <= last + 1:
                raise Refusal("bad_range", "A range begins at 1 or later, and before it ends.")
            there = min(last, row.seq)
            outcomes = _outcomes(connection, row.n, first, there)
            digest = _digest(connection, row.n, there)
            epoch = feed.epoch(connection)
            head, _ = feed.head(connection, site.n)
        made = ShiftCertificate(
            site=site.site,
            station=row.station,
            enrolment=enrolment_id,
            epoch=epoch,
            first=first,
            last=last,
            posted=outcomes[Outcome.POSTED],
            waiting=outcomes[Outcome.WAITING],
            refused=outcomes[Outcome.REFUSED],
            held=outcomes[Outcome.HELD],
            conflict=outcomes[Outcome.CONFLICT],
            unsent=max(0, last - max(row.seq, first - 1)),
            missing=max(0, there - first + 1) - outcomes.total(),
            digest=digest,
            feed_seq=head,
            at=stamp(self._clock.now()),
        )
        return msgspec.structs.replace(made, signature=self._key.sign(certificate_bytes(made)))


def _outcomes(connection: Connection, n: int, first: int, last: int) -> Counter[str]:
    """What became of each place: its operation, or the one it said again."""
    o, k = operation.c, link.c
    # A place that repeats a known operation has that operation's outcome.
    said_again = sa.func.coalesce(o.outcome, k.outcome)
    outcome = sa.case((k.outcome == Outcome.CONFLICT.value, k.outcome), else_=said_again)
    queries = (
        sa.select(o.outcome, sa.func.count())
        .where(o.enrolment_n == n, o.seq >= first, o.seq <= last)
        .group_by(o.outcome),
        sa.select(outcome, sa.func.count())
        .select_from(link.outerjoin(operation, o.id == k.id))
        .where(k.enrolment_n == n, k.seq >= first, k.seq <= last)
        .group_by(outcome),
    )
    found: Counter[str] = Counter()
    for query in queries:
        found.update({name: count for name, count in connection.execute(query)})  # noqa: C416
    return found


def _digest(connection: Connection, n: int, seq: int) -> str:
    for c in (operation.c, link.c):
        found = connection.execute(
            sa.select(c.digest).where(c.enrolment_n == n, c.seq == seq)
        ).scalar_one_or_none()
        if found is not None:
            return str(found)
    return ""
