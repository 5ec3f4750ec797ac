"""Sending an edit to the ledger, and what its answer means for the draft.

The same wish twice changes once, so whoever has heard nothing sends again. What was refused stands
beside its field; who was slower gets both versions.
"""

import msgspec
from typing_extensions import override

from app.contract.messages import Edited
from app.domain.roles import Permission, may
from app.domain.text import text
from app.identity.userkey import UserKey
from app.station import edit_asking
from app.station.edit_fields import FIELD_OF
from app.station.edit_job import EditJob, EditState, changed_parts, merged
from app.station.flow import Happening, Trigger
from app.station.inbox import LinkState
from app.station.screen import Sound
from app.station.task import TaskFlow
from app.station.turn import Fate, StepUp, Turn

# Why something is changed, said most often; everything else is typed. Read at the ledger.
REASONS = {
    "measured": "Measured anew.",
    "packaging": "The packaging has changed.",
    "mistake": "It was wrong.",
    "supplier": "The supplier says so.",
}


class EditSending(TaskFlow[EditJob]):
    """What becomes of a draft."""

    @override
    def happen(self, turn: Turn, happening: Happening) -> None:
        """An answer never touches a panel somebody has to acknowledge first."""
        job = self.job
        late = job is not None and job.problem is not None
        if not (late and happening.trigger is Trigger.EDITED):
            super().happen(turn, happening)

    def finish_draft(self, turn: Turn, _happening: Happening) -> None:
        """F10: say why it is changed; without a link the draft waits."""
        job, who = self.opened(), turn.session
        if not changed_parts(job):
            self.problem(turn, text("edit.nothing_changed"), self.wanted(job))
        elif turn.around.link is not LinkState.ONLINE:
            turn.refuse(text("edit.offline_now"))
            self.next_flash = text("edit.offline_now")
        elif who is None or not may(who.role, Permission.EDIT_MASTER):
            self.problem(turn, text("edit.no_right"), text("edit.no_right_detail"))
        else:
            turn.fate, turn.sound = Fate.COMMAND, Sound.ACCEPTED
            self.change(state=EditState.REASON.value)

    def reason(self, turn: Turn, happening: Happening) -> None:
        """Why, by digit or card."""
        said = REASONS.get(happening.argument)
        if said is None:
            self.problem(turn, self.not_now, self.wanted(self.opened()))
        else:
            self._send(turn, said)

    def written(self, turn: Turn, happening: Happening) -> None:
        """Why, in somebody's own words; a scan is none."""
        scan = happening.scan
        said = scan.text.strip() if scan is not None and scan.device == "typed" else ""
        if said:
            self._send(turn, said)
        else:
            self.problem(turn, text("edit.type_reason"), self.wanted(self.opened()))

    def again(self, turn: Turn, _happening: Happening) -> None:
        """F10 while nobody has answered, or after both were looked at: the same once more."""
        self._send(turn, self.opened().reason or REASONS["mistake"])

    def _send(self, turn: Turn, reason: str) -> None:
        me = turn.session
        self.change(reason=reason)
        if me is None:
            return
        if me.key is None:
            turn.fate = Fate.COMMAND
            turn.step_up(StepUp(text("edit.step_up"), person=me.person))
        else:
            self._ask(turn, me.key)

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """They have proven themselves: ask with the key of this one act."""
        if happening.key is not None and self.opened().reason:
            self._ask(turn, happening.key)

    def _ask(self, turn: Turn, key: UserKey) -> None:
        job = self.opened()
        pending = edit_asking.send(turn, job, key, job.reason)
        turn.fate = Fate.COMMAND
        self.change(state=EditState.SENDING.value, pending=pending, own=None, theirs=None)

    # ------------------------------------------------------------------------------- the answer

    def answered(self, turn: Turn, happening: Happening) -> None:
        """The ledger has answered about one part, or could not be asked."""
        job, part, answer = self.opened(), happening.argument, happening.edited
        if happening.extra != job.name:
            return
        if answer is not None and answer.outcome == "seen":
            self._seen(answer)
        elif part not in job.pending:
            return
        elif answer is None:
            turn.refuse(text("edit.not_sent"))
            self.change(state=EditState.FIELDS.value, pending=())
            self.next_flash = text("trouble.sentence", sentence=happening.shown)
        else:
            self._took(turn, part, answer)

    def _seen(self, answer: Edited) -> None:
        """What the reorder point is; a draft of it stays."""
        job = self.opened()
        now = edit_asking.told(edit_asking.REORDER, job.seen, answer.current)
        untouched = job.draft.low == job.seen.low
        draft = msgspec.structs.replace(job.draft, low=now.low) if untouched else job.draft
        self.change(seen=now, draft=draft, told=True)

    def _took(self, turn: Turn, part: str, answer: Edited) -> None:
        job = self.opened()
        if answer.outcome == "refused":
            self._refused(turn, answer)
            return
        now = edit_asking.told(part, job.seen, answer.current)
        if answer.outcome == "stale":
            own, result = job.draft, merged(job.seen, job.draft, now)
            turn.refuse(text("edit.stale"))
            self.change(seen=now, draft=result, own=own, theirs=now, pending=(), steps=())
            self.change(state=EditState.CONFLICT.value, chosen="")
            return
        left = tuple(one for one in job.pending if one != part)
        draft = edit_asking.told(part, job.draft, answer.current)
        self.change(seen=now, draft=draft, pending=left, steps=())
        if not left:
            turn.accept(Sound.ORDER)
            self.finish(turn, text("edit.done", name=job.name))

    def _refused(self, turn: Turn, answer: Edited) -> None:
        """The ledger says no: the sentence stands beside the field it is about."""
        why = text("trouble.sentence", sentence=answer.sentence)
        field = FIELD_OF.get(answer.code, "")
        turn.refuse(why)
        self.change(state=EditState.FIELDS.value, pending=(), wrong=field, why=why)
        if field:
            self.change(chosen=field)
        else:
            self.next_flash = why

    def send_result(self, turn: Turn, happening: Happening) -> None:
        """F10: the result is what is wanted; when it is theirs, nothing is left to do."""
        job = self.opened()
        if changed_parts(job):
            self.again(turn, happening)
        else:
            turn.accept(Sound.LINE)
            self.finish(turn, text("edit.theirs_kept", name=job.name))
