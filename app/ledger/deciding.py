"""What becomes of one operation: decided in memory, in order, once and for ever.

Facts are posted whatever the book says; only requests are refused. What is not understood, or not
allowed yet, is held: stored whole, seen by someone, and in nobody's way. The rules themselves are
in `app.ledger.rules`.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.contract.messages import CONTRACT_VERSION, Operation
from app.domain.operation import Kind, Posting
from app.ledger.arrivals import Arrival
from app.ledger.book import Book, Known, Sender, Undecided
from app.ledger.case import HELD, POSTED, WAITING, Case, Decision, held
from app.ledger.rules import counting, proving
from app.ledger.rules.permissions import flag_revoked
from app.ledger.rules.registry import RULES

_KINDS = {kind.value: kind for kind in Kind}
_UNDECIDED = frozenset({WAITING, HELD})
# What it is about has not come.
UNKNOWN_ORIGINAL = "unknown_original"


def decide(arrival: Arrival, sender: Sender, book: Book) -> Decision:
    """Decide an operation whose id was not known before, and let the book follow it."""
    decision = _decide(arrival, sender, book)
    if decision.outcome in _UNDECIDED:
        # A later operation may settle it, of this transaction or of another.
        book.undecided[arrival.id] = _undecided(arrival, sender, decision, book)
        operation = arrival.operation
        if operation is not None and operation.kind == Kind.REVERSE and operation.reference:
            decision.reverses = operation.reference.original
        if decision.code == UNKNOWN_ORIGINAL:
            book.came_early(book.undecided[arrival.id])
    return decision


def take_up(original: str, decision: Decision, book: Book) -> None:
    """What came before the operation it is about, which has just come and is in the book now.

    Args:
        original: That operation.
        decision: What became of it; what is settled with it is added.
        book: Follows.
    """
    # Ids are made as things happen: the first of two decisions counts, whatever came with what.
    for early in sorted(book.early.pop(original, ()), key=lambda one: one.id):
        then = _again(early, book)
        if then.outcome != HELD:
            settled = [(early, then), *then.settles]
            then.settles = []
            decision.settles += settled
            # Another one may be about the same.
            for one in settled:
                settle(*one, book)


def settle(what: Undecided, decision: Decision, book: Book) -> None:
    """Later operations of this transaction see the outcome; its answer was given before."""
    kind = what.operation.kind if what.operation else ""
    book.known[what.id] = Known(
        what.content_hash, kind, decision.outcome, decision.code, decision.sentence, 0
    )
    if decision.outcome == POSTED:
        book.effects[what.id] = decision.effect
    if decision.outcome == WAITING:
        what.outcome, what.code = decision.outcome, decision.code
    else:
        book.undecided.pop(what.id, None)


def _decide(arrival: Arrival, sender: Sender, book: Book) -> Decision:
    operation = arrival.operation
    if operation is None:
        return Decision(HELD, *arrival.flaw)
    if sender.state == "revoked":
        return held("revoked", "This station was revoked. A supervisor releases what it recorded.")
    hold = _hold(arrival.id, operation, arrival.postings, book)
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
        signatures=arrival.signatures,
    )
    return _by_rule(case, arrival.seq)


def _undecided(arrival: Arrival, sender: Sender, decision: Decision, book: Book) -> Undecided:
    cells = book.cells
    return Undecided(
        arrival.id,
        arrival.content_hash,
        arrival.operation,
        arrival.postings,
        replace(sender, seq=arrival.seq),
        decision.outcome,
        decision.code,
        then={key: cells[key].quantity for key, *_ in arrival.postings if key in cells},
        raw=arrival.raw,
        signatures=arrival.signatures,
    )


def _by_rule(case: Case, seq: int) -> Decision:
    rule, operation = RULES[case.operation.kind], case.operation
    decision = proving.stopped(case)
    if decision is None:
        decision = rule.decide(case) if rule.settle is None else rule.settle(case, _again)
    if operation.actor in case.book.absences:
        flag_revoked(case, decision)
    counts = case.book.counting
    if counts.watched:
        counting.watch(case, decision)
    if counts.active:
        counts.posted.append((case.sender.id, seq, decision.effect))
    return decision


def _again(what: Undecided, book: Book) -> Decision:
    """Decide what waited as approved, and what was held as if it came only now."""
    operation = what.operation
    if operation is None:
        return held(what.code, "It cannot be read. It is kept as it is.")
    hold = _hold(what.id, operation, what.postings, book)
    if hold is not None:
        return hold
    return _by_rule(
        Case(
            what.id,
            _KINDS[operation.kind],
            operation,
            what.postings,
            what.sender,
            book,
            what.content_hash,
            approved=what.outcome == WAITING,
            signatures=what.signatures,
        ),
        what.sender.seq,
    )


def _hold(id_: str, operation: Operation, moves: Sequence[Posting], book: Book) -> Decision | None:
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
    for out, into in zip(moves[::2], moves[1::2], strict=True):
        if not out.key.location or not into.key.location or not into.quantity:
            return held(
                "incomplete_line",
                "A line does not say from where to where the goods went, or how many.",
            )
        if out.key == into.key:
            return held(
                "moves_nothing",
                "A line ends where it began. A supervisor finds out where the goods went.",
            )
    return None


__all__ = ["POSTED", "decide", "settle", "take_up"]
