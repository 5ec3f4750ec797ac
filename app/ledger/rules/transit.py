"""A transfer as operations find it: its ends, what is under way, and how it follows what they did.

Goods in transit belong to the receiver: `transit/<transfer>` is a place at the destination. The
document and what is counted at its lines are kept at both ends and told in both feeds.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from app.contract.messages import DocumentLine, Operation
from app.domain.document import DocumentKind, Measure
from app.domain.operation import StockKey, is_virtual
from app.domain.transfer import Course, state_of
from app.ledger import facts
from app.ledger.book import Book, Cell, DocumentBook, Effect
from app.ledger.case import Decision
from app.ledger.contradictions import negative_balance, negative_cause
from app.ledger.rules import documents
from app.ledger.rules import transfer_contradictions as found
from app.ledger.underway import number_of, place_of

TRANSFER = DocumentKind.TRANSFER.value
# What a transfer's document remembers beside its lines.
APPROVED = "approved"
ENDED = "ended"
SENT_AT = "sent_at"

_ARRIVED = (Measure.ACCEPTED.value, Measure.SHORT.value, Measure.LOST.value)
# Measures of goods that are under way no more.
SETTLED = (*_ARRIVED, Measure.RETURNED.value)
# What can be said of a transfer after any operation on it.
_JUDGED = (
    found.NOT_APPROVED, found.ENDED, found.OVER_DISPATCHED, found.OVER, found.SHORT, found.OVERDUE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transit:
    """A transfer that is known here.

    Attributes:
        document: Its document.
        origin: Number of the site the goods leave.
        destination: Number of the site they come to.
    """

    document: DocumentBook
    origin: int
    destination: int

    @property
    def number(self) -> str:
        """Its number."""
        return self.document.row.document

    @property
    def place(self) -> str:
        """Where its goods are while they are at neither end."""
        return place_of(self.number)

    def other(self, site_n: int) -> int:
        """The end that is not this one."""
        return self.destination if site_n == self.origin else self.origin

    def total(self, *measures: str) -> int:
        """What was counted of these measures at all lines, as distances from nothing."""
        tallies = self.document.tallies
        return sum(abs(quantity) for (_, name), quantity in tallies.items() if name in measures)

    def asked(self, line: int) -> int:
        """What was asked for at a line; nothing at line 0, where strangers are counted."""
        return next((one.quantity for one in self.document.row.lines if one.line == line), 0)


def named(operation: Operation) -> str:
    """The transfer an operation is about: the one it refers to, else the one its goods are in."""
    reference = operation.reference
    if reference is not None and reference.document_kind == TRANSFER:
        return reference.document
    for line in operation.lines:
        number = number_of(line.source) or number_of(line.target)
        if number:
            return number
    return ""


def find(book: Book, number: str) -> Transit | None:
    """A transfer, if it is known at this site and this site is an end of it."""
    document = book.documents.get((TRANSFER, number))
    if document is None or book.site not in {document.row.origin, document.row.destination}:
        return None
    other = next((n for n in document.sites if n != book.site_n), book.site_n)
    if document.row.origin == book.site:
        return Transit(document, book.site_n, other)
    return Transit(document, other, book.site_n)


def cells_at(book: Book, site_n: int) -> dict[StockKey, Cell]:
    """The balances of one end."""
    return book.cells if site_n == book.site_n else book.abroad.get(site_n, {})


def underway(book: Book, transit: Transit, site_n: int | None = None) -> Iterator[Cell]:
    """Balances in transit that are not empty; at the destination unless another end is named."""
    where = transit.destination if site_n is None else site_n
    for key, cell in cells_at(book, where).items():
        if key.location == transit.place and cell.quantity:
            yield cell


def post_at(effect: Effect, book: Book, site_n: int, key: StockKey, quantity: int) -> None:
    """Add a posting at one end to an effect."""
    cell = cells_at(book, site_n)[key]
    if site_n == book.site_n:
        effect.postings.append((cell, quantity, 0))
    else:
        effect.abroad.append((site_n, cell, quantity, 0))


def follow(book: Book, transit: Transit, decision: Decision, opens: Collection[str] = ()) -> None:
    """Let a transfer follow what was posted: state, exceptions, the feed of the other end.

    Args:
        book: Has followed the effect already.
        transit: The transfer.
        decision: Is added to.
        opens: Codes the operation may open; those that do not hold are closed in any case.
    """
    _adopt(book, transit, decision)
    course = _course(book, transit)
    row = transit.document.row
    changes: dict[str, object] = {}
    if state_of(course) != row.state:
        changes["state"] = state_of(course).value
    if course.moved != (SENT_AT in row.details):
        others = {name: value for name, value in row.details.items() if name != SENT_AT}
        changes["details"] = {**others, SENT_AT: book.now} if course.moved else others
    if changes:
        documents.revise(book, decision, transit.document, **changes)
    other = transit.other(book.site_n)
    if other != book.site_n:
        decision.told.add(other)
    _judge_abroad(transit, decision)
    holds = dict(zip(_JUDGED, _judged(book, transit, course), strict=True))
    for code, wrong in holds.items():
        if wrong and code in opens:
            decision.contradictions.append(found.contradiction(code, transit.number))
        elif not wrong:
            close(decision, code, transit.number, {other} - {book.site_n})


def _judge_abroad(transit: Transit, decision: Decision) -> None:
    """Places at the other end left with less than nothing, and those that are so no longer."""
    for site_n, cell, quantity, _ in decision.effect.abroad:
        if is_virtual(cell.key.location):
            continue
        if quantity < 0 and cell.quantity < 0:
            wrong = negative_balance(cell.key, cell.quantity, transit.number)
            decision.contradictions_abroad.append((site_n, wrong))
        elif 0 <= cell.quantity < quantity:
            decision.closes_abroad.append((site_n, negative_cause(cell.key)))


def close(decision: Decision, code: str, number: str, others: Collection[int]) -> None:
    """A cause is gone, at this site and at others."""
    cause = found.cause_of(code, number)
    decision.closes.append(cause)
    decision.closes_abroad.extend((site_n, cause) for site_n in sorted(others))


def _adopt(book: Book, transit: Transit, decision: Decision) -> None:
    """Bring goods to the receiver's transit that were dispatched before the transfer was known."""
    if transit.origin == transit.destination:
        return
    extra = Effect()
    for cell in list(underway(book, transit, transit.origin)):
        quantity = cell.quantity
        post_at(extra, book, transit.origin, cell.key, -quantity)
        post_at(extra, book, transit.destination, cell.key, quantity)
        line = lines_for(transit, cell.key.item, cell.key.lot)[0]
        extra.tallies.append((TRANSFER, transit.number, line, Measure.DISPATCHED.value, quantity))
    facts.apply(extra, "", book)
    decision.effect.postings += extra.postings
    decision.effect.abroad += extra.abroad
    decision.effect.tallies += extra.tallies


def lines_for(transit: Transit, item: str, lot: str, named_line: int = 0) -> list[int]:
    """The document's lines a unit may count at; line 0 when nobody asked for it.

    Those that ask for its very lot come first, then those that take any, each in order.
    """
    fitting = [
        line
        for line in transit.document.row.lines
        if line.item == item and line.lot in {"", lot} and named_line in {0, line.line}
    ]
    if not fitting and named_line:
        return lines_for(transit, item, lot)
    return [line.line for line in sorted(fitting, key=lambda line: line.lot != lot)] or [0]


def _course(book: Book, transit: Transit) -> Course:
    row, document = transit.document.row, transit.document
    return Course(
        approved=APPROVED in row.details,
        ended=str(row.details.get(ENDED, "")),
        moved=transit.total(Measure.DISPATCHED.value, *SETTLED) > 0,
        sent=all(_is_sent(document, line) for line in row.lines),
        arrived=transit.total(*_ARRIVED) > 0,
        travelling=any(True for _ in underway(book, transit)),
    )


def _is_sent(document: DocumentBook, line: DocumentLine) -> bool:
    return document.tally(line.line, Measure.DISPATCHED.value) >= line.quantity


def _judged(book: Book, transit: Transit, course: Course) -> tuple[bool, ...]:
    """Whether each of `_JUDGED` holds; what only another operation opens is never ruled out."""
    quantities = [cell.quantity for cell in underway(book, transit)]
    gone = transit.total(Measure.DISPATCHED.value) > 0
    late = any(quantity > 0 for quantity in quantities)
    too_many = any(
        quantity > transit.asked(line)
        for (line, measure), quantity in transit.document.tallies.items()
        if measure == Measure.DISPATCHED.value
    )
    return (
        gone and not course.approved and not course.ended,
        bool(course.ended) and course.travelling,
        too_many,
        any(quantity < 0 for quantity in quantities),
        late,
        late,
    )
