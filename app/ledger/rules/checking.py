"""Counts of places somebody was asked to look at: whatever count comes, the looking is done."""

from app.contract.messages import Operation
from app.domain.document import DocumentKind
from app.ledger.case import POSTED, Case, Decision
from app.ledger.filling import CHECK, DONE, OPEN, task_number
from app.ledger.rules import counting, documents
from app.ledger.touched import Touched

TASK = DocumentKind.TASK.value


def touch(operation: Operation, touched: Touched) -> None:
    """What counting asks about, and the tasks of the places that are counted."""
    counting.touch(operation, touched)
    for line in operation.lines:
        if line.source:
            touched.documents.add((TASK, task_number(CHECK, line.source, line.item)))


def count(case: Case) -> Decision:
    """Note what was seen, and finish the tasks that asked for it."""
    decision = counting.count(case)
    if decision.outcome != POSTED:
        return decision
    for line in case.operation.lines:
        task = case.book.documents.get((TASK, task_number(CHECK, line.source, line.item)))
        if task is not None and task.row.state == OPEN:
            documents.revise(case.book, decision, task, state=DONE)
    return decision
