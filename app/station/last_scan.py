"""Scan, then how many: a number that was typed may be what the last scan was in all.

A number belongs to the next scan. While it waits, the panel also names the last scan, and F10 says
that the number was of that one. More is one more operation; fewer is the last one taken back, and
the number recorded anew. A number that needs a person's answer is taken back and scanned again.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from app.contract.messages import Line, Operation, Reference
from app.domain.barcode import Meaning, PlainCode, TradeItem
from app.domain.gtin import gtin14
from app.domain.operation import Kind
from app.domain.text import Text, text
from app.station.flow import Happening, Trigger
from app.station.inbox import Intent
from app.station.ports import Work
from app.station.screen import Action, Screen, Sound
from app.station.turn import Draft, Turn

if TYPE_CHECKING:
    from app.station.task import TaskFlow

KINDS = frozenset({Kind.RECEIVE, Kind.PICK, Kind.PACK, Kind.DISPATCH, Kind.ACCEPT})
_EACH = "each"
# Evidence that asks nobody anything; whatever else was asked about a scan is asked again.
_QUIET = frozenset({"sooner_lot"})


def of(work: Work, job: str) -> Operation | None:
    """The last scan of a job, if its number may be corrected; None for packs and serials."""
    last = work.last_undoable(job)
    if last is None or last.kind not in KINDS or not last.lines:
        return None
    if last.reason or not _QUIET.issuperset(last.evidence):
        return None
    alike = {(line.item, line.uom, line.serial) for line in last.lines}
    return last if alike == {(last.lines[0].item, _EACH, "")} else None


def units(operation: Operation) -> int:
    """How many a scan was."""
    return sum(line.quantity for line in operation.lines)


def fewer(lines: Sequence[Line], wanted: int) -> tuple[Line, ...]:
    """The first so many units of these lines."""
    kept, left = [], wanted
    for line in lines:
        part = min(line.quantity, left)
        if part:
            kept.append(msgspec.structs.replace(line, quantity=part, uom_quantity=part))
            left -= part
    return tuple(kept)


def back(last: Operation) -> Draft:
    """The reversal of a scan."""
    about = msgspec.structs.replace(last.reference or Reference(), original=last.id)
    return Draft(Kind.REVERSE, (), about, reason=last.kind)


def anew(last: Operation, wanted: int) -> Operation:
    """The same scan with fewer units; its id means nothing."""
    return msgspec.structs.replace(last, lines=fewer(last.lines, wanted))


def said(turn: Turn, last: Operation, wanted: int) -> Text:
    """What was corrected."""
    return text("floor.corrected", item=_name(turn, last), n=wanted, was=units(last))


def offer(screen: Screen, turn: Turn, job: str, armed: int) -> Screen:
    """The page while a number waits: whose it may be, and the key for that."""
    last = of(turn.work, job) if armed and not screen.locked else None
    if last is None or units(last) == armed:
        return screen
    note = text("floor.last_was", item=_name(turn, last), n=armed, was=units(last))
    key = Action("F10", Intent.MAIN, text("key.last_was", n=armed), main=True)
    others = tuple(one for one in screen.actions if one.key != key.key)
    # What F10 does otherwise is not said now.
    prompt = replace(screen.prompt, detail=None, note=note)
    return replace(screen, prompt=prompt, actions=(*others, key))


def correct(flow: "TaskFlow[Any]", turn: Turn) -> bool:
    """F10 while a number waits; False when there is no scan it could be of."""
    job = flow.opened()
    last = of(turn.work, job.job)
    scan = flow.table.get((job.state, Trigger.ITEM))
    if last is None or scan is None or units(last) == job.armed:
        return False
    was, wanted, sku = units(last), job.armed, last.lines[0].item
    if wanted > was:
        flow.change(armed=wanted - was)
        scan(flow, turn, Happening(Trigger.ITEM, _meaning(turn, last), shown=sku))
        if flow.opened().problem is not None or flow.opened().state != job.state:
            return True
    else:
        made = anew(last, wanted)
        flow.record(turn, back(last))
        flow.undone(turn, last)
        flow.record(
            turn, Draft(Kind(last.kind), made.lines, last.reference, evidence=last.evidence)
        )
        flow.redone(turn, made)
        flow.change(armed=0)
        turn.accept(Sound.ATTENTION)
    flow.next_flash = said(turn, last, wanted)
    return True


def _meaning(turn: Turn, last: Operation) -> Meaning:
    """What another piece of the last scan would say: the lot that its barcode said, too."""
    line = last.lines[0]
    item = turn.work.item_by_sku(line.item)
    pieces = (pack.gtin for pack in item.packs if pack.units == 1) if item is not None else ()
    code = gtin14(next(iter(pieces), ""))
    if not line.lot or code is None:
        return PlainCode(line.item)
    return TradeItem(code, lot=line.lot, expiry=line.expiry or None)


def _name(turn: Turn, last: Operation) -> str:
    item = turn.work.item_by_sku(last.lines[0].item)
    return item.name if item is not None else last.lines[0].item
