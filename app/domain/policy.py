"""What a site has decided beforehand: tolerances, limits, times. Versions of it are kept for ever.

Everything has a default a small warehouse can live with; an administrator changes single words.
Quantities in base units, values in minor units of money, shares in permille, times in hours.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AdjustLimit:
    """How far one role may adjust without a second person.

    Attributes:
        quantity: Units of one adjustment.
        value: What they are worth.
        permille: Share of what the book says is there.
        daily_quantity: Units of one item by one person in one day, all adjustments together.
        daily_value: The same in value.
    """

    quantity: int = 0
    value: int = 0
    permille: int = 0
    daily_quantity: int = 0
    daily_value: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """A site's policy.

    Attributes:
        over_permille: How much more than expected may be received without an exception.
        adjust: Limits by role; a role that is not named always waits.
        adjust_always_waits: Reasons that need a second person whatever the amount.
        claim_hold_h: How long a silent station keeps its orders.
        count_tolerance: Units a count may differ before a second person counts again.
        count_accept_h: How long a variance waits for silent stations before a controller must act.
    """

    over_permille: int = 0
    adjust: dict[str, AdjustLimit] = field(default_factory=dict)
    adjust_always_waits: tuple[str, ...] = ("theft", "found", "write_off")
    claim_hold_h: int = 8
    count_tolerance: int = 0
    count_accept_h: int = 24


DEFAULT = Policy()
