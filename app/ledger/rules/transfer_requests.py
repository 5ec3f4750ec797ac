"""Asking for a transfer, approving it, ending it.

`request` names the number of the transfer and the other site; its lines say what is wanted. The
goods leave the site named in the evidence as `origin`: one of the two; when it names none, they
leave the other site and come to the one that asks. Who may decide, asks and approves in one step;
so do the office and other systems. Whoever else asks makes a transfer that is `requested`, and
waits.
"""

from collections import Counter

from app.contract.messages import DocumentLine, DocumentRow, Line, Reference
from app.domain.document import Measure
from app.domain.operation import TRANSIT_PREFIX, Kind, StockKey, is_virtual
from app.domain.roles import Permission
from app.domain.transfer import OVER, TransferState
from app.ledger import facts
from app.ledger.book import Book, DocumentBook, Effect, Undecided
from app.ledger.case import POSTED, Case, Decision, refused, waiting
from app.ledger.rules import documents, transfers
from app.ledger.rules import transfer_contradictions as found
from app.ledger.rules.permissions import may_here
from app.ledger.rules.transit import (
    APPROVED,
    ENDED,
    TRANSFER,
    Transit,
    close,
    find,
    follow,
    lines_for,
    underway,
)
from app.ledger.rules.transit_effects import effect_of

# The end the goods leave, in the evidence of a request.
ORIGIN = "origin"
REQUEST = "request"
REQUESTED_BY = "requested_by"
# Places have 64 characters; transit is named after the transfer.
MAX_NUMBER = 64 - len(TRANSIT_PREFIX)

Problem = tuple[str, str]


def request(case: Case) -> Decision:
    """A transfer is asked for, and approved when whoever asks may do that, too."""
    problem = _site_problem(case) or _content_problem(case)
    if problem is not None:
        return refused(*problem)
    if case.approved or _may(case, Permission.DECIDE):
        return post_request(case)
    decision = waiting("needs_approval", "This transfer waits for a supervisor's decision.")
    documents.add(case.book, decision, _document(case))
    return decision


def post_request(case: Case) -> Decision:
    """Approve a transfer; goods that were dispatched or accepted before are counted in it now."""
    book, number = case.book, case.document[1]
    decision = Decision(POSTED)
    known = find(book, number)
    if known is None:
        documents.add(book, decision, _document(case, approved=True))
        known = find(book, number)
        assert known is not None  # noqa: S101 - it was put there a line ago
    else:
        details = {**known.document.row.details, APPROVED: 1}
        documents.revise(
            book, decision, known.document, details=details, state=TransferState.APPROVED.value
        )
    _count_earlier(book, known, decision)
    follow(book, known, decision)
    close(decision, found.UNKNOWN, number, {known.origin, known.destination} - {book.site_n})
    return decision


def ended(what: Undecided, how: TransferState, decision: Decision, book: Book) -> None:
    """A request that waited was rejected or withdrawn: its transfer ends with it.

    Args:
        what: The request.
        how: Rejected or cancelled.
        decision: Of the operation that settles it; its feed rows tell the new state.
        book: Has the transfer.
    """
    reference = what.operation.reference if what.operation else None
    if reference is None or reference.document_kind != TRANSFER:
        return
    transit = find(book, reference.document)
    if transit is not None and transit.document.row.details.get(REQUEST) == what.id:
        _end(book, transit, how, decision)


def cancel(case: Case) -> Decision:
    """End a transfer; goods that are under way get a named place where this was recorded."""
    number, lines = case.document[1], transfers.from_transit(case.operation)
    transit = find(case.book, number)
    if transit is None:
        return refused("unknown_document", f"Transfer {number} is not known. Check the number.")
    problem = _cancel_problem(case, transit, lines)
    if problem is not None:
        return refused(*problem)
    effect = effect_of(case.book, transit, Kind.CANCEL, lines)
    decision = transfers.post(case, transit, effect)
    if decision.outcome == POSTED:
        _end(case.book, transit, TransferState.CANCELLED, decision)
    return decision


def _end(book: Book, transit: Transit, how: TransferState, decision: Decision) -> None:
    details = {**transit.document.row.details, ENDED: how.value}
    documents.revise(book, decision, transit.document, details=details)
    follow(book, transit, decision, {found.ENDED})


def _may(case: Case, permission: Permission) -> bool:
    """Whether the person may do it here now; the office was asked before it recorded anything."""
    office = case.sender.kind != "station"
    return office or may_here(case.book, case.operation.actor, permission)


def _site_problem(case: Case) -> Problem | None:
    reference, book = case.operation.reference or Reference(), case.book
    if not reference.document or len(reference.document) > MAX_NUMBER:
        return (
            "bad_number",
            f"A transfer has a number of 1 to {MAX_NUMBER} characters. Give it one.",
        )
    if reference.site not in book.sites:
        return "unknown_site", f"There is no site “{reference.site}”. Name the other site."
    if reference.site == book.site:
        return "same_site", "A transfer goes to another site. Within a site, record a move."
    if case.operation.evidence.get(ORIGIN, book.site) not in {reference.site, book.site}:
        return "bad_origin", "The goods leave one of the two sites of the transfer. Name that one."
    return None


def _content_problem(case: Case) -> Problem | None:
    book, number = case.book, case.document[1]
    lines = case.operation.lines
    if not lines:
        return "nothing_wanted", "The request names no goods. Say what is wanted, line by line."
    unknown = next((line.item for line in lines if line.item not in book.items), None)
    if unknown is not None:
        return "unknown_item", f"Item {unknown} is not known. Check it, or import it first."
    known = book.documents.get((TRANSFER, number))
    other = book.sites[(case.operation.reference or Reference()).site]
    mine = known is not None and known.row.details.get(REQUEST) == case.id
    if (known is not None and not mine) or (other, number) in book.taken:
        return "document_exists", f"There is a transfer {number} already. Take another number."
    if known is not None and ENDED in known.row.details:
        return "already_closed", f"Transfer {number} was ended. Ask for a new one."
    return None


def _cancel_problem(case: Case, transit: Transit, lines: list[Line]) -> Problem | None:
    number, row = transit.number, transit.document.row
    if row.state in OVER:
        return "already_closed", f"Transfer {number} is {row.state}. There is nothing to cancel."
    own = row.details.get(REQUESTED_BY) == case.operation.actor
    if not own and not _may(case, Permission.ASK):
        return "not_permitted", "Only who asked for it, or a supervisor, cancels a transfer."
    if row.state == TransferState.REQUESTED:
        return "still_waiting", f"Transfer {number} waits for a decision. Withdraw it instead."
    return _goods_problem(case.book, transit, lines)


def _goods_problem(book: Book, transit: Transit, lines: list[Line]) -> Problem | None:
    """Everything under way, and nothing else, must come to a real place."""
    left = Counter({cell.key: cell.quantity for cell in underway(book, transit)})
    if any(quantity < 0 for quantity in left.values()):
        return (
            "not_settled",
            f"More arrived with transfer {transit.number} than was dispatched. Mend that first.",
        )
    for line in lines:
        if is_virtual(line.target):
            return (
                "name_a_place",
                f"“{line.target}” is no place in a building. Name where the goods are now.",
            )
        left[StockKey(line.source, line.item, line.lot, line.serial, line.condition)] -= (
            line.quantity
        )
    wrong = next((key for key, quantity in left.items() if quantity), None)
    if wrong is None:
        return None
    if left[wrong] < 0:
        return (
            "not_under_way",
            f"Of {wrong.item}, {-left[wrong]} more are named than transfer {transit.number} has "
            "under way. Name what is there.",
        )
    return (
        "name_a_place",
        f"Transfer {transit.number} has {left[wrong]} of {wrong.item} under way. Say where they "
        "are now.",
    )


def _document(case: Case, *, approved: bool = False) -> DocumentBook:
    operation, book = case.operation, case.book
    reference = operation.reference or Reference()
    origin = str(operation.evidence.get(ORIGIN, reference.site))
    ends = {reference.site, book.site}
    details: dict[str, str | int] = {REQUEST: case.id, REQUESTED_BY: operation.actor}
    if approved:
        details[APPROVED] = 1
    row = DocumentRow(
        kind=TRANSFER,
        document=reference.document,
        version=1,
        state=(TransferState.APPROVED if approved else TransferState.REQUESTED).value,
        origin=origin,
        destination=next(iter(ends - {origin})),
        note=operation.reason,
        details=details,
        lines=tuple(
            DocumentLine(number, line.item, line.quantity, lot=line.lot)
            for number, line in enumerate(operation.lines, 1)
        ),
    )
    return DocumentBook(row, tuple(sorted((book.site_n, book.sites[reference.site]))), fresh=True)


def _count_earlier(book: Book, transit: Transit, decision: Decision) -> None:
    """Count what the receiver has in transit already: what it accepted is less than nothing."""
    earlier = Effect()
    for cell in underway(book, transit):
        measure = Measure.DISPATCHED if cell.quantity > 0 else Measure.ACCEPTED
        line = lines_for(transit, cell.key.item, cell.key.lot)[0]
        tally = (TRANSFER, transit.number, line, measure.value, abs(cell.quantity))
        earlier.tallies.append(tally)
    # A transfer that was requested before has counted since then.
    if not transit.total(Measure.DISPATCHED.value, Measure.ACCEPTED.value):
        facts.apply(earlier, "", book)
        decision.effect.tallies += earlier.tallies
