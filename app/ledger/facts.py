"""Effects of facts on the book, and what they contradict."""

from collections.abc import Iterable, Mapping

import msgspec

from app.contract.messages import FeedBody, Operation, OutcomeRow, PostedLine
from app.domain.document import DocumentKind, Measure
from app.domain.operation import (
    CUSTOMER,
    PARCEL_PREFIX,
    Kind,
    Posting,
    StockKey,
    advances,
    is_virtual,
)
from app.domain.order import OrderState, gathered
from app.ledger import contradictions as found
from app.ledger import ended
from app.ledger.book import SEVERAL, Book, Effect, LineBook
from app.ledger.boxed import Seal, Step, follow
from app.ledger.case import Decision
from app.ledger.contradictions import Contradiction
from app.ledger.ended import is_complete
from app.ledger.goods_contradictions import never_shipped_cause

# Both databases hold 64 bits; half of that leaves room for sums over all balances of an item.
MAX_BALANCE = 2**62
_NO_LINES: Mapping[int, LineBook] = {}
# Going on packing and shipping ends no cause, unless a parcel went too early.
_ENDLESS = frozenset({Kind.PACK, Kind.SHIP})
# Kinds that put goods for an order into totes, or take them out.
_GATHERING = frozenset({Kind.PICK, Kind.UNPICK, Kind.PACK, Kind.UNPACK})
_PICKED = Measure.PICKED.value
ORDER = DocumentKind.ORDER.value
_STOPPED = frozenset({OrderState.CANCELLED.value, OrderState.HELD.value})


def order_of(operation: Operation) -> str:
    """The order an operation serves, or empty."""
    reference = operation.reference
    return reference.document if reference and reference.document_kind == "order" else ""


def effect_of(kind: Kind, operation: Operation, moves: Iterable[Posting], book: Book) -> Effect:
    """What an operation does when it is posted."""
    cells = book.cells
    effect = Effect([(cells[key], quantity, line) for key, quantity, line in moves])
    order = order_of(operation)
    if order:
        effect.progress = [
            (order, step.line, step.packed, step.short) for step in advances(kind, operation.lines)
        ]
        if kind is Kind.SHIP:
            effect.shipped = (order, sum(line.quantity for line in operation.lines))
        elif kind in _GATHERING:
            effect.tallies = [
                (ORDER, order, line, _PICKED, units)
                for line, units in gathered(kind, operation.lines)
            ]
    return effect


def effect_told(row: OutcomeRow, abroad: Iterable[tuple[int, OutcomeRow]], book: Book) -> Effect:
    """The effect of an operation posted earlier, from its rows of the feeds."""
    effect = Effect(
        [(book.cells[key_of(p)], p.quantity, p.order_line) for p in row.postings],
        [(step.order, step.line, step.packed, step.short) for step in row.progress],
        abroad=[
            (site_n, book.abroad[site_n][key_of(p)], p.quantity, p.order_line)
            for site_n, there in abroad
            for p in there.postings
        ],
        tallies=[(t.kind, t.document, t.line, t.measure, t.quantity) for t in row.tallies],
        final=row.kind == Kind.RECLASSIFY and not row.postings,
    )
    order = row.reference.document if row.reference else ""
    if row.kind == Kind.SHIP and order:
        effect.shipped = (order, sum(p.quantity for p in row.postings if p.location == CUSTOMER))
    effect.boxes = steps_told(row)
    return effect


def steps_told(row: OutcomeRow) -> list[Step]:
    """What an operation posted earlier did to parcels, as far as it can be taken back."""
    reference = row.reference
    if reference is None or reference.document_kind != ORDER:
        return []
    order = reference.document
    match row.kind:
        case Kind.SEAL if reference.parcel:
            return [Step(reference.parcel, order, Seal.SEALED)]
        case Kind.REOPEN if reference.parcel:
            return [Step(reference.parcel, order, Seal.REOPENED)]
        case Kind.SHIP:
            return [
                Step(p.location, order, shipped=-p.quantity)
                for p in row.postings
                if p.location.startswith(PARCEL_PREFIX)
            ]
        case _:
            return []


def key_of(posted: PostedLine) -> StockKey:
    """The stock key of a posting as the feed tells it."""
    return StockKey(posted.location, posted.item, posted.lot, posted.serial, posted.condition)


def mirrored(effect: Effect) -> Effect:
    """The effect that takes another back."""
    order, units = effect.shipped
    return Effect(
        [(cell, -quantity, line) for cell, quantity, line in effect.postings],
        [(document, line, -packed, -short) for document, line, packed, short in effect.progress],
        (order, -units),
        [(site_n, cell, -quantity, line) for site_n, cell, quantity, line in effect.abroad],
        [
            (kind, document, line, measure, -quantity)
            for kind, document, line, measure, quantity in effect.tallies
        ],
        boxes=[step.mirrored() for step in effect.boxes],
    )


def overflows(effect: Effect, book: Book) -> bool:
    """Whether a balance or a progress could leave the range both databases can hold.

    All quantities of an operation together count against each of its keys: near the end of the
    range nobody needs it more exact.
    """
    room = MAX_BALANCE - _volume(effect)
    for cell, _, _ in effect.postings:
        if not -room <= cell.quantity <= room:
            return True
    for _, cell, _, _ in effect.abroad:
        if not -room <= cell.quantity <= room:
            return True
    for document, number, _, _ in effect.progress:
        line = book.progress.get(document, _NO_LINES).get(number)
        if line is not None and max(abs(line.packed), abs(line.short)) > room:
            return True
    for kind, document, number, measure, _ in effect.tallies:
        known = book.documents.get((kind, document))
        if known is not None and abs(known.tally(number, measure)) > room:
            return True
    return room < 0


def _volume(effect: Effect) -> int:
    """All quantities of an effect together."""
    total = 0
    for _, quantity, _ in effect.postings:
        if quantity > 0:
            total += quantity
    for _, _, packed, short in effect.progress:
        total += abs(packed) + abs(short)
    for _, _, quantity, _ in effect.abroad:
        total += abs(quantity)
    for *_, quantity in effect.tallies:
        total += abs(quantity)
    return total


def apply(effect: Effect, enrolment: str, book: Book) -> None:
    """Let the book follow an effect. `enrolment` packed, or "" when something is taken back."""
    for cell, quantity, _ in effect.postings:
        cell.quantity += quantity
        cell.moved = True
    for document, number, packed, short in effect.progress:
        lines = book.progress.setdefault(document, {})
        line = lines.get(number)
        if line is None:
            line = lines[number] = LineBook(fresh=True)
        line.packed += packed
        line.short += short
        line.more_packed += packed
        line.more_short += short
        if packed > 0 and enrolment:
            line.packer = enrolment if line.packer in {"", enrolment} else SEVERAL
        book.advanced.add((document, number))
    order, units = effect.shipped
    if order in book.orders and units:
        book.orders[order].shipped += units
        book.changed_orders.add(order)
    for _, cell, quantity, _ in effect.abroad:
        cell.quantity += quantity
        cell.moved = True
    for step in effect.boxes:
        follow(book.parcels, step)
    if effect.tallies:
        _tally(effect, book)


def _tally(effect: Effect, book: Book) -> None:
    for kind, document, number, measure, quantity in effect.tallies:
        if kind == ORDER:
            book.promises.add_picked(document, number, quantity)
            continue
        known = book.documents.get((kind, document))
        if known is not None:
            where = (number, measure)
            known.tallies[where] = known.tallies.get(where, 0) + quantity
            known.more[where] = known.more.get(where, 0) + quantity


def judge(kind: Kind, operation: Operation, decision: Decision, book: Book) -> None:
    """Say what a posted fact contradicts, most urgent first, and which causes it has removed."""
    effect = decision.effect
    order = order_of(operation)
    if order and (effect.progress or kind is Kind.SHIP):
        decision.contradictions.extend(_about_order(kind, order, effect, book))
        if kind not in _ENDLESS or (order in book.orders and book.orders[order].shipped):
            decision.closes.extend(ended.by_effect(effect, book))
    # Told once a cause, however many lines name it.
    for line in operation.lines:
        if line.item not in book.items:
            decision.contradictions.append(found.unknown_item(line.item, order))
    judge_balances(effect, operation, decision)


def judge_balances(effect: Effect, operation: Operation, decision: Decision) -> None:
    """Places inside the building left with less than nothing, and those that are so no longer."""
    for cell, quantity, _ in effect.postings:
        now = cell.quantity
        if quantity < 0:
            if now < 0 and not is_virtual(cell.key.location):
                decision.contradictions.append(
                    found.negative_balance(cell.key, now, order_of(operation))
                )
        elif 0 <= now < quantity:
            if not is_virtual(cell.key.location):
                decision.closes.append(found.negative_cause(cell.key))
            elif cell.key.location == CUSTOMER:
                decision.closes.append(never_shipped_cause(cell.key))


def _about_order(kind: Kind, number: str, effect: Effect, book: Book) -> Iterable[Contradiction]:
    order = book.orders.get(number)
    if order is None:
        yield found.unknown_order(number)
        return
    state = order.row.state
    if kind is Kind.SHIP:
        if state in _STOPPED:
            yield found.shipped_after_cancel(number, state)
        elif not is_complete(number, book):
            yield found.shipped_unverified(number)
    if kind is not Kind.PACK:
        return
    if state in _STOPPED:
        yield found.packed_in_state(number, state)
    for line in dict.fromkeys(line for _, line, _, _ in effect.progress):
        now, ordered = book.progress[number][line], order.ordered.get(line, 0)
        if now.packed > ordered:
            twice = now.packer == SEVERAL
            yield found.overpacked(number, line, now.packed, ordered, twice=twice)


def order_rows_after_shipping(effect: Effect, book: Book) -> list[FeedBody]:
    """A new version of the order when its last parcel left, or came back."""
    number, units = effect.shipped
    order = book.orders.get(number)
    if order is None or not units:
        return []
    packed = sum(line.packed for line in book.progress.get(number, _NO_LINES).values())
    gone = is_complete(number, book) and order.shipped >= packed
    match (order.row.state, gone):
        case (OrderState.RELEASED, True):
            state = OrderState.SHIPPED.value
        case (OrderState.SHIPPED, False):
            state = OrderState.RELEASED.value
            book.promises.reopened.add(number)
        case _:
            return []
    order.row = msgspec.structs.replace(order.row, state=state, version=order.row.version + 1)
    return [order.row]
