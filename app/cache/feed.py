"""Applying what the ledger says: results of a batch and pages of the feed.

Balances, progress and tallies are summed over a whole page in memory; how rows are written is in
`app.cache.confirmed`.
"""

from collections.abc import Mapping, Sequence

from msgspec import Raw
from sqlalchemy import Connection, bindparam, delete, or_, select, update

from app.cache import counters, waiting
from app.cache.confirmed import Confirmed
from app.cache.tables import (
    ACKNOWLEDGED,
    advance,
    effect,
    former_link,
    operation,
    pending_tally,
)
from app.cache.waiting import DECIDING
from app.contract.messages import (
    ChangesPage,
    ClaimRow,
    DocumentRow,
    ExceptionRow,
    OrderRow,
    OutcomeRow,
    PolicyRow,
    Posted,
    Result,
    WaitingRow,
    read_feed_row,
)
from app.domain.operation import Kind, Outcome
from app.errors import Fault
from app.station.ports import Applied, Position, Settlement

# What a counter entry may be about: it has an effect as long as they have.
_COUNTERED = frozenset({Kind.ADJUST.value, Kind.DECIDE.value})


def acknowledge(connection: Connection, answer: Posted, cursor: int) -> None:
    """Transport `unsent` → `acknowledged`, with the place in the feed where the outcome stands.

    An outcome the ledger has known since before our own cursor came with a snapshot: its row will
    not be seen again, and the history we agree on contains it, so it is confirmed at once. What the
    feed has confirmed already stays: an answer that was long on its way may be from before that.
    """
    past = {r.id: (r.feed_seq, r) for r in answer.results if r.known and 0 < r.feed_seq <= cursor}
    rows = [
        {"b_id": result.id, "b_feed": result.feed_seq}
        for result in answer.results
        if result.id not in past
    ]
    if rows:
        connection.execute(_ACKNOWLEDGE, rows)
    _confirm(connection, _unconfirmed(connection, past))


def _unconfirmed(
    connection: Connection, told: Mapping[str, tuple[int, Result]]
) -> dict[str, tuple[int, Result]]:
    """Those of them that the feed has not told of yet."""
    if not told:
        return {}
    open_ = select(operation.c.id).where(
        operation.c.id.in_(list(told)), operation.c.transport != "confirmed"
    )
    return {id_: told[id_] for id_ in connection.execute(open_).scalars()}


_ACKNOWLEDGE = (
    update(operation)
    .where(operation.c.id == bindparam("b_id"), operation.c.transport == "unsent")
    .values(
        transport="acknowledged",
        feed_seq=bindparam("b_feed"),
        attempts=operation.c.attempts + 1,
    )
)


def apply(connection: Connection, where: Position, page: ChangesPage) -> Applied:
    """Apply one page after `where`; the caller stores the new position in the same transaction.

    Raises:
        Fault: The page has a hole or does not follow the cursor. The station asks again.
    """
    if where.epoch and page.epoch != where.epoch:
        raise Fault("The ledger sent a page of another epoch.", detail=page.epoch)
    for place, row in enumerate(page.rows, where.cursor + 1):
        if row.seq != place:
            raise Fault("The ledger sent a page with a hole.", detail=f"{row.seq} is not {place}")
    if page.cursor != where.cursor + len(page.rows):
        raise Fault("The ledger's cursor does not fit its rows.", detail=str(page.cursor))
    collected = _Collected()
    for row in page.rows:
        collected.take(row.seq, row.body)
    settled = _confirm(connection, _own(connection, collected.outcomes))
    collected.rows.write(connection)
    waiting.follow(connection, collected.waiting, collected.outcomes)
    _unsend_missing(connection, page.cursor, page.head)
    own = {settlement.operation for settlement in settled if settlement.outcome == Outcome.POSTED}
    touched = {
        step.order
        for operation_id, told in collected.outcomes.items()
        if operation_id not in own
        for _, row in told
        for step in row.progress
    }
    return Applied(tuple(settled), tuple(touched | collected.rows.orders.keys()))


class _Collected:
    """A page folded together: outcomes by operation, and one entry per row it will touch."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[tuple[int, OutcomeRow]]] = {}
        self.rows = Confirmed()
        self.waiting: dict[str, tuple[int, WaitingRow]] = {}

    def take(self, seq: int, body: Raw) -> None:
        match read_feed_row(body):
            case None:
                # Newer than this program.
                pass
            case OutcomeRow() as row:
                self.outcome(seq, row)
            case OrderRow() as row:
                self.rows.orders[row.order] = (row, bytes(body))
            case DocumentRow() as row:
                self.rows.documents[row.kind, row.document] = (row, bytes(body))
            case ClaimRow() as row:
                self.rows.claims[row.kind, row.document] = row
            case ExceptionRow() as row:
                self.rows.exceptions[row.exception] = row
            case PolicyRow() as row:
                self.rows.policy = row
            case WaitingRow() as row:
                self.waiting[row.id] = (seq, row)

    def outcome(self, seq: int, row: OutcomeRow) -> None:
        self.outcomes.setdefault(row.id, []).append((seq, row))
        rows = self.rows
        for line in row.postings:
            key = (line.location, line.item, line.lot, line.serial, line.condition)
            rows.balances[key] += line.quantity
        for step in row.progress:
            rows.packed[step.order, step.line] += step.packed
            rows.short[step.order, step.line] += step.short
        for tally in row.tallies:
            where = (tally.kind, tally.document, tally.line, tally.measure)
            rows.tallies[where] += tally.quantity


def _confirm(
    connection: Connection, outcomes: Mapping[str, tuple[int, OutcomeRow | Result]]
) -> list[Settlement]:
    """Own operations among `outcomes` are confirmed; their effects give way to the postings."""
    if not outcomes:
        return []
    own = connection.execute(
        select(operation.c.id, operation.c.n, operation.c.kind).where(
            operation.c.id.in_(list(outcomes))
        )
    ).all()
    if not own:
        return []
    changes = []
    settled = []
    gone = []
    backs = [row.id for row in own if row.kind == Kind.REVERSE]
    asked = counters.counter_entries(connection, backs)
    for row in own:
        seq, outcome = outcomes[row.id]
        changes.append(
            {
                "b_id": row.id,
                "b_feed": seq,
                "b_outcome": outcome.outcome,
                "b_code": outcome.code,
                "b_sentence": outcome.sentence,
            }
        )
        settled.append(Settlement(row.id, outcome.outcome, outcome.code))
        # A held fact has happened all the same: its effect stays pending until it is released. What
        # was asked for has not: a counter entry whose approval did not count in the end.
        if outcome.outcome != Outcome.HELD or row.id in asked:
            gone.append({"b_n": row.n})
    connection.execute(_CONFIRM, changes)
    if gone:
        for table in (effect, advance, pending_tally):
            connection.execute(delete(table).where(table.c.n == bindparam("b_n")), gone)
    answered = [row.id for row in own if row.kind in _COUNTERED]
    if answered:
        counters.follow(connection, answered)
    kinds = {row.id: row.kind for row in own}
    waiting.settle(connection, [one for one in settled if kinds[one.operation] in DECIDING])
    return settled


def _own(
    connection: Connection, told: Mapping[str, list[tuple[int, OutcomeRow]]]
) -> dict[str, tuple[int, OutcomeRow]]:
    """The outcome of each own operation among those told.

    The id alone says nothing: two records may carry it, and the other one's outcome would end this
    one's way to the ledger. It is ours if it stands for our place in our chain, or at the place in
    the feed that the ledger named when it compared the contents. What was linked anew and sent from
    there is still told of by the place it stood at first.
    """
    if not told:
        return {}
    o = operation.c
    rows = connection.execute(
        select(o.n, o.id, o.enrolment, o.seq, o.transport, o.feed_seq).where(o.id.in_(list(told)))
    ).all()
    stood = _former_places(connection, [row.n for row in rows if row.transport != "unsent"])
    found: dict[str, tuple[int, OutcomeRow]] = {}
    for row in rows:
        ours = {(row.enrolment, row.seq), *stood.get(row.n, ())}
        for place, outcome in told[row.id]:
            named = row.transport == "acknowledged" and row.feed_seq == place
            if named or (outcome.enrolment, outcome.seq) in ours:
                found[row.id] = (place, outcome)
    return found


def _former_places(
    connection: Connection, numbers: Sequence[int]
) -> dict[int, list[tuple[str, int]]]:
    """Where operations stood in chains of earlier enrolments; mostly nowhere."""
    stood: dict[int, list[tuple[str, int]]] = {}
    if numbers:
        f = former_link.c
        for n, enrolment, seq in connection.execute(
            select(f.n, f.enrolment, f.seq).where(f.n.in_(numbers))
        ):
            stood.setdefault(n, []).append((enrolment, seq))
    return stood


_CONFIRM = (
    update(operation)
    .where(operation.c.id == bindparam("b_id"))
    .values(
        transport="confirmed",
        outcome=bindparam("b_outcome"),
        code=bindparam("b_code"),
        sentence=bindparam("b_sentence"),
        feed_seq=bindparam("b_feed"),
    )
)


def _unsend_missing(connection: Connection, cursor: int, head: int) -> None:
    """Acknowledged, but lost there, so unsent here.

    Either the feed passed the place without it, or the feed ends before a place that was promised:
    the ledger was restored, and nobody has written since.
    """
    place = operation.c.feed_seq
    connection.execute(
        update(operation)
        .where(ACKNOWLEDGED, place > 0, or_(place <= cursor, place > head))
        .values(transport="unsent", feed_seq=0)
    )
