"""What follows counts: a variance becomes an adjustment once nothing can explain it any more.

Provisional until every active station of the site has shown that it had seen the count: by what it
recorded last, or by having asked for changes behind it (a station posts before it asks). Then what
they sent in between is looked at once more. A controller may accept a count before that. What
becomes of a variance is an operation of the ledger's own enrolment, in the name of who counted,
judged by the site's policy like any other adjustment.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.codec import read_operation
from app.contract.messages import AsOf, DocumentRow, Line, Operation, Reference
from app.domain.document import DocumentKind
from app.domain.operation import ADJUSTMENT, Kind
from app.domain.policy import Policy
from app.errors import Refusal
from app.ledger import feed
from app.ledger.book import Book, DocumentBook
from app.ledger.clock import Clock, IdSource, moment
from app.ledger.countbook import (
    ACCEPTED,
    DONE,
    PROVISIONAL,
    RECOUNT,
    Counted,
    Move,
    line_of,
    lines_where,
    moves_behind,
)
from app.ledger.database import Database
from app.ledger.ids import named_id
from app.ledger.own import LEDGER, OwnEnrolment
from app.ledger.pages import Closing, Pages
from app.ledger.policies import Policies
from app.ledger.rules import count_contradictions as found
from app.ledger.rules.adjusting import COUNTED
from app.ledger.rules.counting import explains
from app.ledger.sites import SiteRef
from app.ledger.tables import counted, document, enrolment, operation, site
from app.ledger.writing import Writer

_PURPOSE = "packhouse count adjustment 1"
# A round of the job; the rest is for the next.
MAX_LINES = 1_000


@dataclass(frozen=True, slots=True)
class _Station:
    """A station, and the position of the feed it is known to have followed with all it recorded."""

    n: int
    name: str
    position: int


class Counts:
    """Brings counts to their end.

    Args:
        database: The ledger's.
        clock: How long a variance has waited.
        ids: Names exceptions.
        own: Records adjustments.
        policies: How long a variance may wait.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ids: IdSource,
        own: OwnEnrolment,
        policies: Policies,
    ) -> None:
        self._database = database
        self._clock = clock
        self._own = own
        self._policies = policies
        self._writer = Writer(database, ids)
        self._turn = Lock()
        # Of this process; a server beside it hears its own stations. One number an enrolment.
        self._heard: dict[int, tuple[str, int]] = {}
        # Counts that were told to wait for too long; as many as there are open ones.
        self._told: set[str] = set()

    def heard(self, enrolment_n: int, epoch: str, cursor: int) -> None:
        """A station asked for changes behind this position: it had posted what came before.

        Positions of another epoch mean nothing in this one.
        """
        self._heard[enrolment_n] = (epoch, cursor)

    def settle(self, where: SiteRef) -> int:
        """Let the book follow the counts that nothing can explain any more.

        Returns:
            How many adjustments were recorded.

        Raises:
            Trouble: The ledger could not take them now; the next round does.
        """
        with self._turn:
            self._look_again(where)
            with self._database.read() as connection:
                ready = self._lines(connection, where, ACCEPTED)
                ready += [
                    line
                    for line in self._lines(connection, where, PROVISIONAL)
                    if self._is_past(connection, where, line)
                ]
            wanted = [_adjustment(line, where) for line in ready if line.variance]
            results = self._own.record(where, LEDGER, wanted) if wanted else ()
        return sum(result.outcome in {"posted", "waiting"} for result in results)

    def plan(self, where: SiteRef, row: DocumentRow) -> DocumentRow:
        """Ask for places to be counted. A plan says where, never how many are expected.

        Raises:
            Refusal: `document_exists`, or `bad_plan`: no lines, or one that says a quantity.
        """
        if not row.lines or any(line.quantity or not line.location for line in row.lines):
            raise Refusal(
                "bad_plan", "A count plan names places, and no quantities: counts are blind."
            )
        made = msgspec.structs.replace(
            row, kind=DocumentKind.COUNT.value, version=1, state="open", details={}
        )
        named = (made.kind, made.document)
        d = document.c
        with self._database.write() as connection:
            connection.execute(
                sa.select(site.c.n).where(site.c.n == where.n).with_for_update(key_share=True)
            )
            known = sa.select(d.version).where(
                d.site_n == where.n, d.kind == made.kind, d.document == made.document
            )
            if connection.execute(known).first():
                raise Refusal(
                    "document_exists", f"There is a count {made.document} already. Name it anew."
                )
            book, pages = Book(where.n, where.site, self._clock.now()), Pages(rows=[made])
            book.documents[named] = DocumentBook(made, (where.n,), changed=True)
            self._writer.write(connection, book, pages)
        return made

    def lines(self, where: SiteRef, operation_id: str) -> list[Counted]:
        """What became of a count, place by place.

        Raises:
            Refusal: `unknown_count`.
        """
        c = counted.c
        with self._database.read() as connection:
            rows = connection.execute(
                lines_where(c.site_n == where.n, c.operation == operation_id)
            ).all()
        if not rows:
            raise Refusal("unknown_count", "There is no such count at this site.")
        return [line_of(row) for row in rows]

    def open_lines(self, where: SiteRef, after: tuple[str, int], limit: int) -> list[Counted]:
        """Places that wait: for silent stations, for another person, for the book to follow."""
        c = counted.c
        with self._database.read() as connection:
            rows = connection.execute(
                lines_where(
                    c.site_n == where.n,
                    c.state.in_((PROVISIONAL, RECOUNT, ACCEPTED)),
                    sa.tuple_(c.operation, c.n) > after,
                ).limit(limit)
            ).all()
        return [line_of(row) for row in rows]

    # ------------------------------------------------------------------ the second look

    def _look_again(self, where: SiteRef) -> None:
        """Provisional lines whose stations have reported, or are silent for too long."""
        now, policy = self._clock.now(), self._policies.current(where).policy
        with self._database.write() as connection:
            stations = self._stations(connection, where)
            lines = self._lines(connection, where, PROVISIONAL, lock=True)
            book, pages = Book(where.n, where.site, now), Pages()
            behind = moves_behind(
                self._database, connection, where.n, {(one.stock, one.as_of) for one in lines}
            )
            for line in lines:
                silent = [
                    one.name
                    for one in stations
                    if one.n != line.enrolment_n and one.position < line.feed_seq
                ]
                if silent:
                    if (
                        now - moment(line.at) > _patience(policy)
                        and line.operation not in self._told
                    ):
                        # Once a count: the story stays open, and nobody needs it every minute.
                        self._told.add(line.operation)
                        names = ", ".join(sorted(silent))
                        pages.rows.append((found.count_waits(line.key, names), line.operation))
                    continue
                self._judge(connection, line, behind.get(line.stock, []), pages)
                book.counting.add(line)
            self._writer.write(connection, book, pages)

    def _judge(
        self, connection: Connection, line: Counted, behind: Sequence[Move], pages: Pages
    ) -> None:
        meanwhile = self._meanwhile(connection, line, behind)
        if not meanwhile:
            return
        line.changed = True
        if explains(line.variance, meanwhile):
            line.state, line.expected = DONE, line.quantity
            pages.rows.extend(map(Closing, found.causes_at(line.key)))
        else:
            line.state = RECOUNT
            pages.rows.extend(map(Closing, found.causes_at(line.key, but=found.MOVED_BEFORE)))
            pages.rows.append((found.moved_before_count(line.key), line.operation))

    def _meanwhile(
        self, connection: Connection, line: Counted, behind: Sequence[Move]
    ) -> dict[str, list[int]]:
        """What other stations moved there of which nobody knows whether it was before."""
        own = self._names(connection, [line.enrolment_n])[line.enrolment_n]
        late = [move for move in behind if move.feed_seq > line.as_of and move.enrolment != own]
        if not late:
            return {}
        o = operation.c
        bodies = connection.execute(
            sa.select(o.id, o.body).where(self._database.in_set(o.id, [m.id for m in late]))
        )
        epoch = feed.epoch(connection)
        seen = {id_: _position(body, epoch) for id_, body in bodies}
        meanwhile: dict[str, list[int]] = defaultdict(list)
        for move in late:
            if seen.get(move.id, 0) < line.feed_seq:
                meanwhile[move.enrolment].append(move.quantity)
        return meanwhile

    def _is_past(self, connection: Connection, where: SiteRef, line: Counted) -> bool:
        return all(
            one.n == line.enrolment_n or one.position >= line.feed_seq
            for one in self._stations(connection, where)
        )

    def _stations(self, connection: Connection, where: SiteRef) -> list[_Station]:
        """Active stations, each with what it last recorded and what it was heard to have."""
        e, o = enrolment.c, operation.c
        rows = connection.execute(
            sa.select(e.n, e.station, o.body)
            .outerjoin(operation, sa.and_(o.enrolment_n == e.n, o.seq == e.seq))
            .where(e.site_n == where.n, e.kind == "station", e.state == "active")
        )
        epoch = feed.epoch(connection)
        return [
            _Station(n, name, max(self._heard_in(epoch, n), _position(body, epoch)))
            for n, name, body in rows
        ]

    def _heard_in(self, epoch: str, enrolment_n: int) -> int:
        when, cursor = self._heard.get(enrolment_n, ("", 0))
        return cursor if when == epoch else 0

    def _lines(
        self, connection: Connection, where: SiteRef, state: str, *, lock: bool = False
    ) -> list[Counted]:
        c = counted.c
        query = lines_where(c.site_n == where.n, c.state == state).limit(MAX_LINES)
        rows = connection.execute(query.with_for_update(of=counted) if lock else query).all()
        return [line_of(row) for row in rows]

    def _names(self, connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
        e = enrolment.c
        rows = connection.execute(
            sa.select(e.n, e.id).where(self._database.in_set(e.n, list(numbers)))
        ).all()
        return {row[0]: row[1] for row in rows}


def _position(body: bytes | None, epoch: str) -> int:
    """What a station had seen when it recorded this; 0 of another epoch, or of nothing readable."""
    if body is None:
        return 0
    try:
        seen = read_operation(body).as_of
    except Refusal:
        return 0
    return seen.cursor if seen.epoch == epoch else 0


def _patience(policy: Policy) -> timedelta:
    return timedelta(hours=policy.count_accept_h)


def _adjustment(line: Counted, where: SiteRef) -> Operation:
    """The same bytes whenever it is made: a crash in between changes nothing."""
    key, more = line.key, line.variance > 0
    return Operation(
        id=named_id(_PURPOSE, where.site, line.operation, str(line.n), line.state),
        kind=Kind.ADJUST.value,
        contract_version=1,
        site=where.site,
        actor=line.actor,
        role="",
        source_system="packhouse-ledger",
        correlation_id=line.operation,
        recorded_at=line.at,
        as_of=AsOf(epoch="", cursor=0),
        reference=Reference(
            document_kind="count" if line.document else "",
            document=line.document,
            original=line.operation,
        ),
        lines=(
            Line(
                item=key.item,
                quantity=abs(line.variance),
                source=ADJUSTMENT if more else key.location,
                target=key.location if more else ADJUSTMENT,
                lot=key.lot,
                serial=key.serial,
                condition=key.condition,
            ),
        ),
        reason=COUNTED,
        evidence={"line": line.n},
    )
