"""What becomes of one operation: decided in memory, in order, once and for ever.

Facts are posted whatever the book says; only requests are refused. What is not understood, or not
allowed yet, is held: stored whole, seen by someone, and in nobody's way. The rules themselves are
in `app.ledger.rules`.
"""

from collections.abc import Sequence

from app.contract.messages import CONTRACT_VERSION, Operation
from app.domain.operation import Kind, Posting
from app.ledger.arrivals import Arrival
from app.ledger.book import Book, Sender
from app.ledger.case import HELD, POSTED, WAITING, Case, Decision, held, undecided
from app.ledger.rules.permissions import flag_revoked
from app.ledger.rules.registry import RULES

_KINDS = {kind.value: kind for kind in Kind}
_UNDECIDED = frozenset({WAITING, HELD})


def decide(arrival: Arrival, sender: Sender, book: Book) -> Decision:
    """Decide an operation whose id was not known before, and let the book follow it."""
    operation = arrival.operation
    if operation is None:
        return Decision(HELD, *arrival.flaw)
    hold = _hold(arrival.id, operation, arrival.postings, sender, book)
    if hold is not None:
        return hold
    case = Case(
        arrival.id,
        _KINDS[operation.kind],
        operation,
        arrival.postings,
        sender,
        book,
        arrival.content_hash,
    )
    decision = RULES[operation.kind].decide(case)
    if operation.actor in book.revoked:
        flag_revoked(case, decision)
    if decision.outcome in _UNDECIDED:
        # A later operation of the same transaction may settle it.
        book.undecided[arrival.id] = undecided(case, arrival.seq, decision)
    return decision


def _hold(
    id_: str, operation: Operation, moves: Sequence[Posting], sender: Sender, book: Book
) -> Decision | None:
    if sender.state == "revoked":
        return held("revoked", "This station was revoked. A supervisor releases what it recorded.")
    if operation.id != id_:
        return held("id_mismatch", "The record carries another id than it was sent under.")
    if not 1 <= operation.contract_version <= CONTRACT_VERSION:
        return held(
            "unknown_version",
            f"This record is of version {operation.contract_version}; this ledger knows version "
            f"{CONTRACT_VERSION}. Update the ledger.",
        )
    if operation.site != book.site:
        return held(
            "wrong_site", f"This record is of site {operation.site}; its station belongs elsewhere."
        )
    if operation.kind not in RULES:
        return held(
            "unknown_kind", f"The ledger does not know “{operation.kind}” yet. Update the ledger."
        )
    for (location, *_), _, _ in moves:
        if not location:
            return held(
                "incomplete_line", "A line does not say from where to where the goods went."
            )
    return None


__all__ = ["POSTED", "decide"]
