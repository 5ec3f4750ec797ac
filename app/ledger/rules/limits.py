"""Whether a change of stock needs a second person: the policy, asked of one person and one moment.

Nothing here changes the book, except `note`, which counts what was let through.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.domain.operation import StockKey, is_virtual
from app.domain.policy import AdjustLimit, ApproveLimit
from app.domain.roles import Permission, may
from app.ledger.book import Book
from app.ledger.rules.permissions import one_person, person_here

# Why something waits: a stable code, and a sentence for the person who asks.
Why = tuple[str, str]

_SECOND = "Another person decides it."


@dataclass(slots=True)
class Change:
    """What an adjustment does inside the building.

    Attributes:
        lines: Stock keys with signed quantities, in order.
        units: Units by SKU, whatever their sign.
    """

    lines: list[tuple[StockKey, int]] = field(default_factory=list)
    units: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def quantity(self) -> int:
        """All units together."""
        return sum(self.units.values())

    def value(self, book: Book) -> int:
        """What they are worth, as far as anybody has said."""
        costs = book.spending.costs
        return sum(costs.get(sku, 0) * units for sku, units in self.units.items())


def change_of(moves: Iterable[tuple[StockKey, int]]) -> Change:
    """What these postings do inside the building."""
    change = Change()
    for key, quantity in moves:
        if not is_virtual(key.location):
            change.lines.append((key, quantity))
            change.units[key.item] += abs(quantity)
    return change


def why_waiting(change: Change, actor: str, reason: str, book: Book) -> Why | None:
    """Why a second person must decide; None when this person may do it alone."""
    person = person_here(book, actor)
    if person is None:
        return (
            "unknown_actor",
            f"Nobody called {actor} may act here now. A supervisor decides this.",
        )
    policy = book.policy
    if reason in policy.adjust_always_waits:
        return (
            "reason_needs_approval",
            f"An adjustment with the reason “{reason}” always needs two persons. {_SECOND}",
        )
    limit = policy.adjust.get(person.role)
    if limit is None:
        return "needs_approval", "This adjustment waits for a supervisor's decision."
    limits = [(limit, f"of a {person.role}")]
    if reason in policy.adjust_reasons:
        limits.append((policy.adjust_reasons[reason], f"for “{reason}”"))
    return next(_over(change, limits, one_person(book, actor), book), None)


def is_allowed(actor: str, permission: Permission, book: Book) -> bool:
    """Whether it is worth waiting: somebody known without the permission is refused at once."""
    person = person_here(book, actor)
    return person is None or may(person.role, permission)


def note(change: Change, actor: str, book: Book) -> None:
    """Count what was adjusted without a second person."""
    book.spending.spend(one_person(book, actor), change.units)


def over_approval(change: Change, limit: ApproveLimit | None, book: Book) -> str:
    """Why an approver may not approve this much; empty when they may."""
    if limit is None:
        return ""
    if limit.quantity is not None and change.quantity > limit.quantity:
        return f"{change.quantity} units, and you may approve {limit.quantity}"
    if limit.value is None:
        return ""
    if unpriced := _unpriced(change, book):
        return f"nobody has said what {unpriced} costs, and your approval is limited by value"
    value = change.value(book)
    return f"worth {value}, and you may approve {limit.value}" if value > limit.value else ""


def _over(
    change: Change, limits: list[tuple[AdjustLimit, str]], person: str, book: Book
) -> Iterator[Why]:
    yield from _below_zero(change, book)
    for limit, whose in limits:
        if limit.quantity is not None and change.quantity > limit.quantity:
            yield (
                "over_quantity_limit",
                f"{change.quantity} units, the limit {whose} is {limit.quantity}. {_SECOND}",
            )
        yield from _over_value(change, limit, whose, book)
        if limit.permille is not None:
            yield from _over_share(change, limit.permille, whose, book)
        yield from _over_day(change, limit, whose, person, book)


def _over_value(change: Change, limit: AdjustLimit, whose: str, book: Book) -> Iterator[Why]:
    if limit.value is None and limit.daily_value is None:
        return
    if unpriced := _unpriced(change, book):
        yield (
            "cost_unknown",
            f"Nobody has said what {unpriced} costs, and the limit {whose} is one of value. "
            f"{_SECOND}",
        )
    value = change.value(book)
    if limit.value is not None and value > limit.value:
        yield (
            "over_value_limit",
            f"Worth {value}, the limit {whose} is {limit.value}. {_SECOND}",
        )


def _over_share(change: Change, permille: int, whose: str, book: Book) -> Iterator[Why]:
    for key, quantity in change.lines:
        there = max(book.cells[key].quantity, 0)
        if abs(quantity) * 1_000 > permille * there:
            yield (
                "over_share_limit",
                f"{abs(quantity)} of {key.item} at {key.location} is more than {permille} ‰ of "
                f"what the book has there, the limit {whose}. {_SECOND}",
            )


def _over_day(
    change: Change, limit: AdjustLimit, whose: str, person: str, book: Book
) -> Iterator[Why]:
    for sku, units in change.units.items():
        today = book.spending.of(person, sku)
        most = limit.daily_quantity
        if most is not None and today.quantity + units > most:
            yield (
                "over_daily_quantity",
                f"{today.quantity} of {sku} adjusted today, {units} more are over the daily limit "
                f"{whose}, {most}. {_SECOND}",
            )
        most, value = limit.daily_value, units * book.spending.costs.get(sku, 0)
        if most is not None and today.value + value > most:
            yield (
                "over_daily_value",
                f"Adjustments of {sku} worth {today.value} today, {value} more are over the daily "
                f"limit {whose}, {most}. {_SECOND}",
            )


def _below_zero(change: Change, book: Book) -> Iterator[Why]:
    after: dict[StockKey, int] = {}
    for key, quantity in change.lines:
        after[key] = after.get(key, book.cells[key].quantity) + quantity
    for key, quantity in after.items():
        if quantity < 0 and quantity < book.cells[key].quantity:
            yield (
                "below_zero",
                f"The book would say {quantity} of {key.item} at {key.location}. {_SECOND}",
            )


def _unpriced(change: Change, book: Book) -> str:
    costs = book.spending.costs
    return next((sku for sku in change.units if not costs.get(sku)), "")
