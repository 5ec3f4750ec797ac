"""What promises about goods that come in have in common: documents, operations about them, news."""

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import Broken, Probe, moved
from app.contract.messages import (
    DocumentLine,
    DocumentRow,
    ExceptionRow,
    FeedBody,
    Line,
    Operation,
    OutcomeRow,
    Reference,
)


def document(
    kind: str, number: str, item: str, *quantities: int, over_permille: int = -1
) -> DocumentRow:
    """A document with these quantities of one item, a line each."""
    lines = tuple(
        DocumentLine(line, item, quantity, over_permille=over_permille)
        for line, quantity in enumerate(quantities, 1)
    )
    return DocumentRow(kind=kind, document=number, version=1, state="", party="Nord", lines=lines)


def delivery(
    floor: Floor, *quantities: int, item: str = "", over_permille: int = -1
) -> DocumentRow:
    """An announced delivery."""
    row = document(
        "inbound",
        floor.name("ASN"),
        item or floor.item(),
        *quantities,
        over_permille=over_permille,
    )
    floor.desk.put_documents([row])
    return row


def authorisation(floor: Floor, *quantities: int, item: str = "") -> DocumentRow:
    """An authorised return."""
    row = document("return", floor.name("RMA"), item or floor.item(), *quantities)
    floor.desk.put_documents([row])
    return row


def about(operation: Operation, kind: str, number: str, reason: str = "") -> Operation:
    """An operation about a document, or about what else a reference may name."""
    reference = Reference(document_kind=kind, document=number)
    return msgspec.structs.replace(operation, reference=reference, reason=reason)


def receive(station: Probe, row: DocumentRow, quantity: int, dock: str, line: int = 1) -> Operation:
    """Goods of one line of a delivery arrive, and the ledger posts it."""
    lines = (moved(row.lines[0].item, quantity, "supplier", dock, order_line=line),)
    return posted(station, about(station.operation("receive", *lines), "inbound", row.document))


def give_back(station: Probe, row: DocumentRow, *lines: Line) -> Operation:
    """Goods of a return come back or are decided on, and the ledger posts it."""
    return posted(station, about(station.operation("return", *lines), "return", row.document))


def back(item: str, quantity: int, place: str, condition: str = "good", line: int = 1) -> Line:
    """A line from the customer."""
    return Line(
        item=item,
        quantity=quantity,
        source="customer",
        target=place,
        to_condition=condition,
        order_line=line,
    )


def posted(station: Probe, operation: Operation) -> Operation:
    """Record, send, and insist that it was posted."""
    result = station.do(operation)
    if result.outcome != "posted":
        raise Broken(f"{operation.kind} became {result.outcome} {result.code}")
    return operation


def undo(station: Probe, operation: Operation) -> None:
    """Take an operation back."""
    posted(station, station.operation("reverse", original=operation.id))


def codes(rows: list[FeedBody]) -> list[tuple[str, str]]:
    """Code and state of every row about an exception, in order."""
    return [(row.code, row.state) for row in rows if isinstance(row, ExceptionRow)]


def states(rows: list[FeedBody], number: str) -> list[str]:
    """States of the versions of a document, in order."""
    return [row.state for row in rows if isinstance(row, DocumentRow) and row.document == number]


def counts(station: Probe, row: DocumentRow) -> dict[tuple[int, str], int]:
    """What was counted at the lines of a document, from all rows this station has followed."""
    total: dict[tuple[int, str], int] = {}
    for told in station.rows:
        for tally in told.tallies if isinstance(told, OutcomeRow) else ():
            if (tally.kind, tally.document) == (row.kind, row.document):
                key = (tally.line, tally.measure)
                total[key] = total.get(key, 0) + tally.quantity
    return {key: quantity for key, quantity in total.items() if quantity}
