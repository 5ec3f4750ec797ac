"""What a site has decided beforehand: tolerances, limits, times. Versions of it are kept for ever.

Everything has a default a small warehouse can live with; an administrator changes single words.
Quantities in base units, values in minor units of money, shares in permille, times in hours and
days. Where a limit is None there is none; where it is 0 nothing is free.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields

from app.domain.roles import ROLES, Permission, Role, may

# As large as a quantity of the contract; nobody means more, and sums still fit 64 bits.
MAX_AMOUNT = 2**53
# Words of people: longer ones do not fit the screen.
MAX_REASON = 64
MAX_REASONS = 100
MAX_HOLD_H = 72
# security.md §2.3: a grant lives a day, and never longer than three.
MAX_GRANT_H = 72


@dataclass(frozen=True, slots=True)
class AdjustLimit:
    """How far one role may adjust, or one reason may be given, without a second person.

    Attributes:
        quantity: Units of one adjustment, all its lines together.
        value: What they are worth.
        permille: Share of what the book says is there, at each stock key on its own.
        daily_quantity: Units of one item by one person in one day, all adjustments together.
        daily_value: The same in value.
    """

    quantity: int | None = 0
    value: int | None = 0
    permille: int | None = 0
    daily_quantity: int | None = 0
    daily_value: int | None = 0


@dataclass(frozen=True, slots=True)
class ApproveLimit:
    """How much one role may approve.

    Attributes:
        quantity: Units of what is approved, all its lines together.
        value: What they are worth.
    """

    quantity: int | None = None
    value: int | None = None


# What a role that `approve_offline` does not name may approve at a station without a link.
OFFLINE = ApproveLimit(quantity=100, value=50_000)
# Roles that decide about what others ask for, and so prove more than badge and PIN for a grant.
_DECIDERS = tuple(sorted(role.value for role in ROLES if may(role.value, Permission.DECIDE)))


@dataclass(frozen=True, slots=True)
class Policy:
    """A site's policy.

    Attributes:
        over_permille: How much more than expected may be received without an exception.
        adjust: Limits by role; a role that is not named always waits.
        adjust_reasons: Limits by reason, beside those of the role; a reason not named has none.
        adjust_always_waits: Reasons that need a second person whatever the amount.
        approve: Limits by role of who approves; a role that is not named has none.
        approve_offline: The same at a station without a link, never more than `approve`; a role
            that is not named has the limits of `OFFLINE`.
        approve_offline_count: Decisions of one grant, and of each day it is carried on.
        second_factor: Roles that get a grant for a code of their authenticator only.
        grant_hours: How long a grant runs before it must be carried on.
        held_keeps_stock: Whether a held order keeps the stock that is promised to it.
        claim_hold_h: How long a silent station keeps its orders; None leaves it to the site.
        count_tolerance: Units a count may differ before another person counts again.
        count_accept_h: How long a variance waits for silent stations before a controller must act.
        credential_days: How long a clerk can sign in at a station that has no link.
        grant_days: How long a supervisor's grant can be renewed there, day by day.
        transit_h: How long goods may be on their way here from another site.
    """

    over_permille: int = 0
    adjust: dict[str, AdjustLimit] = field(default_factory=dict)
    adjust_reasons: dict[str, AdjustLimit] = field(default_factory=dict)
    adjust_always_waits: tuple[str, ...] = ("theft", "found", "write_off")
    approve: dict[str, ApproveLimit] = field(default_factory=dict)
    approve_offline: dict[str, ApproveLimit] = field(default_factory=dict)
    approve_offline_count: int = 50
    second_factor: tuple[str, ...] = _DECIDERS
    grant_hours: int = 24
    held_keeps_stock: bool = True
    claim_hold_h: int | None = None
    count_tolerance: int = 0
    count_accept_h: int = 24
    credential_days: int = 10
    grant_days: int = 8
    transit_h: int = 72


DEFAULT = Policy()


@dataclass(frozen=True, slots=True)
class Flaw:
    """A value a policy cannot have: the word it stands at, and what to do."""

    word: str
    sentence: str


# The least and the most of each number.
_RANGES = {
    "over_permille": (0, 1_000),
    "claim_hold_h": (1, MAX_HOLD_H),
    "count_tolerance": (0, 1_000_000),
    "count_accept_h": (1, 168),
    "credential_days": (1, 31),
    "grant_days": (0, 8),
    "grant_hours": (1, MAX_GRANT_H),
    "approve_offline_count": (0, 1_000),
    "transit_h": (1, 2_160),
    "quantity": (0, MAX_AMOUNT),
    "value": (0, MAX_AMOUNT),
    "permille": (0, 1_000),
    "daily_quantity": (0, MAX_AMOUNT),
    "daily_value": (0, MAX_AMOUNT),
}


def flaws(policy: Policy) -> list[Flaw]:
    """Every value a policy cannot have, each with a sentence."""
    found = list(_numbers(policy, ""))
    found += _limits("adjust", policy.adjust, Permission.ADJUST)
    found += _limits("approve", policy.approve, Permission.DECIDE)
    found += _limits("approve_offline", policy.approve_offline, Permission.DECIDE)
    found += [_no_decider(role) for role in policy.second_factor if role not in _DECIDERS]
    for reason, limit in policy.adjust_reasons.items():
        found += _reason("adjust_reasons", reason)
        found += _numbers(limit, f"adjust_reasons.{reason}.")
    for reason in policy.adjust_always_waits:
        found += _reason("adjust_always_waits", reason)
    for word in ("adjust_reasons", "adjust_always_waits"):
        if len(getattr(policy, word)) > MAX_REASONS:
            found.append(Flaw(word, f"{word} names more than {MAX_REASONS} reasons. Name fewer."))
    return found


def offline_limit(policy: Policy, role: str) -> ApproveLimit:
    """What a role may approve at a station without a link: the lower of both limits."""
    here = policy.approve.get(role, ApproveLimit())
    away = policy.approve_offline.get(role, OFFLINE)
    return ApproveLimit(
        _lower(here.quantity, away.quantity),
        _lower(here.value, away.value),
    )


def _lower(one: int | None, other: int | None) -> int | None:
    limits = [limit for limit in (one, other) if limit is not None]
    return min(limits, default=None)


def _no_decider(role: str) -> Flaw:
    return Flaw(
        "second_factor",
        f"The role {role} decides nothing and needs no second factor. Name: "
        f"{', '.join(_DECIDERS)}.",
    )


def _limits(
    word: str, limits: Mapping[str, AdjustLimit] | Mapping[str, ApproveLimit], right: Permission
) -> Iterator[Flaw]:
    known = {role.value for role in Role}
    able = ", ".join(sorted(role.value for role in ROLES if may(role.value, right)))
    for role, limit in limits.items():
        if role not in known:
            yield Flaw(f"{word}.{role}", f"There is no role “{role}”. Roles here are: {able}.")
        elif not may(role, right):
            yield Flaw(
                f"{word}.{role}", f"The role {role} may not {right.value} at all. Name: {able}."
            )
        yield from _numbers(limit, f"{word}.{role}.")


def _numbers(value: Policy | AdjustLimit | ApproveLimit, prefix: str) -> Iterator[Flaw]:
    for one in fields(value):
        number = getattr(value, one.name)
        if one.name not in _RANGES or number is None:
            continue
        least, most = _RANGES[one.name]
        if not least <= number <= most:
            word = f"{prefix}{one.name}"
            yield Flaw(word, f"{word} is {number}. Give a whole number from {least} to {most}.")


def _reason(word: str, reason: str) -> Iterator[Flaw]:
    if not reason or len(reason) > MAX_REASON or not reason.isprintable():
        yield Flaw(word, f"A reason in {word} has 1 to {MAX_REASON} characters. Shorten it.")
