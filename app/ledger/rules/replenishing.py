"""Tasks: filling up a pick location, and looking at a place where goods were not.

A place and an item have one task of a kind open at a time; asking again changes nothing. Moves that
name the task are counted for it and finish it.
"""

from app.contract.messages import DocumentLine, DocumentRow, Line, Operation
from app.domain.document import DocumentKind, Measure
from app.domain.roles import Permission
from app.ledger import facts
from app.ledger.book import DocumentBook
from app.ledger.case import POSTED, Case, Decision, refused
from app.ledger.filling import (
    BEFORE,
    CANCELLED,
    CANCELLED_AT,
    CHECK,
    DONE,
    OPEN,
    REPLENISH,
    TO,
    WORK,
    task_number,
    was_cancelled,
)
from app.ledger.own import LEDGER
from app.ledger.rules import documents, stock
from app.ledger.rules.permissions import may_here
from app.ledger.touched import Touched

TASK = DocumentKind.TASK.value
ORDER = DocumentKind.ORDER.value
_MOVED = Measure.MOVED.value


def touch(operation: Operation, touched: Touched) -> None:
    """The task of the place that is to be filled, and where its goods are."""
    reference = operation.reference
    if reference is None or reference.document_kind != TASK:
        return
    for line in operation.lines:
        touched.documents.add((TASK, task_number(REPLENISH, line.target, line.item)))
        touched.filled.add(line.item)


def touch_short(operation: Operation, touched: Touched) -> None:
    """The task of the place where goods were not."""
    reference = operation.reference
    if reference is None or reference.document_kind != ORDER:
        return
    for line in operation.lines:
        if line.source:
            touched.documents.add((TASK, task_number(CHECK, line.source, line.item)))


def request(case: Case) -> Decision:
    """Somebody, or the ledger itself, wants a pick location filled up."""
    by_ledger = case.sender.kind == LEDGER
    if not by_ledger and not may_here(case.book, case.operation.actor, Permission.ASK):
        return refused("not_permitted", "Only somebody who may ask for goods asks for them.")
    if len(case.operation.lines) != 1 or not case.operation.lines[0].target:
        return refused("one_place", "Name one item and the one place it is wanted at.")
    line = case.operation.lines[0]
    number = task_number(REPLENISH, line.target, line.item)
    known = case.book.documents.get((TASK, number))
    if known is not None and known.row.state == OPEN:
        return refused("already_asked", f"{line.item} is asked for at {line.target} already.")
    if known is not None and by_ledger and was_cancelled(known.row, case.book.at):
        return refused("already_cancelled", f"The task for {line.target} was cancelled just now.")
    wanted = [
        DocumentLine(n, line.item, units, shelf.location, shelf.lot)
        for n, (shelf, units) in enumerate(
            case.book.filling.taken(line.item, line.target, line.quantity), 1
        )
    ]
    if not wanted:
        return refused("nothing_there", f"There is no {line.item} elsewhere to fill up from.")
    decision = Decision(POSTED)
    _open(case, decision, number, {WORK: REPLENISH, TO: line.target}, wanted)
    return decision


def move(case: Case) -> Decision:
    """Goods go from place to place; for a task when they name it."""
    task = documents.find(case, TASK)
    if task is None:
        return stock.fact(case)
    effect = facts.effect_of(case.kind, case.operation, case.postings, case.book)
    for line in case.operation.lines:
        number = _line_of(task, line)
        if number and line.target == task.row.details.get(TO, line.target):
            effect.tallies.append((TASK, task.row.document, number, _MOVED, line.quantity))
    decision = stock.post(case, effect)
    if decision.outcome == POSTED and task.row.state == OPEN and _is_done(task):
        documents.revise(case.book, decision, task, state=DONE)
    return decision


def cancel(case: Case) -> Decision:
    """A task is not wanted any more."""
    task = documents.find(case, TASK)
    if task is None:
        return refused("unknown_document", "There is no such task here. Check its number.")
    if task.row.state != OPEN:
        return refused("document_closed", f"This task is {task.row.state} already.")
    if not may_here(case.book, case.operation.actor, Permission.ASK):
        return refused("not_permitted", "Only somebody who may ask for goods cancels a task.")
    decision = Decision(POSTED)
    details = {**task.row.details, CANCELLED_AT: case.book.now}
    documents.revise(case.book, decision, task, state=CANCELLED, details=details)
    return decision


def look_where_short(case: Case, decision: Decision) -> None:
    """Goods of an order were not where the book says: somebody looks at the place."""
    if decision.outcome != POSTED:
        return
    for line in case.operation.lines:
        if not line.source:
            continue
        number = task_number(CHECK, line.source, line.item)
        known = case.book.documents.get((TASK, number))
        if known is not None and known.row.state == OPEN:
            continue
        place = DocumentLine(1, line.item, 0, line.source, line.lot)
        details: dict[str, str | int] = {WORK: CHECK, ORDER: case.document[1]}
        _open(case, decision, number, details, [place])


def _open(
    case: Case,
    decision: Decision,
    number: str,
    details: dict[str, str | int],
    lines: list[DocumentLine],
) -> None:
    book = case.book
    known = book.documents.get((TASK, number))
    if known is None:
        row = DocumentRow(
            kind=TASK,
            document=number,
            version=1,
            state=OPEN,
            details={**details, BEFORE: 0},
            lines=tuple(lines),
        )
        documents.add(book, decision, DocumentBook(row, (book.site_n,), fresh=True))
        return
    details[BEFORE] = _moved(known)
    documents.revise(book, decision, known, state=OPEN, details=details, lines=tuple(lines))


def _line_of(task: DocumentBook, line: Line) -> int:
    """The line of a task that goods are moved for; 0 when it is about another item."""
    mine = [one for one in task.row.lines if one.item == line.item]
    same = [one for one in mine if one.location == line.source and one.lot in {"", line.lot}]
    return (same or mine)[0].line if mine else 0


def _is_done(task: DocumentBook) -> bool:
    wanted = sum(line.quantity for line in task.row.lines)
    return _moved(task) - int(task.row.details.get(BEFORE, 0)) >= wanted > 0


def _moved(task: DocumentBook) -> int:
    return sum(units for (_, measure), units in task.tallies.items() if measure == _MOVED)
