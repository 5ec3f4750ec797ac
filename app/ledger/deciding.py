"""What becomes of one operation: decided in memory, in order, once and for ever.

Facts are posted whatever the book says; only requests are refused. What is not understood, or not
allowed yet, is held: stored whole, seen by someone, and in nobody's way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from app.contract.messages import CONTRACT_VERSION, ClaimRow, FeedBody, Operation
from app.domain.operation import REQUESTS, Kind, Outcome, Posting
from app.domain.order import OrderState
from app.ledger import facts
from app.ledger.arrivals import Arrival
from app.ledger.book import Book, ClaimBook, Effect, Sender
from app.ledger.clock import stamp
from app.ledger.contradictions import Contradiction

POSTED = Outcome.POSTED.value
WAITING = Outcome.WAITING.value
REFUSED = Outcome.REFUSED.value
HELD = Outcome.HELD.value

_KINDS = {kind.value: kind for kind in Kind}
_CLOSED = {
    OrderState.CANCELLED.value: "order_cancelled",
    OrderState.HELD.value: "order_held",
    OrderState.SHIPPED.value: "order_shipped",
}


@dataclass(slots=True)
class Decision:
    """What became of an operation.

    Attributes:
        outcome: Posted, waiting, refused or held.
        code: Why not posted, stable.
        sentence: The same for a person.
        effect: Postings and progress, when posted.
        rows: Claims and order versions that follow from it, for the feed.
        contradictions: What it contradicts.
        reverses: The id it takes back, when it is a posted reversal.
    """

    outcome: str
    code: str = ""
    sentence: str = ""
    effect: Effect = field(default_factory=Effect)
    rows: list[FeedBody] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    reverses: str = ""


def decide(arrival: Arrival, sender: Sender, book: Book) -> Decision:
    """Decide an operation whose id was not known before, and let the book follow it."""
    operation = arrival.operation
    if operation is None:
        return Decision(HELD, *arrival.flaw)
    hold = _hold(arrival.id, operation, arrival.postings, sender, book)
    if hold is not None:
        return hold
    kind = _KINDS[operation.kind]
    match kind:
        case Kind.CLAIM:
            return _claim(operation, sender, book)
        case Kind.RELEASE:
            return _release(operation, sender, book)
        case Kind.ADJUST if sender.kind == "station":
            return Decision(
                WAITING,
                "needs_approval",
                "This adjustment waits for a supervisor's decision.",
            )
        case Kind.REVERSE:
            return _reverse(operation, book)
        case _:
            return _fact(kind, operation, arrival.postings, sender, book)


def _hold(
    id_: str, operation: Operation, moves: Sequence[Posting], sender: Sender, book: Book
) -> Decision | None:
    if sender.state == "revoked":
        return _held("revoked", "This station was revoked. A supervisor releases what it recorded.")
    if operation.id != id_:
        return _held("id_mismatch", "The record carries another id than it was sent under.")
    if not 1 <= operation.contract_version <= CONTRACT_VERSION:
        return _held(
            "unknown_version",
            f"This record is of version {operation.contract_version}; this ledger knows version "
            f"{CONTRACT_VERSION}. Update the ledger.",
        )
    if operation.site != book.site:
        return _held(
            "wrong_site", f"This record is of site {operation.site}; its station belongs elsewhere."
        )
    if operation.kind not in _KINDS:
        return _held(
            "unknown_kind", f"The ledger does not know “{operation.kind}” yet. Update the ledger."
        )
    for (location, *_), _, _ in moves:
        if not location:
            return _held(
                "incomplete_line", "A line does not say from where to where the goods went."
            )
    return None


def _held(code: str, sentence: str) -> Decision:
    return Decision(HELD, code, sentence)


def _refused(code: str, sentence: str) -> Decision:
    return Decision(REFUSED, code, sentence)


# ------------------------------------------------------------------ facts


def _fact(
    kind: Kind, operation: Operation, moves: Sequence[Posting], sender: Sender, book: Book
) -> Decision:
    effect = facts.effect_of(kind, operation, moves, book)
    if facts.overflows(effect, book):
        return _held("out_of_range", "This quantity is too large for the book. Check the record.")
    facts.apply(effect, sender.id, book)
    decision = Decision(POSTED, effect=effect)
    decision.contradictions = facts.contradictions(kind, operation, effect, book)
    if kind is Kind.SHIP:
        decision.rows.extend(facts.order_rows_after_shipping(effect, book))
    return decision


def _reverse(operation: Operation, book: Book) -> Decision:
    original_id = operation.reference.original if operation.reference else ""
    original = book.known.get(original_id)
    if original is None:
        return _held("unknown_original", "What this takes back has not arrived at the ledger.")
    if original_id in book.reversed:
        return _refused("already_reversed", "This was taken back before. Nothing was changed.")
    if original.kind not in _KINDS or _KINDS[original.kind] in REQUESTS | {Kind.REVERSE}:
        return _refused(
            "not_reversible", "This cannot be taken back. Record what happened as something new."
        )
    effect = book.effects.get(original_id)
    if effect is None and original_id in book.told:
        effect = facts.effect_told(book.told[original_id], book)
    if original.outcome != POSTED or effect is None:
        return _held("original_not_posted", "What this takes back is not posted itself yet.")
    back = facts.mirrored(effect)
    if facts.overflows(back, book):
        return _held("out_of_range", "This quantity is too large for the book. Check the record.")
    book.reversed.add(original_id)
    facts.apply(back, "", book)
    decision = Decision(POSTED, effect=back, reverses=original_id)
    decision.contradictions = facts.negative(back, operation)
    decision.rows.extend(facts.order_rows_after_shipping(back, book))
    return decision


# ------------------------------------------------------------------ requests


def _claim(operation: Operation, sender: Sender, book: Book) -> Decision:
    document = operation.reference.document if operation.reference else ""
    order = book.orders.get(document)
    if order is None:
        return _refused("unknown_document", f"Order {document} is not known. Check the number.")
    if order.row.state in _CLOSED:
        return _refused(
            _CLOSED[order.row.state], f"Order {document} is {order.row.state}. Do not pack it."
        )
    claim = book.claims.get(document)
    if (
        claim is not None
        and claim.state == "claimed"
        and claim.enrolment_n != sender.n
        and claim.until > book.now
    ):
        return _refused(
            "already_claimed",
            f"Order {document} is being packed at {claim.station}. Ask there, or take another.",
        )
    until = stamp(book.at + timedelta(seconds=sender.claim_hold_s))
    taken = ClaimBook("claimed", sender.n, sender.id, sender.station, until)
    return _claimed(document, taken, book)


def _release(operation: Operation, sender: Sender, book: Book) -> Decision:
    document = operation.reference.document if operation.reference else ""
    claim = book.claims.get(document)
    if claim is None or document not in book.orders:
        return _refused("unknown_document", f"Order {document} is not known. Check the number.")
    if claim.enrolment_n != sender.n or claim.state != "claimed":
        return _refused("not_yours", f"Order {document} is not claimed by this station.")
    return _claimed(document, ClaimBook("free", 0, "", "", ""), book)


def _claimed(document: str, claim: ClaimBook, book: Book) -> Decision:
    book.claims[document] = claim
    book.changed_claims.add(document)
    return Decision(POSTED, rows=[claim_row(document, claim)])


def claim_row(document: str, claim: ClaimBook) -> ClaimRow:
    """A claim as the feed tells it."""
    return ClaimRow(
        document=document,
        state=claim.state,
        enrolment=claim.enrolment,
        station=claim.station,
        until=claim.until,
    )
