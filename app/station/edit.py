"""Items and places: change what stands about them, with the ledger's word that it holds.

What is typed is a draft, saved here with every step. It is true only when the ledger has taken it:
without a link the draft waits, which the page says first. Whoever was slower sees both, and what
would become of it, field by field; nothing is ever overwritten unseen.
"""

from typing import ClassVar

import msgspec
from typing_extensions import override

from app.domain.barcode import Damaged
from app.domain.text import Text, text
from app.station import edit_asking, edit_screen
from app.station.edit_fields import PACK, put, turned, without_pack
from app.station.edit_job import (
    ITEM,
    PLACE,
    Draft,
    EditJob,
    EditState,
    changed_parts,
    stepped,
)
from app.station.edit_sending import EditSending
from app.station.flow import Happening, Trigger
from app.station.inbox import LinkState
from app.station.lookup import find_item, find_place
from app.station.screen import Page, Screen, Sound
from app.station.task import Table, forget
from app.station.turn import Fate, Turn

CHOOSE = "choose/"


class EditFlow(EditSending):
    """The page of items and places."""

    page = Page.EDIT
    title = text("edit.title")
    not_now = text("edit.not_now")
    jobs = EditJob
    table: ClassVar[Table]

    # --------------------------------------------------------------------------- coming and going

    @override
    def enter(self, turn: Turn, argument: str) -> None:
        super().enter(turn, argument or CHOOSE)
        job = self.next
        if job is not None and job.key.startswith(ITEM) and not job.told:
            self._look(turn, job)

    @override
    def begin(self, turn: Turn, argument: str) -> EditJob | None:
        who = turn.session.person if turn.session else ""
        fresh = EditJob(job=turn.around.ids.new_id(), key=argument, person=who)
        if argument == CHOOSE:
            return msgspec.structs.replace(fresh, state=EditState.CHOOSE.value)
        name, now = argument.partition("/")[2], Draft()
        if argument.startswith(ITEM):
            now = Draft(item=turn.work.item_by_sku(name))
        elif argument.startswith(PLACE):
            now = Draft(kind=turn.work.location_kind(name) or "")
        if now == Draft():
            turn.notice = text("edit.unknown", code=name)
            return None
        field = "name" if now.item is not None else "kind"
        state = EditState.FIELDS.value
        return msgspec.structs.replace(fresh, state=state, seen=now, draft=now, chosen=field)

    @override
    def resumed(self, turn: Turn, job: EditJob) -> EditJob:
        """What the ledger was asked before a stop may be done or not: it is asked again."""
        if job.state != EditState.SENDING:
            return job
        return msgspec.structs.replace(job, state=EditState.FIELDS.value, pending=())

    @override
    def show(self, turn: Turn) -> Screen:
        return edit_screen.build(self, turn)

    @override
    def wanted(self, job: EditJob) -> Text:
        return edit_screen.wanted(job)

    def _look(self, turn: Turn, job: EditJob) -> None:
        """Ask for the reorder point, which no station is told of by itself."""
        me = turn.session
        if me is not None and me.key is not None and turn.around.link is LinkState.ONLINE:
            edit_asking.look(turn, job, me.key)

    @override
    def pause(self, turn: Turn, happening: Happening) -> None:
        """A draft that changes something is kept; anything else is forgotten."""
        job = self.opened()
        if changed_parts(job):
            super().pause(turn, happening)
            return
        forget(turn.work, self.page, job.key)
        self.next = None
        turn.fate = Fate.COMMAND
        self.leave(turn)

    # ------------------------------------------------------------------------------- the choice

    def choose(self, turn: Turn, happening: Happening) -> None:
        """A row is looked at: a draft, or a field."""
        turn.fate = Fate.COMMAND
        self.change(chosen=happening.argument, wrong="", why=None)

    def open_draft(self, turn: Turn, happening: Happening) -> None:
        """A draft that waits."""
        chosen = happening.argument or self.opened().chosen
        if chosen.startswith((ITEM, PLACE)):
            self._go(turn, chosen)
        else:
            self.problem(turn, text("edit.choose_first"), self.wanted(self.opened()))

    def item(self, turn: Turn, happening: Happening) -> None:
        """An item was scanned."""
        found = find_item(turn.work, happening.meaning)
        if found is None:
            self.unknown(turn, happening)
        else:
            self._go(turn, ITEM + found.sku)

    def place(self, turn: Turn, happening: Happening) -> None:
        """A place was scanned."""
        found = find_place(turn.work, happening.meaning)
        if found is None or turn.work.location_kind(found) is None:
            self.unknown(turn, happening)
        else:
            self._go(turn, PLACE + found)

    def _go(self, turn: Turn, key: str) -> None:
        forget(turn.work, self.page, self.opened().key)
        turn.accept(Sound.ACCEPTED)
        turn.goto = (self.page, key)

    def unknown(self, turn: Turn, happening: Happening) -> None:
        """A code nobody knows changes nothing."""
        title = text("edit.unknown", code=happening.shown)
        self.problem(turn, title, self.wanted(self.opened()))

    # ------------------------------------------------------------------------------- the fields

    def entered(self, turn: Turn, happening: Happening) -> None:
        """A value was typed into the chosen field; a scanned code is a barcode of the item."""
        job, scan = self.opened(), happening.scan
        if scan is None or isinstance(happening.meaning, Damaged):
            self.unknown(turn, happening)
            return
        typed = scan.device == "typed"
        field = job.chosen if typed else "packs"
        if job.draft.item is None and not typed:
            self.problem(turn, text("edit.no_barcode_here"), self.wanted(job))
            return
        if field == "low" and not job.told:
            self._wrong(turn, field, text("edit.low_unknown"))
            return
        made = put(turn.work, job.draft, field, scan.text)
        if isinstance(made, Text):
            self._wrong(turn, field, made)
        else:
            turn.accept(Sound.ACCEPTED)
            self.next = stepped(job, made, field)

    def _wrong(self, turn: Turn, field: str, why: Text) -> None:
        turn.refuse(why)
        self.change(wrong=field, why=why, chosen=field)

    def turn_over(self, turn: Turn, happening: Happening) -> None:
        """Enter on a field with few values takes the next one."""
        job = self.opened()
        field = happening.argument or job.chosen
        made = turned(job.draft, field)
        if made is None:
            turn.fate = Fate.COMMAND
            self.change(chosen=field)
            self.next_flash = text("edit.type_value")
            return
        turn.accept(Sound.ACCEPTED)
        self.next = stepped(job, made, field)

    def take_out(self, turn: Turn, _happening: Happening) -> None:
        """F6: a barcode the item does not have any more."""
        job = self.opened()
        if not job.chosen.startswith(PACK):
            self.problem(turn, text("edit.choose_barcode"), self.wanted(job))
            return
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
        self.next = stepped(job, without_pack(job.draft, job.chosen.removeprefix(PACK)), "packs")

    @override
    def undo(self, turn: Turn, _happening: Happening) -> None:
        """F4: the draft as it was one step before."""
        job = self.opened()
        if job.state == EditState.REASON:
            self.change(state=EditState.FIELDS.value)
        elif job.state == EditState.FIELDS and job.steps:
            self.change(draft=job.steps[-1], steps=job.steps[:-1], wrong="", why=None)
        else:
            turn.refuse(text("pack.nothing_to_undo"))
            self.next_flash = text("pack.nothing_to_undo")
            return
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION

    def drop(self, turn: Turn, _happening: Happening) -> None:
        """F3: nothing of the draft is wanted."""
        job = self.opened()
        self.change(draft=job.seen, steps=(), wrong="", why=None, own=None, theirs=None)
        self.change(state=EditState.FIELDS.value)
        turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
        self.next_flash = text("edit.dropped")

    def back(self, turn: Turn, happening: Happening) -> None:
        """Esc: one step back, or out of the page; a draft is kept."""
        match self.opened().state:
            case EditState.REASON | EditState.SENDING:
                turn.fate = Fate.COMMAND
                self.change(state=EditState.FIELDS.value, pending=())
            case _:
                self.pause(turn, happening)

    def take_other(self, turn: Turn, happening: Happening) -> None:
        """Enter on a field two have changed: theirs instead of mine, and back."""
        job = self.opened()
        field = happening.argument or job.chosen
        result = edit_screen.swapped(job, field)
        if result is None:
            self.problem(turn, text("edit.choose_field"), self.wanted(job))
            return
        turn.fate, turn.sound = Fate.COMMAND, Sound.ACCEPTED
        self.change(draft=result, chosen=field)


_S = EditState
# What a hand types comes as whatever it happens to look like.
_TYPED = (
    Trigger.NOTHING,
    Trigger.ITEM,
    Trigger.PLACE,
    Trigger.ORDER,
    Trigger.DOCUMENT,
    Trigger.LABEL,
)
TABLE: Table = {
    (_S.CHOOSE, Trigger.ITEM): EditFlow.item,
    (_S.CHOOSE, Trigger.PLACE): EditFlow.place,
    (_S.CHOOSE, Trigger.NOTHING): EditFlow.unknown,
    (_S.CHOOSE, Trigger.CHOOSE): EditFlow.choose,
    (_S.CHOOSE, Trigger.OPEN): EditFlow.open_draft,
    (_S.CHOOSE, Trigger.MAIN): EditFlow.open_draft,
    **{(_S.FIELDS, one): EditFlow.entered for one in _TYPED},
    (_S.FIELDS, Trigger.CHOOSE): EditFlow.choose,
    (_S.FIELDS, Trigger.OPEN): EditFlow.turn_over,
    (_S.FIELDS, Trigger.WITHDRAW): EditFlow.take_out,
    (_S.FIELDS, Trigger.EMPTY): EditFlow.drop,
    (_S.FIELDS, Trigger.MAIN): EditFlow.finish_draft,
    (_S.REASON, Trigger.REASON): EditFlow.reason,
    **{(_S.REASON, one): EditFlow.written for one in _TYPED},
    (_S.REASON, Trigger.STEPPED_UP): EditFlow.stepped_up,
    (_S.SENDING, Trigger.MAIN): EditFlow.again,
    (_S.SENDING, Trigger.STEPPED_UP): EditFlow.stepped_up,
    (_S.CONFLICT, Trigger.CHOOSE): EditFlow.choose,
    (_S.CONFLICT, Trigger.OPEN): EditFlow.take_other,
    (_S.CONFLICT, Trigger.EMPTY): EditFlow.drop,
    (_S.CONFLICT, Trigger.MAIN): EditFlow.send_result,
    (_S.CONFLICT, Trigger.STEPPED_UP): EditFlow.stepped_up,
    (None, Trigger.EDITED): EditFlow.answered,
    (None, Trigger.UNDO): EditFlow.undo,
    (None, Trigger.NO): EditFlow.back,
}
EditFlow.table = TABLE
