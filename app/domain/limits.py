"""Whether a change of stock needs a second person.

Asked by stations before they send, and by the ledger when it decides. Nothing here reads or changes
a book: whoever asks says what is there, what it costs and what was adjusted today. A station knows
only its own part of the day; the ledger's answer is the one that counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.operation import StockKey, is_virtual
from app.domain.policy import AdjustLimit, ApproveLimit, Policy

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


class Seen(Protocol):
    """What limits ask about the book."""

    def there(self, key: StockKey) -> int:
        """Units the book has at a stock key."""
        ...

    def cost(self, sku: str) -> int:
        """Value of one unit; 0 when nobody has said."""
        ...

    def today(self, person: str, sku: str) -> tuple[int, int]:
        """Units and value of an item that a person has adjusted alone today."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for an adjustment, and why.

    Attributes:
        person: One word for all accounts of this person.
        role: What they are at this site.
        reason: As chosen.
    """

    person: str
    role: str
    reason: str


def change_of(moves: Iterable[tuple[StockKey, int]]) -> Change:
    """What these postings do inside the building."""
    change = Change()
    for key, quantity in moves:
        if not is_virtual(key.location):
            change.lines.append((key, quantity))
            change.units[key.item] += abs(quantity)
    return change


def value_of(change: Change, seen: Seen) -> int:
    """What a change is worth, as far as anybody has said; minor units."""
    return sum(seen.cost(sku) * units for sku, units in change.units.items())


def why_waiting(change: Change, asker: Asker, policy: Policy, seen: Seen) -> Why | None:
    """Why a second person must decide; None when this person may do it alone."""
    if asker.reason in policy.adjust_always_waits:
        return (
            "reason_needs_approval",
            f"An adjustment with the reason “{asker.reason}” always needs two persons. {_SECOND}",
        )
    limit = policy.adjust.get(asker.role)
    if limit is None:
        return "needs_approval", "This adjustment waits for a supervisor's decision."
    limits = [(limit, f"of a {asker.role}")]
    if asker.reason in policy.adjust_reasons:
        limits.append((policy.adjust_reasons[asker.reason], f"for “{asker.reason}”"))
    return next(_over(change, limits, asker.person, seen), None)


def over_approval(change: Change, limit: ApproveLimit | None, seen: Seen) -> str:
    """Why an approver may not approve this much; empty when they may."""
    if limit is None:
        return ""
    if limit.quantity is not None and change.quantity > limit.quantity:
        return f"{change.quantity} units, and you may approve {limit.quantity}"
    if limit.value is None:
        return ""
    if unpriced := _unpriced(change, seen):
        return f"nobody has said what {unpriced} costs, and your approval is limited by value"
    value = value_of(change, seen)
    return f"worth {value}, and you may approve {limit.value}" if value > limit.value else ""


def _over(
    change: Change, limits: list[tuple[AdjustLimit, str]], person: str, seen: Seen
) -> Iterator[Why]:
    yield from _below_zero(change, seen)
    for limit, whose in limits:
        if limit.quantity is not None and change.quantity > limit.quantity:
            yield (
                "over_quantity_limit",
                f"{change.quantity} units, the limit {whose} is {limit.quantity}. {_SECOND}",
            )
        yield from _over_value(change, limit, whose, seen)
        if limit.permille is not None:
            yield from _over_share(change, limit.permille, whose, seen)
        yield from _over_day(change, limit, whose, person, seen)


def _over_value(change: Change, limit: AdjustLimit, whose: str, seen: Seen) -> Iterator[Why]:
    if limit.value is None and limit.daily_value is None:
        return
    if unpriced := _unpriced(change, seen):
        yield (
            "cost_unknown",
            f"Nobody has said what {unpriced} costs, and the limit {whose} is one of value. "
            f"{_SECOND}",
        )
    value = value_of(change, seen)
    if limit.value is not None and value > limit.value:
        yield (
            "over_value_limit",
            f"Worth {value}, the limit {whose} is {limit.value}. {_SECOND}",
        )


def _over_share(change: Change, permille: int, whose: str, seen: Seen) -> Iterator[Why]:
    units: dict[StockKey, int] = defaultdict(int)
    for key, quantity in change.lines:
        units[key] += abs(quantity)
    for key, quantity in units.items():
        if quantity * 1_000 > permille * max(seen.there(key), 0):
            yield (
                "over_share_limit",
                f"{quantity} of {key.item} at {key.location} is more than {permille} ‰ of "
                f"what the book has there, the limit {whose}. {_SECOND}",
            )


def _over_day(
    change: Change, limit: AdjustLimit, whose: str, person: str, seen: Seen
) -> Iterator[Why]:
    for sku, units in change.units.items():
        quantity, worth = seen.today(person, sku)
        most = limit.daily_quantity
        if most is not None and quantity + units > most:
            yield (
                "over_daily_quantity",
                f"{quantity} of {sku} adjusted today, {units} more are over the daily limit "
                f"{whose}, {most}. {_SECOND}",
            )
        most, value = limit.daily_value, units * seen.cost(sku)
        if most is not None and worth + value > most:
            yield (
                "over_daily_value",
                f"Adjustments of {sku} worth {worth} today, {value} more are over the daily "
                f"limit {whose}, {most}. {_SECOND}",
            )


def _below_zero(change: Change, seen: Seen) -> Iterator[Why]:
    after: dict[StockKey, int] = {}
    for key, quantity in change.lines:
        after[key] = after.get(key, seen.there(key)) + quantity
    for key, quantity in after.items():
        if quantity < 0 and quantity < seen.there(key):
            yield (
                "below_zero",
                f"The book would say {quantity} of {key.item} at {key.location}. {_SECOND}",
            )


def _unpriced(change: Change, seen: Seen) -> str:
    return next((sku for sku in change.units if not seen.cost(sku)), "")
