"""Asking for places to be counted from a station: a plan, as the office makes one.

A plan says where, never how many are expected: counts are blind, and differences are counted again
by another person, whatever a plan wishes.
"""

from app.contract.messages import DocumentLine, DocumentRow
from app.domain.document import EVERYTHING, DocumentKind
from app.domain.operation import is_virtual
from app.domain.roles import Permission
from app.ledger.book import DocumentBook
from app.ledger.case import POSTED, Case, Decision, refused
from app.ledger.rules import documents
from app.ledger.rules.permissions import may_here

COUNT = DocumentKind.COUNT.value
# As long as the note of a plan may be in the office.
MAX_NOTE = 200


def request(case: Case) -> Decision:
    """Somebody at a station wants places counted.

    Each line names a place as its source, and the item, or `EVERYTHING` there.
    """
    book, operation, number = case.book, case.operation, case.document[1]
    if not _may(case):
        return refused(
            "not_permitted", "A controller or a supervisor asks for counts. Ask one of them."
        )
    if not number or not operation.lines:
        return refused("bad_plan", "A count plan has a number and names at least one place.")
    if any(line.quantity or not line.source or is_virtual(line.source) for line in operation.lines):
        return refused(
            "bad_plan", "A count plan names places, and no quantities: counts are blind."
        )
    if (COUNT, number) in book.documents:
        return refused("document_exists", f"There is a count {number} already. Name it anew.")
    decision = Decision(POSTED, sentence=f"{number} can be counted.")
    row = DocumentRow(
        kind=COUNT,
        document=number,
        version=1,
        state="open",
        note=str(operation.evidence.get("note", ""))[:MAX_NOTE],
        lines=tuple(
            DocumentLine(n, "" if line.item == EVERYTHING else line.item, 0, line.source)
            for n, line in enumerate(operation.lines, 1)
        ),
    )
    documents.add(book, decision, DocumentBook(row, (book.site_n,), fresh=True))
    return decision


def _may(case: Case) -> bool:
    """Who sends count plans, and who decides over what a count found; the office was asked."""
    if case.sender.kind != "station":
        return True
    actor = case.operation.actor
    return any(
        may_here(case.book, actor, right)
        for right in (Permission.SEND_DOCUMENTS, Permission.DECIDE)
    )
