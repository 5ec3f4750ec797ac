"""Decisions about what waits or is held: approved, rejected, released, withdrawn.

What waits is decided by another person, on the content hash of what they saw, with a permission at
this site at this moment, within their own limit. What is held is released under its own id: it is
decided anew by the rule of its kind, as if it came only now. Every answer is closed: whatever is
named, in whatever order and however often, the same thing is never decided twice.
"""

from collections.abc import Callable

from app.contract.messages import Operation, Reference
from app.domain.operation import REQUESTS, Kind, StockKey
from app.domain.roles import Permission
from app.domain.transfer import TransferState
from app.ledger import facts
from app.ledger.book import Book, Undecided
from app.ledger.case import (
    HELD,
    POSTED,
    REFUSED,
    WAITING,
    Case,
    Decision,
    held,
    refused,
)
from app.ledger.rules import accepting, asking, limits, proving, withdrawing
from app.ledger.rules.rights_contradictions import approval_disputed, disputed_cause

# Decides what waited or was held by the rule of its kind, as if it were allowed.
Again = Callable[[Undecided, Book], Decision]

APPROVE = "approve"
REJECT = "reject"
# A sentence names this many places; the rest is in the postings.
MAX_PLACES = 3
_REQUESTS = frozenset(kind.value for kind in REQUESTS)


def decide(case: Case, again: Again) -> Decision:
    """Approve or reject what waits; release what is held."""
    decision = _decide(case, again)
    operation, original = case.operation, original_of(case)
    if decision.outcome == POSTED:
        decision.closes.append(disputed_cause(original))
        proving.use_grant(case, decision)
    elif decision.outcome == REFUSED and _was_in_effect(case) and not _agrees(case):
        decision.contradictions.append(
            approval_disputed(original, operation.actor, decision.sentence)
        )
    return decision


def withdraw(case: Case) -> Decision:
    """Take back an own request; a supervisor may do it for others. Asking again is a new one."""
    what = _named(case)
    if isinstance(what, Decision):
        return what
    if not _is_request(what):
        return refused(
            "not_a_request", "Only a request is withdrawn. Take back what happened with a reversal."
        )
    return withdrawing.withdraw(case, what)


def original_of(case: Case) -> str:
    """The operation a decision is about."""
    reference = case.operation.reference
    return reference.original if reference else ""


def _decide(case: Case, again: Again) -> Decision:
    operation = case.operation
    if operation.reason not in {APPROVE, REJECT}:
        return refused("bad_decision", "A decision says approve or reject. Decide it again.")
    if original_of(case) in case.book.counting.counts:
        return accepting.decide(case, original_of(case))
    what = _named(case)
    if isinstance(what, Decision):
        return what
    needed = Permission.DECIDE if what.outcome == WAITING else Permission.RELEASE_HELD
    why = proving.why_not_decided(case, what, _change(what, case.book), needed)
    if why is not None:
        return refused(*why)
    return _approve(case, what, again) if operation.reason == APPROVE else _reject(case, what)


def _named(case: Case) -> Undecided | Decision:
    """What is to be decided, or why there is nothing to decide."""
    original, book = original_of(case), case.book
    if not original:
        return refused("nothing_named", "This names nothing to decide. Name the operation.")
    what = book.undecided.get(original)
    if what is not None:
        return what
    known = book.known.get(original)
    if known is None or known.site_n not in {0, book.site_n}:
        # In the same words for another site's: what it has is not told here.
        # After a restore a decision may come in before what it decides: it is taken up then.
        return held("unknown_original", "What this decides has not arrived at the ledger.")
    return refused("already_decided", f"This is {known.outcome} already. {known.sentence}".rstrip())


def _approve(case: Case, what: Undecided, again: Again) -> Decision:
    actor, book = case.operation.actor, case.book
    before = {key: book.cells[key].quantity for key, _ in _change(what, book).lines}
    then = again(what, book)
    if then.outcome in {HELD, what.outcome}:
        return refused("still_" + then.outcome, f"It cannot be released yet. {then.sentence}")
    decision = Decision(POSTED, sentence=f"Approved. {_moved(what, before, book)}".rstrip())
    if then.outcome == POSTED:
        word = "Approved" if what.outcome == WAITING else "Released"
        then.sentence = f"{word} by {actor}. {_moved(what, before, book)}".rstrip()
    else:
        decision.sentence = f"It was decided anew and is {then.outcome}. {then.sentence}"
    # What it settles in its turn is told right behind it.
    decision.settles = [(what, then), *then.settles]
    then.settles = []
    return decision


def _reject(case: Case, what: Undecided) -> Decision:
    if not _is_request(what):
        return refused(
            "fact_not_refused",
            "What happened is not rejected. Leave it held, or release it and take it back.",
        )
    note = case.operation.evidence.get("note", "")
    sentence = f"Rejected by {case.operation.actor}. {note}".rstrip()
    decision = Decision(POSTED, sentence="Rejected.")
    then = refused("rejected", sentence)
    asking.given_up(what, TransferState.REJECTED, then, case.book)
    decision.settles.append((what, then))
    return decision


def _is_request(what: Undecided) -> bool:
    """Whatever waits is one; of what is held, only what is certainly none is a fact."""
    if what.outcome == WAITING:
        return True
    return what.operation is not None and what.operation.kind in _REQUESTS


def _change(what: Undecided, book: Book) -> limits.Change:
    """What approving would do inside the building."""
    if what.operation is None or what.operation.kind != Kind.REVERSE:
        return limits.change_of((key, quantity) for key, quantity, _ in what.postings)
    original = _reference(what.operation).original
    row = book.told.get(original)
    if row is not None:
        return limits.change_of((facts.key_of(p), -p.quantity) for p in row.postings)
    effect = book.effects.get(original)
    moves = effect.postings if effect is not None else []
    return limits.change_of((cell.key, -quantity) for cell, quantity, _ in moves)


def _moved(what: Undecided, before: dict[StockKey, int], book: Book) -> str:
    """What the book said then and now, for whoever wonders why the numbers moved."""
    told = []
    for key, quantity in list(before.items())[:MAX_PLACES]:
        asked = what.then.get(key)
        then = f"{asked} when it was asked for, " if asked is not None else ""
        told.append(
            f"{key.item} at {key.location}: the book said {then}{quantity} before this, "
            f"{book.cells[key].quantity} after."
        )
    return " ".join(told)


def _was_in_effect(case: Case) -> bool:
    """Whether a station acted on this decision before the ledger had it."""
    operation = case.operation
    provisional = bool(operation.grant) or operation.evidence.get("provisional") is True
    return provisional and case.sender.kind == "station"


def _agrees(case: Case) -> bool:
    """Whether somebody else decided the same before."""
    known = case.book.known.get(original_of(case))
    wanted = POSTED if case.operation.reason == APPROVE else REFUSED
    return known is not None and known.outcome == wanted


def _reference(operation: Operation) -> Reference:
    return operation.reference or Reference()
