"""Reconciliation: the books of a site are checked, what differs is reported and told.

Every hour what moved since, every night everything. A report is kept of each; a difference opens
an exception, which the next reconciliation that finds none closes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec
import sqlalchemy as sa

from app.contract.messages import Answer
from app.errors import Refusal
from app.ledger import checking, evidence
from app.ledger.book import Book
from app.ledger.checking import Difference
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.contradictions import Contradiction
from app.ledger.database import Database
from app.ledger.pages import Closing, Pages
from app.ledger.sites import SiteRef
from app.ledger.tables import report
from app.ledger.writing import Writer

# Differences told by name; all are counted. More than this is one disaster, not a list.
MAX_TOLD = 1_000
EVERYTHING = "books"
MOVED = "books_moved"
KINDS = (EVERYTHING, MOVED)
EQUAL, DIFFERS, STOPPED = "equal", "differs", "stopped"
_CAUSE = "books_differ"

_encode = msgspec.json.Encoder().encode


class Report(Answer, frozen=True):
    """What was compared and what differed.

    `checked` counts what was looked at, by check; `found` counts all differences, of which
    `differences` tells the first. `until` is the end of the feed when it began.
    """

    report: str
    site: str
    kind: str
    state: str
    at: str
    until: int
    checked: dict[str, int]
    found: int
    differences: tuple[Difference, ...] = ()


class Stopped(Exception):
    """The time of a check is over, or the server ends."""


class Reconciliation:
    """Compares, reports, tells.

    Args:
        database: The ledger's.
        clock: When.
        ids: Names reports and exceptions.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._writer = Writer(database, ids)

    def run(
        self, site: SiteRef, kind: str = EVERYTHING, stop: Callable[[], bool] = lambda: False
    ) -> Report:
        """Check the books of a site, keep the report, and tell whether they differ.

        Args:
            site: Which.
            kind: `EVERYTHING`, or `MOVED` for what moved since the last report.
            stop: Asked between pieces; when true, the report says how far it came.
        """
        made = self.compare(site, kind, stop)
        self.keep(site, made)
        self._tell(site, made)
        return made

    def compare(
        self, site: SiteRef, kind: str = EVERYTHING, stop: Callable[[], bool] = lambda: False
    ) -> Report:
        """Check the books of a site and write nothing."""
        now = self._clock.now()
        until = checking.head_of(self._database, site)
        since = self._since(site) if kind == MOVED else 0
        checked: dict[str, int] = {}
        told: list[Difference] = []
        found, state = 0, EQUAL
        try:
            for difference in self._differences(site, kind, since, _counting(checked, stop)):
                found += 1
                if len(told) < MAX_TOLD:
                    told.append(difference)
        except Stopped:
            state = STOPPED
        return Report(
            report=self._ids.new_id(),
            site=site.site,
            kind=kind,
            state=DIFFERS if found else state,
            at=stamp(now),
            until=until,
            checked=checked,
            found=found,
            differences=tuple(told),
        )

    def keep(self, site: SiteRef, made: Report) -> None:
        """Put a report among those that are kept for ever."""
        with self._database.write() as connection:
            self._database.insert(
                connection,
                report,
                [(made.report, site.n, made.kind, made.state, made.at, _encode(made))],
            )

    def reports(self, site: SiteRef, before: str, limit: int) -> list[tuple[str, str, str, str]]:
        """Id, kind, state and time of reports, newest first, below an id."""
        r = report.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(r.id, r.kind, r.state, r.at)
                .where(r.site_n == site.n, r.id < before if before else sa.true())
                .order_by(r.id.desc())
                .limit(limit)
            )
            return [(row.id, row.kind, row.state, row.at) for row in rows]

    def report(self, site: SiteRef, id_: str) -> Report:
        """One report.

        Raises:
            Refusal: `unknown_report`.
        """
        r = report.c
        with self._database.read() as connection:
            body = connection.execute(
                sa.select(r.body).where(r.site_n == site.n, r.id == id_)
            ).scalar_one_or_none()
        if body is None:
            raise Refusal("unknown_report", f"There is no report {id_} at {site.site}.")
        return msgspec.json.decode(body, type=Report)

    def _differences(
        self, site: SiteRef, kind: str, since: int, counting: Callable[[str], checking.Counted]
    ) -> Iterator[Difference]:
        yield from checking.balances(self._database, site, counting("balances"), since)
        yield from checking.rows(self._database, site, counting("feed"), since)
        if kind == EVERYTHING:
            yield from checking.chains(self._database, site, counting("chains"))
            yield from evidence.marks(self._database, site, counting("marks"))
            yield from evidence.checkpoints(self._database, site, counting("checkpoints"))
            yield from evidence.journal(self._database, counting("journal"))
            yield from checking.totals(self._database, counting("items"))

    def _since(self, site: SiteRef) -> int:
        """Where the last reconciliation that found nothing began to end."""
        r = report.c
        with self._database.read() as connection:
            body = connection.execute(
                sa.select(r.body)
                .where(r.site_n == site.n, r.kind.in_(KINDS), r.state == EQUAL)
                .order_by(r.at.desc())
                .limit(1)
            ).scalar_one_or_none()
        return msgspec.json.decode(body, type=Report).until if body is not None else 0

    def _tell(self, site: SiteRef, made: Report) -> None:
        pages = Pages()
        if made.state == DIFFERS:
            pages.rows.append((books_differ(made), ""))
        elif made.state == EQUAL and made.kind == EVERYTHING:
            pages.rows.append(Closing(_CAUSE))
        else:
            return
        self._write(site, pages, self._clock.now())

    def _write(self, site: SiteRef, pages: Pages, now: datetime) -> None:
        with self._database.write() as connection:
            self._writer.write(connection, Book(site.n, site.site, now), pages)


def _counting(
    checked: dict[str, int], stop: Callable[[], bool]
) -> Callable[[str], checking.Counted]:
    def counting(name: str) -> checking.Counted:
        def counted(count: int) -> None:
            checked[name] = checked.get(name, 0) + count
            if stop():
                raise Stopped

        return counted

    return counting


def books_differ(made: Report) -> Contradiction:
    """The ledger's books do not agree with each other."""
    first = made.differences[0]
    return Contradiction(
        "books_differ",
        _CAUSE,
        f"The ledger's books differ in {made.found} places, first {first.check} "
        f"{first.name[:100]}: {str(first.expected)[:60]} expected, {str(first.found)[:60]} found. "
        "Nothing was changed. Keep a copy of the database and ask for help.",
    )
