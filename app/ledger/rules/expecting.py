"""What was announced, as goods come in: counted at its lines, its state, what contradicts it.

Inbounds and returns alike. A document nobody announced is made by the first goods that name it, so
that what came is counted when its announcement arrives; it has no lines until then.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.contract.messages import DocumentRow, Line, Operation
from app.domain.document import DocumentKind, Measure
from app.domain.goods_in import SHUT_AT, InboundState, ReturnState, limit
from app.ledger import facts
from app.ledger import goods_contradictions as found
from app.ledger.book import Book, DocumentBook
from app.ledger.case import POSTED, Case, Decision
from app.ledger.goods import Expectation
from app.ledger.rules import documents, stock
from app.ledger.touched import Touched

RECEIVED = Measure.RECEIVED.value
CLOSED = Measure.CLOSED.value


@dataclass(frozen=True, slots=True)
class Sort:
    """A kind of document goods are announced by.

    Attributes:
        kind: Its word.
        start: State while nothing has come.
        under_way: State while something is missing.
        done: State when everything has come or was given up.
        tolerant: Whether more than announced may come, by line, item or site.
    """

    kind: str
    start: str
    under_way: str
    done: str
    tolerant: bool


INBOUND = Sort(
    DocumentKind.INBOUND.value,
    InboundState.EXPECTED.value,
    InboundState.RECEIVING.value,
    InboundState.RECEIVED.value,
    tolerant=True,
)
RETURN = Sort(
    DocumentKind.RETURN.value,
    ReturnState.AUTHORISED.value,
    ReturnState.RECEIVING.value,
    ReturnState.CLOSED.value,
    tolerant=False,
)
SORTS = {sort.kind: sort for sort in (INBOUND, RETURN)}

Count = Callable[[Line, int], Iterable[tuple[str, int]]]


def toucher(sort: Sort) -> Callable[[Operation, Touched], None]:
    """Names the items whose tolerance matters."""

    def touch(operation: Operation, touched: Touched) -> None:
        reference = operation.reference
        if reference is not None and reference.document_kind == sort.kind and reference.document:
            touched.described.update(line.item for line in operation.lines)

    return touch


def is_about(case: Case, sort: Sort) -> bool:
    """Whether an operation names a document of this kind."""
    kind, number = case.document
    return kind == sort.kind and bool(number)


def count(case: Case, sort: Sort, measured: Count) -> Decision:
    """Post a fact and count its lines at the document it is about.

    Args:
        case: The fact.
        sort: Kind of its document.
        measured: What a line counts, as measures and signed quantities, at the line of the
            document it belongs to.
    """
    book = case.book
    document = documents.find(case, sort.kind)
    made = document is None
    if document is None:
        row = DocumentRow(
            kind=sort.kind, document=case.document[1], version=1, state=sort.under_way
        )
        document = DocumentBook(row, (book.site_n,), fresh=True)
        book.documents[row.kind, row.document] = document
    number = document.row.document
    expected = expectation(book, document)
    effect = facts.effect_of(case.kind, case.operation, case.postings, book)
    for line in case.operation.lines:
        place = expected.place(line)
        effect.tallies.extend(
            (sort.kind, number, place, measure, quantity)
            for measure, quantity in measured(line, place)
        )
    decision = stock.post(case, effect)
    if decision.outcome != POSTED:
        if made:
            del book.documents[sort.kind, number]
            del book.goods.expected[sort.kind, number]
        return decision
    if made:
        documents.tell(book, decision, document)
    follow(decision, book)
    return decision


def expectation(book: Book, document: DocumentBook) -> Expectation:
    """The lines of a document; made once a transaction, because there may be thousands."""
    key = (document.row.kind, document.row.document)
    known = book.goods.expected.get(key)
    if known is None:
        lines = {line.line: line for line in document.row.lines}
        undone = {
            number for number, line in lines.items() if not is_done(document, number, line.quantity)
        }
        known = book.goods.expected[key] = Expectation(lines, undone)
    return known


def is_done(document: DocumentBook, line: int, expected: int) -> bool:
    """Whether everything of a line has come or was given up."""
    return document.tally(line, RECEIVED) + document.tally(line, CLOSED) >= expected


def follow(decision: Decision, book: Book) -> None:
    """Where announced documents stand after an effect or its mirror was applied."""
    counted: dict[tuple[str, str], dict[int, int]] = {}
    grown: set[tuple[str, str]] = set()
    for kind, number, line, measure, quantity in decision.effect.tallies:
        if kind in SORTS:
            lines = counted.setdefault((kind, number), {})
            lines[line] = lines.get(line, 0) + (quantity if measure == RECEIVED else 0)
            if quantity > 0:
                grown.add((kind, number))
    for key, lines in counted.items():
        document = book.documents.get(key)
        if document is None:
            continue
        if document.row.lines:
            _judge(decision, book, document, lines)
        elif key in grown:
            decision.contradictions.append(found.unknown(*key))
        elif not any(document.tallies.values()):
            decision.closes.append(found.unknown_cause(*key))
        _advance(decision, book, document, lines)


def state_of(sort: Sort, document: DocumentBook, expected: Expectation) -> str:
    """The state that follows from what was counted; what the office has shut stays so."""
    if SHUT_AT in document.row.details:
        return document.row.state
    if expected.lines and not expected.undone:
        return sort.done
    return sort.under_way if any(document.tallies.values()) else sort.start


def come(document: DocumentBook) -> int:
    """All units that have come for a document."""
    return sum(
        quantity for (_, measure), quantity in document.tallies.items() if measure == RECEIVED
    )


def most(book: Book, sort: Sort, expected: Expectation, line: int) -> int:
    """How many units of a line may come without anybody being asked."""
    named = expected.lines.get(line)
    if named is None:
        return 0
    permille = 0
    if sort.tolerant:
        item = book.goods.items.get(named.item)
        said = (named.over_permille, item.over_permille if item else -1)
        permille = next((one for one in said if one >= 0), book.policy.over_permille)
    return limit(named.quantity, permille)


def _advance(decision: Decision, book: Book, document: DocumentBook, lines: dict[int, int]) -> None:
    sort, expected = SORTS[document.row.kind], expectation(book, document)
    for number in lines:
        line = expected.lines.get(number)
        if line is None:
            continue
        if is_done(document, number, line.quantity):
            expected.undone.discard(number)
        else:
            expected.undone.add(number)
    state = state_of(sort, document, expected)
    if state != document.row.state:
        documents.revise(book, decision, document, state=state)


def _judge(decision: Decision, book: Book, document: DocumentBook, lines: dict[int, int]) -> None:
    kind, number = document.row.kind, document.row.document
    more = sum(lines.values())
    if SHUT_AT in document.row.details and more:
        if come(document) > int(document.row.details[SHUT_AT]):
            decision.contradictions.append(found.late(kind, number, document.row.state))
        else:
            decision.closes.append(found.late_cause(kind, number))
    for line, delta in lines.items():
        if line == 0:
            _judge_strays(decision, document, delta)
        elif delta:
            _judge_line(decision, book, document, (line, delta))


def _judge_strays(decision: Decision, document: DocumentBook, delta: int) -> None:
    kind, number = document.row.kind, document.row.document
    if delta > 0:
        items = {cell.key.item for cell, quantity, _ in decision.effect.postings if quantity > 0}
        decision.contradictions.append(found.stray(kind, number, ", ".join(sorted(items)[:3])))
    elif delta and document.tally(0, RECEIVED) <= 0:
        decision.closes.append(found.stray_cause(kind, number))


def _judge_line(
    decision: Decision, book: Book, document: DocumentBook, counted: tuple[int, int]
) -> None:
    line, delta = counted
    kind, number = document.row.kind, document.row.document
    expected = expectation(book, document)
    allowed, now = most(book, SORTS[kind], expected, line), document.tally(line, RECEIVED)
    if delta > 0 and now > allowed:
        decision.contradictions.append(found.over(kind, number, line, now, allowed))
    elif now <= allowed < now - delta:
        decision.closes.append(found.over_cause(kind, number, line))
    asked = expected.lines[line].quantity if line in expected.lines else 0
    if now <= asked < now - delta:
        decision.closes.append(found.cut_cause(kind, number, line))
