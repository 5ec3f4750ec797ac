"""Applying what the ledger says: results of a batch, pages of the feed, master rows.

Balances and progress are summed over a whole page in memory and written with one statement each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Raw
from sqlalchemy import Connection, bindparam, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from app.cache.tables import (
    ACKNOWLEDGED,
    advance,
    balance,
    barcode,
    box,
    claim,
    effect,
    exception,
    item,
    location,
    operation,
    order_document,
    person,
    progress,
)
from app.contract.messages import (
    BoxRow,
    ChangesPage,
    ClaimRow,
    DocumentRow,
    ExceptionRow,
    ItemRow,
    LocationRow,
    LotRow,
    OrderRow,
    OutcomeRow,
    PartyRow,
    PersonRow,
    PolicyRow,
    Posted,
    Result,
    read_feed_row,
    read_master_row,
)
from app.domain.operation import Outcome
from app.errors import Fault
from app.station.ports import Applied, Position, Settlement

Key = tuple[str, str, str, str, str]


def acknowledge(connection: Connection, answer: Posted, cursor: int) -> None:
    """Transport `unsent` → `acknowledged`, with the place in the feed where the outcome stands.

    An outcome the ledger has known since before our own cursor came with a snapshot: its row will
    not be seen again, and the history we agree on contains it, so it is confirmed at once.
    """
    past = {r.id: (r.feed_seq, r) for r in answer.results if r.known and 0 < r.feed_seq <= cursor}
    rows = [
        {"b_id": result.id, "b_feed": result.feed_seq}
        for result in answer.results
        if result.id not in past
    ]
    if rows:
        connection.execute(_ACKNOWLEDGE, rows)
    _confirm(connection, past)


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
    _write(connection, collected)
    _unsend_missing(connection, page.cursor, page.head)
    own = {settlement.operation for settlement in settled if settlement.outcome == Outcome.POSTED}
    touched = {
        step.order
        for operation_id, told in collected.outcomes.items()
        if operation_id not in own
        for _, row in told
        for step in row.progress
    }
    return Applied(tuple(settled), tuple(touched | collected.orders.keys()))


class _Collected:
    """A page folded together, one entry per row it will touch."""

    def __init__(self) -> None:
        self.outcomes: dict[str, list[tuple[int, OutcomeRow]]] = {}
        self.balances: Counter[Key] = Counter()
        self.packed: Counter[tuple[str, int]] = Counter()
        self.short: Counter[tuple[str, int]] = Counter()
        self.orders: dict[str, tuple[OrderRow, bytes]] = {}
        self.claims: dict[str, ClaimRow] = {}
        self.exceptions: dict[str, ExceptionRow] = {}

    def take(self, seq: int, body: Raw) -> None:
        match read_feed_row(body):
            case None | DocumentRow() | PolicyRow():
                # Newer than this program, or not shown at a station yet.
                pass
            case OutcomeRow() as row:
                self.outcome(seq, row)
            case OrderRow() as row:
                self.orders[row.order] = (row, bytes(body))
            case ClaimRow() as row:
                self.claims[row.document] = row
            case ExceptionRow() as row:
                self.exceptions[row.exception] = row

    def outcome(self, seq: int, row: OutcomeRow) -> None:
        self.outcomes.setdefault(row.id, []).append((seq, row))
        for line in row.postings:
            key = (line.location, line.item, line.lot, line.serial, line.condition)
            self.balances[key] += line.quantity
        for step in row.progress:
            self.packed[step.order, step.line] += step.packed
            self.short[step.order, step.line] += step.short


def _confirm(
    connection: Connection, outcomes: Mapping[str, tuple[int, OutcomeRow | Result]]
) -> list[Settlement]:
    """Own operations among `outcomes` are confirmed; their effects give way to the postings."""
    if not outcomes:
        return []
    own = connection.execute(
        select(operation.c.id, operation.c.n).where(operation.c.id.in_(list(outcomes)))
    ).all()
    if not own:
        return []
    changes = []
    settled = []
    gone = []
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
        # A held fact has happened all the same: its effect stays pending until it is released.
        if outcome.outcome != Outcome.HELD:
            gone.append({"b_n": row.n})
    connection.execute(_CONFIRM, changes)
    if gone:
        connection.execute(delete(effect).where(effect.c.n == bindparam("b_n")), gone)
        connection.execute(delete(advance).where(advance.c.n == bindparam("b_n")), gone)
    return settled


def _own(
    connection: Connection, told: Mapping[str, list[tuple[int, OutcomeRow]]]
) -> dict[str, tuple[int, OutcomeRow]]:
    """The outcome of each own operation among those told.

    The id alone says nothing: two records may carry it, and the other one's outcome would end this
    one's way to the ledger. It is ours if it stands for our place in our chain, or at the place in
    the feed that the ledger named when it compared the contents.
    """
    if not told:
        return {}
    o = operation.c
    rows = connection.execute(
        select(o.id, o.enrolment, o.seq, o.transport, o.feed_seq).where(o.id.in_(list(told)))
    )
    found: dict[str, tuple[int, OutcomeRow]] = {}
    for row in rows:
        for place, outcome in told[row.id]:
            named = row.transport == "acknowledged" and row.feed_seq == place
            if named or (row.enrolment, row.seq) == (outcome.enrolment, outcome.seq):
                found[row.id] = (place, outcome)
    return found


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


def _write(connection: Connection, page: _Collected) -> None:
    add_balances(connection, page.balances)
    add_progress(connection, page.packed, page.short)
    put_orders(connection, page.orders.values())
    put_claims(connection, page.claims.values())
    put_exceptions(connection, page.exceptions.values())


def add_balances(connection: Connection, changes: Counter[Key]) -> None:
    """Add signed quantities to confirmed balances."""
    names = ("location", "item", "lot", "serial", "condition")
    rows = [dict(zip(names, key, strict=True), quantity=n) for key, n in changes.items() if n]
    if rows:
        statement = insert(balance)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(names),
                set_={"quantity": balance.c.quantity + statement.excluded.quantity},
            ),
            rows,
        )


def add_progress(
    connection: Connection, packed: Counter[tuple[str, int]], short: Counter[tuple[str, int]]
) -> None:
    """Add signed units to confirmed order progress."""
    rows = [
        {"order": order, "line": line, "packed": packed[order, line], "short": short[order, line]}
        for order, line in packed.keys() | short.keys()
    ]
    if rows:
        statement = insert(progress)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["order", "line"],
                set_={
                    "packed": progress.c.packed + statement.excluded.packed,
                    "short": progress.c.short + statement.excluded.short,
                },
            ),
            rows,
        )


def put_orders(connection: Connection, rows: Iterable[tuple[OrderRow, bytes]]) -> None:
    """Latest versions of orders, with the columns the queue sorts by."""
    _put(
        connection,
        order_document,
        [
            {
                "order": row.order,
                "version": row.version,
                "state": row.state,
                "priority": row.priority,
                "ship_before": row.ship_before,
                "units": sum(line.quantity for line in row.lines),
                "body": raw,
            }
            for row, raw in rows
        ],
    )


def put_claims(connection: Connection, rows: Iterable[ClaimRow]) -> None:
    """Latest claims."""
    _put(
        connection,
        claim,
        [
            {
                "document": row.document,
                "state": row.state,
                "enrolment": row.enrolment,
                "station": row.station,
                "until": row.until,
            }
            for row in rows
        ],
    )


def put_exceptions(connection: Connection, rows: Iterable[ExceptionRow]) -> None:
    """Exceptions opened and closed."""
    names = (
        "exception",
        "code",
        "severity",
        "state",
        "sentence",
        "operation",
        "document",
        "deadline",
    )
    _put(connection, exception, [{name: getattr(row, name) for name in names} for row in rows])


def apply_master(connection: Connection, raws: Iterable[Raw]) -> None:
    """Items, locations, people and boxes; later versions replace earlier ones."""
    items: dict[str, dict[str, Any]] = {}
    packs: dict[str, dict[str, Any]] = {}
    places: dict[str, dict[str, Any]] = {}
    people: dict[str, dict[str, Any]] = {}
    boxes: dict[str, dict[str, Any]] = {}
    for raw in raws:
        body = bytes(raw)
        match read_master_row(body):
            case None | PartyRow() | LotRow():
                pass
            case ItemRow() as row:
                items[row.sku] = {"sku": row.sku, "name": row.name, "body": body}
                for pack in row.packs:
                    packs[pack.gtin] = {"gtin": pack.gtin, "sku": row.sku, "units": pack.units}
            case LocationRow() as row:
                places[row.location] = {"location": row.location, "kind": row.kind}
            case PersonRow() as row:
                people[row.person] = {
                    "person": row.person,
                    "name": row.name,
                    "badge_hash": row.badge_hash,
                    "active": int(row.active),
                    "body": body,
                }
            case BoxRow() as row:
                boxes[row.box] = {"box": row.box, "body": body}
    if items:
        connection.execute(
            delete(barcode).where(barcode.c.sku == bindparam("b_sku")),
            [{"b_sku": sku} for sku in items],
        )
    _put(connection, item, list(items.values()))
    _put(connection, barcode, list(packs.values()))
    _put(connection, location, list(places.values()))
    _put(connection, person, list(people.values()))
    _put(connection, box, list(boxes.values()))


def _put(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert or replace by primary key."""
    if rows:
        connection.execute(insert(table).prefix_with("OR REPLACE"), rows)
