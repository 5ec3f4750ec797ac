"""Saying what a code nobody knows is, while its goods are in hand: received, then identified.

The goods are received under the code they carry, which is true whoever is right about them; that it
is an item is a request of somebody who may say so, signed. The ledger moves what was received.
"""

from typing import TYPE_CHECKING

from app.contract.messages import Line, Reference
from app.domain.document import ITEM
from app.domain.operation import Kind
from app.domain.roles import Permission, may
from app.domain.text import text
from app.identity.userkey import UserKey
from app.station import receive_unit
from app.station.flow import Happening, Trigger
from app.station.lookup import find_item
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Session, StepUp, Turn

if TYPE_CHECKING:
    from app.station.receive import ReceiveFlow


# Word of the key, and what stands for the item until it is scanned.
LINK, ASKED = "link", "?"


def asked(flow: "ReceiveFlow", turn: Turn, happening: Happening) -> None:
    """The key: the next item that is scanned is the one it is."""
    if happening.argument != LINK:
        flow.problem(turn, flow.not_now, flow.wanted(flow.opened()))
        return
    flow.change(link=ASKED)
    turn.fate, turn.sound = Fate.COMMAND, Sound.ACCEPTED


def scanned(flow: "ReceiveFlow", turn: Turn, happening: Happening) -> None:
    """The item it is was scanned: somebody who may says so. Without the key it is another unit."""
    found, me = find_item(turn.work, happening.meaning), turn.session
    if not flow.opened().link:
        flow.problem(turn, flow.not_now, flow.wanted(flow.opened()))
        return
    if found is None:
        turn.refuse(text("receive.unknown"))
        return
    flow.change(link=found.sku)
    if me is not None and me.key is not None and may(me.role, Permission.RESOLVE):
        _record(flow, turn, me, me.key)
        return
    turn.fate = Fate.COMMAND
    turn.step_up(StepUp(text("receive.step_up_link", item=found.name), right=Permission.RESOLVE))


def proven(flow: "ReceiveFlow", turn: Turn, happening: Happening) -> None:
    """They have proven themselves, for this one code."""
    if (
        happening.who is not None
        and happening.key is not None
        and flow.opened().link not in ("", ASKED)
    ):
        _record(flow, turn, happening.who, happening.key)


def _record(flow: "ReceiveFlow", turn: Turn, who: Session, key: UserKey) -> None:
    job = flow.opened()
    code, sku = job.code, job.link
    receive_unit.take_unknown(flow, turn, Happening(Trigger.YES))
    about = Reference(document_kind=ITEM, document=code)
    draft = Draft(Kind.IDENTIFY, (Line(item=sku, quantity=1),), about, "linked")
    turn.record(draft, turn.around.ids.new_id(), signers=(key,), by=who)
    turn.accept(Sound.LINE)
    item = turn.work.item_by_sku(sku)
    flow.change(link="")
    flow.next_flash = text("receive.linked", code=code, item=item.name if item else sku)
