"""Adjustments: requests that change stock without goods coming or going.

Within the policy they post at once, for the person who asks, the reason and all of this day
together; else they wait for a second person. What imports adjust is opening stock and never waits.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.contract.messages import Operation
from app.domain.operation import ADJUSTMENT, SCRAP, Kind, Posting, is_virtual
from app.domain.roles import Permission
from app.ledger import facts
from app.ledger.book import Effect
from app.ledger.case import POSTED, REFUSED, Case, Decision, held, refused, waiting
from app.ledger.rules import accepting, limits, proving, stock
from app.ledger.rules.permissions import one_person
from app.ledger.rules.rights_contradictions import counted_and_adjusted
from app.ledger.touched import Touched

_OUTSIDE = frozenset({ADJUSTMENT, SCRAP})
_TRUSTED = "import"
_LEDGER = "ledger"
# The reason of adjustments that follow counts.
COUNTED = "count"


def touch(operation: Operation, touched: Touched) -> None:
    """Who adjusts what; costs and the day's sum are read for it."""
    touched.adjusted.update((operation.actor, line.item) for line in operation.lines)
    if operation.reference is not None and operation.reference.original:
        touched.count_adjusts.add(operation.reference.original)


def touch_back(operation: Operation, touched: Touched) -> None:
    """Who takes back what: if it is an adjustment, the same is read; if it waits, it ends."""
    if operation.reference is not None:
        touched.taken_back.add((operation.actor, operation.reference.original))
        touched.settled.add(operation.reference.original)


def adjust(case: Case) -> Decision:
    """Post within the policy, wait above it."""
    if not _is_adjustment(case.postings):
        return refused(
            "not_an_adjustment",
            "An adjustment books between one place and “adjustment”. Record a move instead.",
        )
    if case.sender.kind == _LEDGER and case.operation.reason == COUNTED and not case.approved:
        return _after_count(case)
    return _adjust(case)


def _after_count(case: Case) -> Decision:
    """The ledger lets the book follow a count, in the name of who counted."""
    stopped, accepted = accepting.stopped(case)
    if stopped is not None:
        return stopped
    decision = _adjust(replace(case, approved=accepted))
    if decision.outcome == REFUSED:
        # Who may count need not be somebody who may adjust: then another person decides.
        decision = waiting("needs_approval", decision.sentence)
    accepting.follow(case, decision)
    return decision


def _adjust(case: Case) -> Decision:
    if case.approved or case.sender.kind == _TRUSTED:
        return stock.fact(case)
    change = limits.change_of((key, quantity) for key, quantity, _ in case.postings)
    stopped = _judge(case, change)
    if stopped is not None:
        return stopped
    decision = stock.fact(case)
    if decision.outcome == POSTED:
        limits.note(change, case.operation.actor, case.book)
        if case.sender.kind != _LEDGER:
            _flag_counted(case, decision)
    return decision


def _flag_counted(case: Case, decision: Decision) -> None:
    """Who counts a place does not adjust it by themselves the same day; told, not stopped."""
    actor, book = case.operation.actor, case.book
    person = one_person(book, actor)
    for place in sorted({key.location for key, *_ in case.postings}):
        if (person, place) in book.spending.counted:
            decision.contradictions.append(counted_and_adjusted(actor, place, book.now[:10]))


def stopped_back(case: Case, kind: str, back: Effect) -> Decision | None:
    """What keeps the mirror of an operation from being posted.

    Taking an adjustment back is judged as the adjustment it is. What is not stopped is about to be
    posted, and counted.

    Args:
        case: The reversal.
        kind: Of its original.
        back: The mirror.
    """
    if facts.overflows(back, case.book):
        return held("out_of_range", "This quantity is too large for the book. Check the record.")
    if kind != Kind.ADJUST or case.approved or case.sender.kind == _TRUSTED:
        return None
    unsigned = proving.unsigned(case)
    if unsigned is not None:
        return unsigned
    change = limits.change_of((cell.key, quantity) for cell, quantity, _ in back.postings)
    stopped = _judge(case, change)
    if stopped is None:
        limits.note(change, case.operation.actor, case.book)
    return stopped


def _judge(case: Case, change: limits.Change) -> Decision | None:
    operation, book = case.operation, case.book
    if not limits.is_allowed(operation.actor, Permission.ADJUST, book):
        return refused(
            "not_permitted", f"{operation.actor} may not adjust stock here. Ask a controller."
        )
    why = limits.why_waiting(change, operation.actor, operation.reason, book)
    return waiting(*why) if why is not None else None


def _is_adjustment(moves: Sequence[Posting]) -> bool:
    """Whether every line has one place in the building, and one that stands for the difference."""
    for out, into in zip(moves[::2], moves[1::2], strict=True):
        ends = (out.key.location, into.key.location)
        if sum(end in _OUTSIDE for end in ends) != 1 or all(map(is_virtual, ends)):
            return False
    return bool(moves)
