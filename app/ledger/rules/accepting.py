"""Deciding about a count: a controller accepts what was seen, or has it counted again.

The count itself is a fact and stays posted. What is decided is whether the book follows it before
every station has reported.
"""

from app.ledger.case import POSTED, WAITING, Case, Decision, refused
from app.ledger.countbook import ACCEPTED, ADJUSTED, OPEN, PROVISIONAL, RECOUNT, Counted
from app.ledger.rules import counting, limits, proving

APPROVE = "approve"


def decide(case: Case, original: str) -> Decision:
    """Accept a count, or send it back."""
    book, operation = case.book, case.operation
    lines = [line for line in book.counting.of(original) if line.state in {PROVISIONAL, RECOUNT}]
    if not lines:
        return refused("already_decided", "Nothing of this count is open any more.")
    counted_by = sorted({line.actor for line in lines})
    change = limits.change_of((line.key, line.variance) for line in lines)
    why = proving.why_not_accepted(case, counted_by, book.known[original].content_hash, change)
    if why is not None:
        return refused(*why)
    if operation.reason == APPROVE:
        decision = Decision(POSTED, sentence="Accepted. The book follows what was seen.")
        counting.accept(lines, decision)
    else:
        decision = Decision(POSTED, sentence="Sent back. Another person counts again.")
        counting.send_back(lines, decision)
    return decision


def stopped(case: Case) -> tuple[Decision | None, bool]:
    """What stops an adjustment that follows a count, and whether the count was accepted."""
    line = _line(case)
    if line is None or line.state not in OPEN - {RECOUNT}:
        return refused("not_open", "This count was decided or counted again meanwhile."), False
    return None, line.state == ACCEPTED


def follow(case: Case, decision: Decision) -> None:
    """The line has become this adjustment, posted or waiting for a second person."""
    line = _line(case)
    if line is not None and decision.outcome in {POSTED, WAITING}:
        line.state, line.adjust, line.changed = ADJUSTED, case.id, True


def _line(case: Case) -> Counted | None:
    n = case.operation.evidence.get("line")
    original = counting.operation_counted(case.operation)
    return case.book.counting.lines.get((original, n)) if isinstance(n, int) else None
