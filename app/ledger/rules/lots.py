"""Lots: what is learnt of them from goods that come in, their status, and who uses them wrongly.

The first goods of a lot tell its expiry. A blank never replaces a date, and another date is an
exception: which of the two is right is decided by a person. Status is set by a `reclassify` without
lines (`set_status`); a lot whose date is over counts as expired even before a job has marked it.
"""

from collections.abc import Iterator
from datetime import date

import msgspec

from app.contract.messages import Line, LotRow, Operation
from app.domain.document import LOT
from app.domain.operation import Kind
from app.domain.roles import Permission
from app.ledger import contradictions
from app.ledger import goods_contradictions as found
from app.ledger.book import Book, Effect
from app.ledger.case import POSTED, Case, Decision, held
from app.ledger.goods import LotBook
from app.ledger.rules.permissions import may_here
from app.ledger.touched import Touched

GOOD = "good"
EXPIRED = "expired"
STATES = frozenset({GOOD, "hold", "quarantined", "recalled", EXPIRED, "damaged"})

_RELEASING = (Permission.RESOLVE, Permission.EDIT_MASTER)
_LEARN = frozenset({Kind.RECEIVE, Kind.RETURN, Kind.ACCEPT, Kind.ADJUST})
_USE = frozenset({Kind.PICK, Kind.PACK, Kind.SHIP, Kind.DISPATCH})


def follow(case: Case, decision: Decision) -> None:
    """Learn from goods that came in; judge goods that go out."""
    if case.kind in _LEARN:
        for line in case.operation.lines:
            if line.lot:
                _learn(case, line, decision)
    elif case.kind in _USE:
        for item, name in dict.fromkeys((o.item, o.lot) for o in case.operation.lines if o.lot):
            state = _state(case.book, item, name)
            if state != GOOD:
                decision.contradictions.append(found.lot_used(item, name, state))


def touch_status(operation: Operation, touched: Touched) -> None:
    """Names the lots a change of status may be about."""
    reference = operation.reference
    if reference is None or reference.document_kind != LOT or operation.lines:
        return
    for item, name in _readings(reference.document):
        touched.items.add(item)
        touched.lots.add((item, name))
        touched.lots_changed.add((item, name))


def set_status(case: Case) -> Decision:
    """Set what a lot may be used for, at every site.

    The operation is a `reclassify` without lines. Its reference has document_kind `lot` and as
    document `<item>/<lot>`; its reason is the status: good, hold, quarantined, recalled, expired or
    damaged. An item whose SKU has a slash is recognised when the lot or the item is known. A lot
    nobody has received yet may be set, too: a recall may come before the goods. It is taken back by
    setting the status that is right. A release by somebody who may not is posted and asked about.
    """
    book, status = case.book, case.operation.reason
    readings = list(_readings(case.document[1]))
    if not readings or status not in STATES:
        return held(
            "unknown_lot_status",
            "This record does not say which lot has which status. A supervisor looks at it.",
        )
    named = next((one for one in readings if one in book.goods.lots), None)
    item, name = named or next((one for one in readings if one[0] in book.items), readings[0])
    decision = Decision(POSTED, effect=Effect(final=True))
    known = book.goods.lots.get((item, name))
    before = known.row if known else LotRow(item=item, lot=name)
    if known is None or before.state != status:
        _change(case, msgspec.structs.replace(before, state=status), "status set")
    if item not in book.items:
        decision.contradictions.append(contradictions.unknown_item(item, ""))
    if status == GOOD:
        decision.closes.extend(found.lot_causes(item, name))
    if _may_release(case):
        decision.closes.append(found.released_cause(item, name))
    elif status == GOOD and before.state != GOOD:
        decision.contradictions.append(found.released(item, name, before.state))
    return decision


def _may_release(case: Case) -> bool:
    """Anybody may stop a lot; letting it go again is for who looks after items or exceptions."""
    if case.sender.kind != "station":
        return True
    actor = case.operation.actor
    return any(may_here(case.book, actor, one) for one in _RELEASING)


def is_date(text: str) -> bool:
    """Whether this is an ISO 8601 calendar date, the only form that sorts as text."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _readings(document: str) -> Iterator[tuple[str, str]]:
    """Every way to read `<item>/<lot>`, shortest item first."""
    for place, letter in enumerate(document):
        if letter == "/" and 0 < place < len(document) - 1:
            yield document[:place], document[place + 1 :]


def _state(book: Book, item: str, name: str) -> str:
    known = book.goods.lots.get((item, name))
    if known is None:
        return GOOD
    over = bool(known.row.expiry) and known.row.expiry < book.now[:10]
    return EXPIRED if over and known.row.state == GOOD else known.row.state


def _learn(case: Case, line: Line, decision: Decision) -> None:
    said = line.expiry if is_date(line.expiry) else ""
    known = case.book.goods.lots.get((line.item, line.lot))
    if known is None:
        _change(case, LotRow(item=line.item, lot=line.lot, expiry=said), "goods came in")
    elif said and not known.row.expiry:
        _change(case, msgspec.structs.replace(known.row, expiry=said), "goods came in")
    elif said and said != known.row.expiry:
        decision.contradictions.append(
            found.expiry_differs(line.item, line.lot, known.row.expiry, said)
        )


def _change(case: Case, row: LotRow, reason: str) -> None:
    """Let the book have a new version of a lot."""
    lots, key = case.book.goods.lots, (row.item, row.lot)
    known = lots.get(key)
    before = known.before if known else None
    version = (before.version if before else 0) + 1
    row = msgspec.structs.replace(row, version=version)
    lots[key] = LotBook(row, before, case.operation.actor, reason)
