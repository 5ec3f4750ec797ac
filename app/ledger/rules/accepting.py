"""Deciding about a count: a controller accepts what was seen, or has it counted again.

The count itself is a fact and stays posted. What is decided is whether the book follows it before
every station has reported.
"""

from app.domain.roles import Permission
from app.ledger.case import POSTED, WAITING, Case, Decision, refused
from app.ledger.countbook import ACCEPTED, ADJUSTED, OPEN, PROVISIONAL, RECOUNT, Counted
from app.ledger.rules import counting, limits
from app.ledger.rules.permissions import are_one_person, may_here

APPROVE = "approve"


def decide(case: Case, original: str) -> Decision:
    """Accept a count, or send it back."""
    book, operation = case.book, case.operation
    lines = [line for line in book.counting.of(original) if line.state in {PROVISIONAL, RECOUNT}]
    if not lines:
        return refused("already_decided", "Nothing of this count is open any more.")
    if operation.evidence.get("content_hash") != book.known[original].content_hash:
        return refused(
            "content_differs",
            "What was decided is not the count that is here under this id. Look at it again.",
        )
    stopped = _not_entitled(case, lines)
    if stopped is not None:
        return stopped
    if operation.reason == APPROVE:
        decision = Decision(POSTED, sentence="Accepted. The book follows what was seen.")
        counting.accept(lines, decision)
    else:
        decision = Decision(POSTED, sentence="Sent back. Another person counts again.")
        counting.send_back(lines, decision)
    return decision


def _not_entitled(case: Case, lines: list[Counted]) -> Decision | None:
    book, actor = case.book, case.operation.actor
    if any(are_one_person(book, actor, line.actor) for line in lines):
        return refused("same_person", "Who counted does not accept the count. Somebody else does.")
    if not may_here(book, actor, Permission.ACCEPT_COUNT):
        return refused(
            "not_permitted", f"{actor} may not accept counts here. Ask a controller of this site."
        )
    if case.operation.reason != APPROVE:
        return None
    role = book.people[actor].role
    change = limits.change_of((line.key, line.variance) for line in lines)
    over = limits.over_approval(change, book.policy.approve.get(role), book)
    return (
        refused("over_your_limit", f"This is {over}. Somebody with more accepts it.")
        if over
        else None
    )


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
