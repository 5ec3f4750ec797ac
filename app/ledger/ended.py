"""Which causes of exceptions are gone once an effect is in the book: their exceptions close.

Asked only after what can end a cause: units taken out or taken back, shorts, work on an order of
which a parcel is gone already. Plain packing and shipping end nothing and are not looked at.
"""

from collections.abc import Iterable, Iterator, Mapping

from app.domain.order import OrderState
from app.ledger.book import Book, Effect, LineBook, OrderBook

_NO_LINES: Mapping[int, LineBook] = {}
# Opened when a line has more packed than ordered; closed when none has.
_TOO_MUCH = ("order_overpacked", "packed_twice", "order_cut_below_packed")
# Opened when a parcel is gone; closed when all that was handed over is back.
_GONE = ("shipped_after_cancel", "cancelled_after_ship", "readdressed_after_ship")
_STOPPED = ("packed_after_cancel", "packed_while_held")


def by_effect(effect: Effect, book: Book) -> Iterator[str]:
    """Causes about orders that this effect, which the book has followed, may have removed."""
    shipped, units = effect.shipped
    for step in effect.boxes:
        if step.shipped < 0:
            yield f"shipped_reopened\n{step.parcel}"
    numbers = {number for number, *_ in effect.progress}
    if units < 0:
        numbers.add(shipped)
    for number in sorted(numbers):
        order = book.orders.get(number)
        if order is None:
            continue
        steps = [step for step in effect.progress if step[0] == number]
        if any(packed < 0 for _, _, packed, _ in steps):
            yield from _less_packed(number, order, book)
        if (order.shipped or units < 0) and is_complete(number, book):
            yield f"shipped_unverified\n{number}"
        if units < 0 and number == shipped and order.shipped <= 0:
            yield from (f"{code}\n{number}" for code in _GONE)
            yield f"shipped_unverified\n{number}"


def by_version(number: str, book: Book) -> Iterator[str]:
    """Causes a new version of an order, or a new state of it, has removed."""
    order = book.orders[number]
    yield f"unknown_order\n{number}"
    if not _too_much(number, order, book):
        yield from (f"{code}\n{number}" for code in _TOO_MUCH)
    if order.row.state == OrderState.RELEASED:
        yield f"packed_while_held\n{number}"
        yield f"shipped_after_cancel\n{number}"


def is_complete(number: str, book: Book) -> bool:
    """Whether every line of an order is packed or declared short."""
    lines = book.progress.get(number, _NO_LINES)
    for line, quantity in book.orders[number].ordered.items():
        now = lines.get(line)
        if now is None or now.packed + now.short < quantity:
            return False
    return True


def _less_packed(number: str, order: OrderBook, book: Book) -> Iterator[str]:
    if not _too_much(number, order, book):
        yield from (f"{code}\n{number}" for code in _TOO_MUCH)
    if all(line.packed <= 0 for line in _lines(number, book)):
        yield from (f"{code}\n{number}" for code in _STOPPED)


def _too_much(number: str, order: OrderBook, book: Book) -> bool:
    lines = book.progress.get(number, _NO_LINES)
    return any(now.packed > order.ordered.get(line, 0) for line, now in lines.items())


def _lines(number: str, book: Book) -> Iterable[LineBook]:
    return book.progress.get(number, _NO_LINES).values()
