"""The list of what people must look at: exceptions by urgency, and as the stories behind them.

An outage is one story: all exceptions of one code that one station's records opened. Reading only;
what people do about them are operations (`app.ledger.rules.resolving`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.contract.messages import Answer
from app.errors import Refusal
from app.ledger.clock import moment, stamp
from app.ledger.database import Database
from app.ledger.exception_codes import CODES, DEADLINES, WAYS, ways_of
from app.ledger.exceptions import CLOSED, OPEN
from app.ledger.sites import SiteRef
from app.ledger.tables import enrolment, exception, operation

# Exceptions told by name in a story; the rest is a number.
MAX_NAMED = 50
# Open exceptions grouped at once. More than this is one story already: the site has stopped.
MAX_GROUPED = 10_000
# The last tenth of the time: whoever is asked then still has some of it.
_LAST = 10
_LONGEST = max(DEADLINES.values())


class WayShown(Answer, frozen=True):
    """A safe next step."""

    code: str
    sentence: str


class ExceptionShown(Answer, frozen=True):
    """What a person must look at: what happened, whose it is, until when, and what can be done.

    `ends` says what makes it close by itself; empty when only a person can close it.
    """

    exception: str
    code: str
    severity: str
    state: str
    sentence: str
    meaning: str
    ends: str
    ways: tuple[WayShown, ...]
    operation: str
    document: str
    station: str
    opened_at: str
    deadline: str
    owner: str
    seen: int
    closed_at: str = ""
    closed_by: str = ""


class StoryShown(Answer, frozen=True):
    """All open exceptions of one code from one station: one cause, to be worked off together.

    `station` is empty for what no station recorded; `exceptions` and `documents` name the first.
    """

    code: str
    severity: str
    meaning: str
    ways: tuple[WayShown, ...]
    station: str
    count: int
    seen: int
    opened_at: str
    deadline: str
    owners: tuple[str, ...]
    exceptions: tuple[str, ...]
    documents: tuple[str, ...]


class ExceptionQueue:
    """Reads.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, site: SiteRef, after: tuple[str, str], limit: int) -> list[ExceptionShown]:
        """Open and escalated ones, most urgent first: after a deadline and id."""
        e = exception.c
        later = sa.or_(e.deadline > after[0], sa.and_(e.deadline == after[0], e.id > after[1]))
        return self._rows(
            _shown().where(e.site_n == site.n, e.state != CLOSED, later),
            (e.deadline, e.id),
            limit,
        )

    def closed(self, site: SiteRef, after: str, limit: int) -> list[ExceptionShown]:
        """Closed ones, oldest first: after an id."""
        e = exception.c
        return self._rows(
            _shown().where(e.site_n == site.n, e.state == CLOSED, e.id > after), (e.id,), limit
        )

    def find(self, site: SiteRef, id_: str) -> ExceptionShown:
        """One of a site.

        Raises:
            Refusal: `unknown_exception`.
        """
        e = exception.c
        rows = self._rows(_shown().where(e.site_n == site.n, e.id == id_), (e.id,), 1)
        if not rows:
            raise Refusal("unknown_exception", f"There is no exception {id_} at {site.site}.")
        return rows[0]

    def stories(self, site: SiteRef) -> list[StoryShown]:
        """What is open, grouped by cause, most urgent first."""
        groups: dict[tuple[str, str], list[ExceptionShown]] = {}
        for row in self.open(site, ("", ""), MAX_GROUPED):
            groups.setdefault((row.code, row.station), []).append(row)
        return [_story(rows) for rows in groups.values()]

    def late(self, site: SiteRef, now: datetime) -> list[str]:
        """Ids of open ones whose time is nearly over, most urgent first."""
        e = exception.c
        soon = stamp(now + _LONGEST / _LAST)
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(e.id, e.opened_at, e.deadline)
                .where(e.site_n == site.n, e.state == OPEN, e.deadline <= soon)
                .order_by(e.deadline, e.id)
                .limit(MAX_GROUPED)
            ).all()
        return [id_ for id_, opened, deadline in rows if _is_late(opened, deadline, now)]

    def _rows(
        self, query: sa.Select[Any], order: Sequence[sa.ColumnElement[Any]], limit: int
    ) -> list[ExceptionShown]:
        with self._database.read() as connection:
            return [_told(row) for row in connection.execute(query.order_by(*order).limit(limit))]


def _is_late(opened: str, deadline: str, now: datetime) -> bool:
    ends = moment(deadline)
    return now >= ends - (ends - moment(opened)) / _LAST


def _shown() -> sa.Select[Any]:
    return (
        sa.select(exception, enrolment.c.station)
        .outerjoin(operation, operation.c.id == exception.c.operation)
        .outerjoin(enrolment, enrolment.c.n == operation.c.enrolment_n)
    )


def _told(row: Any) -> ExceptionShown:
    known = CODES.get(row.code)
    return ExceptionShown(
        exception=row.id,
        code=row.code,
        severity=row.severity,
        state=row.state,
        sentence=row.sentence,
        meaning=known.meaning if known else "",
        ends=known.ends if known else "",
        ways=tuple(_ways(row.code)),
        operation=row.operation,
        document=row.document,
        station=row.station or "",
        opened_at=row.opened_at,
        deadline=row.deadline,
        owner=row.owner,
        seen=row.seen,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )


def _ways(code: str) -> Iterable[WayShown]:
    return (WayShown(code=way, sentence=WAYS[way]) for way in ways_of(code))


def _story(rows: Sequence[ExceptionShown]) -> StoryShown:
    first = rows[0]
    return StoryShown(
        code=first.code,
        severity=first.severity,
        meaning=first.meaning,
        ways=first.ways,
        station=first.station,
        count=len(rows),
        seen=sum(row.seen for row in rows),
        opened_at=min(row.opened_at for row in rows),
        deadline=first.deadline,
        owners=tuple(sorted({row.owner for row in rows} - {""})),
        exceptions=tuple(row.exception for row in rows[:MAX_NAMED]),
        documents=tuple(sorted({row.document for row in rows} - {""}))[:MAX_NAMED],
    )
