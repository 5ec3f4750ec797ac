"""Counts: what was seen at a place, judged by the book at the position its station had seen.

Expected is the balance at that position and what the same station had recorded by then. What other
stations recorded between that position and the count is neither before nor after it: if some order
of it explains what was seen, nothing differs; if none does, nobody can say by how much, and the
place is counted again. Only what nothing else explains becomes an adjustment, never by itself
here: `app.ledger.counts` waits for silent stations first.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from app.contract.messages import Line, Operation
from app.domain.document import Measure
from app.domain.operation import StockKey, is_virtual
from app.ledger.book import Book, Effect
from app.ledger.case import POSTED, Case, Decision, held
from app.ledger.countbook import (
    ACCEPTED,
    DONE,
    LOST,
    PROVISIONAL,
    RECOUNT,
    SUPERSEDED,
    Counted,
)
from app.ledger.rules import count_contradictions as found
from app.ledger.rules import documents, stock
from app.ledger.rules.permissions import are_one_person
from app.ledger.touched import Touched

_COUNT = "count"
# Evidence: the place that was looked at as a whole.
PLACE = "place"
# More orders of concurrent moves than this are not tried out: the place is counted again.
MAX_ORDERS = 1_000


def touch(operation: Operation, touched: Touched) -> None:
    """Stock keys counted, and the position behind which moves matter."""
    for line in operation.lines:
        key = key_of(line)
        touched.keys.add(key)
        touched.counts.append((key, operation.as_of.cursor))


def key_of(line: Line) -> StockKey:
    """Where a line of a count was seen."""
    return StockKey(line.source, line.item, line.lot, line.serial, line.condition)


def count(case: Case) -> Decision:
    """Note what was seen; it moves nothing."""
    operation = case.operation
    for line in operation.lines:
        if not line.source or is_virtual(line.source):
            return held("incomplete_line", "A line of this count does not say what was counted.")
    seen = _seen(operation.lines)
    decision = stock.post(case, Effect(tallies=_tallies(case, seen)))
    if decision.outcome == POSTED:
        for n, (key, quantity) in enumerate(seen.items()):
            _judge(case, n, key, quantity, decision)
        _follow_plan(case, decision)
    return decision


def _seen(lines: Sequence[Line]) -> dict[StockKey, int]:
    """Units by stock key: heaps of one thing are added up, a serial scanned twice is one unit."""
    seen: dict[StockKey, int] = {}
    for line in lines:
        key = key_of(line)
        quantity = seen.get(key, 0) + line.quantity
        seen[key] = min(quantity, 1) if key.serial else quantity
    return seen


def _judge(case: Case, n: int, key: StockKey, quantity: int, decision: Decision) -> None:
    book, operation = case.book, case.operation
    cell, cursor = book.cells[key], operation.as_of.cursor
    if cell.fresh:
        # What is counted has a row, even where the book never had anything.
        cell.moved = True
    line = Counted(
        case.id, n, case.document[1], key, cell.stock, quantity, 0, cursor, case.sender.n,
        case.sender.seq + 1, operation.actor, LOST, at=book.now, changed=True,
    )  # fmt: skip
    earlier = [one for one in book.counting.here.pop(key, []) if one.operation != case.id]
    known = book.found[book.site_n][0]
    if operation.as_of.epoch != book.epoch or cursor > known:
        book.counting.here[key] = earlier
        decision.contradictions.append(found.recount_needed(key))
    else:
        line.expected, meanwhile = _expected(case, key)
        _settle(line, meanwhile, earlier, decision, book)
    book.counting.add(line)


def _expected(case: Case, key: StockKey) -> tuple[int, dict[str, list[int]]]:
    """What the book said there and then, and what others moved meanwhile, by who, in order."""
    book, own, before = case.book, case.sender.id, case.sender.seq
    counting, cursor = book.counting, case.operation.as_of.cursor
    expected = book.cells[key].quantity
    meanwhile: dict[str, list[int]] = defaultdict(list)
    behind = [
        (move.enrolment, move.seq, move.quantity)
        for move in counting.moves.get(key, ())
        if move.feed_seq > cursor
    ]
    behind += [
        (enrolment, seq, quantity)
        for enrolment, seq, effect in counting.posted
        for cell, quantity, _ in effect.postings
        if cell.key == key
    ]
    for enrolment, seq, quantity in behind:
        if enrolment == own and seq <= before:
            continue
        expected -= quantity
        if enrolment != own:
            meanwhile[enrolment].append(quantity)
    return expected, meanwhile


def explains(variance: int, meanwhile: dict[str, list[int]]) -> bool | None:
    """Whether some order of what others moved meanwhile explains a variance; None: too many.

    Each station's moves came in their order, so each contributes some first part of them.
    """
    sums = {0}
    for quantities in meanwhile.values():
        parts, total = {0}, 0
        for quantity in quantities:
            total += quantity
            parts.add(total)
        sums = {one + part for one in sums for part in parts}
        if len(sums) > MAX_ORDERS:
            return None
    return variance in sums


def _settle(
    line: Counted,
    meanwhile: dict[str, list[int]],
    earlier: list[Counted],
    decision: Decision,
    book: Book,
) -> None:
    key, asked = line.key, [one for one in earlier if one.state == RECOUNT]
    for one in earlier:
        one.state, one.changed = SUPERSEDED, True
    if any(are_one_person(book, one.actor, line.actor) for one in asked):
        line.state = RECOUNT
        decision.contradictions.append(found.recount_by_same_person(key, line.actor))
        return
    if explains(line.variance, meanwhile):
        line.state, line.expected = DONE, line.quantity
    elif meanwhile:
        line.state = RECOUNT
        decision.closes.extend(found.causes_at(key, but=found.MOVED_BEFORE))
        decision.contradictions.append(found.moved_before_count(key))
        return
    elif abs(line.variance) > book.policy.count_tolerance and not asked:
        line.state = RECOUNT
        decision.contradictions.append(found.count_differs(key, line.actor))
        return
    else:
        line.state = PROVISIONAL
    decision.closes.extend(found.causes_at(key))


def _tallies(case: Case, seen: Iterable[StockKey]) -> list[tuple[str, str, int, str, int]]:
    """Lines of the plan that were counted now, each once."""
    plan = documents.find(case, _COUNT)
    if plan is None:
        return []
    places = {(key.location, key.item) for key in seen} | {(key.location, "") for key in seen}
    # A place where nothing is, and nothing was known to be, has no key: the evidence names it.
    places.add((str(case.operation.evidence.get(PLACE, "")), ""))
    return [
        (_COUNT, plan.row.document, line.line, Measure.COUNTED.value, 1)
        for line in plan.row.lines
        if (line.location, line.item) in places
    ]


def _follow_plan(case: Case, decision: Decision) -> None:
    """A plan whose every line was counted is done."""
    plan = documents.find(case, _COUNT)
    if plan is None or plan.row.state != "open":
        return
    if all(plan.tally(line.line, Measure.COUNTED.value) for line in plan.row.lines):
        documents.revise(case.book, decision, plan, state="done")


def watch(case: Case, decision: Decision) -> None:
    """Doubt ended counts of places that a station moved at without having seen them."""
    if case.sender.kind != "station":
        return
    watched, operation = case.book.counting.watched, case.operation
    lost = operation.as_of.epoch != case.book.epoch
    for key in dict.fromkeys(cell.key for cell, _, _ in decision.effect.postings):
        for line in watched.get(key, ()):
            unseen = lost or operation.as_of.cursor < line.feed_seq
            if unseen and line.enrolment_n != case.sender.n:
                decision.contradictions.append(found.moved_before_count(key))
                break


def operation_counted(operation: Operation) -> str:
    """The count an operation is about, or empty."""
    return operation.reference.original if operation.reference else ""


def accept(lines: Sequence[Counted], decision: Decision) -> None:
    """Let what was seen hold; the adjustments follow."""
    for line in lines:
        line.state, line.changed = (ACCEPTED if line.variance else DONE), True
        decision.closes.extend(found.causes_at(line.key))


def send_back(lines: Sequence[Counted], decision: Decision) -> None:
    """Have the places counted again."""
    for line in lines:
        line.state, line.changed = RECOUNT, True
        decision.contradictions.append(found.count_differs(line.key, line.actor))
