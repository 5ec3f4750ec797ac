"""Replenishment tasks as Move reads them: what is to be brought where, and how far that is."""

from app.contract.messages import DocumentLine, DocumentRow
from app.domain.document import DocumentKind, Measure
from app.station.ports import Work

TASK = DocumentKind.TASK.value
# Words of a task's details, as the ledger writes them.
WORK, TO, BEFORE = "work", "to", "before"
REPLENISH, CHECK = "replenish", "count"
OPEN = "open"


def replenishment(work: Work, number: str) -> DocumentRow | None:
    """A task that asks for goods to be brought; None for any other number."""
    task = work.document(TASK, number)
    return task if task is not None and task.details.get(WORK) == REPLENISH else None


def place_to_look_at(work: Work, number: str) -> str:
    """The place of an open task that asks for a look, because goods were not there; or empty."""
    task = work.document(TASK, number)
    if task is None or task.details.get(WORK) != CHECK or task.state != OPEN or not task.lines:
        return ""
    return task.lines[0].location


def target_of(task: DocumentRow) -> str:
    """Where the goods are wanted."""
    return str(task.details.get(TO, ""))


def open_tasks(work: Work, limit: int) -> tuple[DocumentRow, ...]:
    """Open replenishment tasks, the most urgent first; at most `limit`."""
    rows = work.documents(TASK, (OPEN,), limit)
    return tuple(row for row in rows if row.details.get(WORK) == REPLENISH)


def done_by_line(work: Work, task: DocumentRow) -> dict[int, int]:
    """Units moved at each line since the task was opened, confirmed and pending.

    A task that is opened again keeps what was moved for it before as one sum; that is given to its
    lines in their order, as they are fetched.
    """
    counted = work.counted(TASK, task.document)
    moved = {n: one.get(Measure.MOVED.value, 0) for n, one in counted.items()}
    before = int(task.details.get(BEFORE, 0))
    if not before:
        return {line.line: moved.get(line.line, 0) for line in task.lines}
    left, done = max(sum(moved.values()) - before, 0), {}
    for line in task.lines:
        done[line.line] = min(left, line.quantity)
        left -= done[line.line]
    return done


def next_line(work: Work, task: DocumentRow, sku: str = "") -> tuple[DocumentLine, int] | None:
    """The first line (of an item) that is not done, and how many units it is short of."""
    done = done_by_line(work, task)
    for line in task.lines:
        missing = line.quantity - done[line.line]
        if missing > 0 and sku in ("", line.item):
            return line, missing
    return None


def line_for(task: DocumentRow, sku: str, source: str) -> int:
    """The line goods are counted at, as the ledger chooses it; 0 when none is about the item."""
    mine = [line for line in task.lines if line.item == sku]
    same = [line for line in mine if line.location == source]
    return (same or mine)[0].line if mine else 0
