"""A request ends before anybody decided it: withdrawn by name, or taken back like a mistake."""

from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.transfer import TransferState
from app.ledger.book import Book, Undecided
from app.ledger.case import POSTED, WAITING, Case, Decision, refused
from app.ledger.rules import asking, proving
from app.ledger.rules.permissions import are_one_person, may_here
from app.ledger.rules.rights_contradictions import disputed_cause


def withdraw(case: Case, what: Undecided) -> Decision:
    """End a request of one's own; a supervisor may do it for others. Asking again is a new one.

    Args:
        case: The withdrawal, or the reversal that comes to the same.
        what: A request that waits or is held.
    """
    book, actor = case.book, case.operation.actor
    asked = what.operation.actor if what.operation else ""
    if not are_one_person(book, actor, asked) and not may_here(book, actor, Permission.DECIDE):
        return refused(
            "not_yours", f"{asked} asked for this. Only they or a supervisor withdraw it."
        )
    decision = Decision(POSTED, sentence="Withdrawn.", closes=[disputed_cause(what.id)])
    then = refused("withdrawn", f"Withdrawn by {actor}.")
    asking.given_up(what, TransferState.CANCELLED, then, book)
    decision.settles.append((what, then))
    return decision


def waits(original: str, book: Book) -> Undecided | None:
    """An adjustment that waits for a second person: it has not counted, and may still end."""
    what = book.undecided.get(original)
    if what is None or what.operation is None or what.outcome != WAITING:
        return None
    return what if what.operation.kind == Kind.ADJUST else None


def take_back(case: Case, what: Undecided) -> Decision:
    """A reversal of what waits: whoever recorded it could not know yet that it would.

    It moves nothing, and is the one reversal its original has.
    """
    unsigned = None if case.approved else proving.unsigned(case)
    if unsigned is not None:
        return unsigned
    decision = withdraw(case, what)
    if decision.outcome == POSTED:
        case.book.reversed.add(what.id)
        decision.reverses = what.id
        decision.code, decision.sentence = (
            "withdrew",
            f"It waited, and {case.operation.actor} withdrew it. Nothing has moved.",
        )
    return decision
