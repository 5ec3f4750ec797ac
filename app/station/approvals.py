"""Approvals: what waits at this site, decided here by another person with badge and PIN.

Whoever decides proves themselves for each decision, at the same bench or as the supervisor signed
in elsewhere. Without a link a decision is made on a grant, and takes effect here provisionally.
"""

from app.contract.messages import Reference
from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.text import Text, text
from app.identity.userkey import UserKey
from app.station import approvals_screen, judging
from app.station.flow import Happening, Trigger
from app.station.limits_here import Here
from app.station.screen import Page, Screen, Sound
from app.station.turn import Draft, Fate, Session, StepUp, Turn
from app.station.waiting import Waiting

# What fits on a page; the rest comes up as these are decided.
LIST_ROWS = 50
# Why something is rejected; the word is the note of the decision.
NOTES = ("count_again", "not_plausible", "wrong_reason", "other")


class ApprovalsFlow:
    """The list of what waits, and the case of the one that is chosen."""

    page = Page.APPROVALS

    def __init__(self) -> None:
        self.chosen = ""
        self.rejecting = False
        self.said: tuple[Text, bool] | None = None
        self._wanted: tuple[str, str] | None = None

    def enter(self, turn: Turn, argument: str) -> None:
        """Show what waits; one of them may be named."""
        if argument:
            self._keep(turn, chosen=argument)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Choose, approve, reject, withdraw, or leave."""
        handler = _TABLE.get(happening.trigger)
        if happening.trigger in _WORLD:
            return
        if handler is None:
            turn.refuse(text("approvals.not_here"))
            self._keep(turn, said=(text("approvals.not_here"), False))
            return
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return approvals_screen.build(self, turn)

    def what(self, turn: Turn) -> Waiting | None:
        """The request that is chosen: the first that can be decided, unless another was."""
        waits = turn.work.waiting(LIST_ROWS)
        named = next((one for one in waits if one.id == self.chosen), None)
        undecided = next((one for one in waits if not one.decided), None)
        return named or undecided or (waits[0] if waits else None)

    # ------------------------------------------------------------------------------- choosing

    def choose(self, turn: Turn, happening: Happening) -> None:
        """By its id."""
        turn.fate = Fate.COMMAND
        self._keep(turn, chosen=happening.argument, rejecting=False, said=None)

    def following(self, turn: Turn, _happening: Happening) -> None:
        """The next one of the list, around."""
        ids = [one.id for one in turn.work.waiting(LIST_ROWS)]
        here = self.what(turn)
        turn.fate = Fate.COMMAND
        if here is not None:
            after = ids[(ids.index(here.id) + 1) % len(ids)]
            self._keep(turn, chosen=after, rejecting=False, said=None)

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """Back: out of a rejection, or to the task board."""
        turn.fate = Fate.COMMAND
        if self.rejecting:
            self._keep(turn, rejecting=False)
            return
        self._keep(turn, said=None)
        turn.goto = (Page.HOME, "")

    # ------------------------------------------------------------------------------- deciding

    def approve(self, turn: Turn, _happening: Happening) -> None:
        """Ask whoever approves for badge and PIN."""
        if not self.rejecting:
            self._ask(turn, "", text("approvals.step_up_approve"))

    def reject(self, turn: Turn, happening: Happening) -> None:
        """First why, then badge and PIN."""
        if happening.argument in NOTES:
            self._ask(turn, happening.argument, text("approvals.step_up_reject"))
        else:
            turn.fate = Fate.COMMAND
            self._keep(turn, rejecting=self.what(turn) is not None, said=None)

    def withdraw(self, turn: Turn, _happening: Happening) -> None:
        """The person who asked takes it back."""
        what, who = self.what(turn), turn.session
        if what is None or who is None or not is_mine(turn, what, who):
            self._refuse(turn, text("approvals.not_yours"))
        elif what.decided:
            self._refuse(turn, text("approvals.decided_already"))
        elif who.key is not None:
            self._withdraw(turn, what, who)
        else:
            self._keep(turn, _wanted=(what.id, "withdraw"))
            turn.fate = Fate.COMMAND
            turn.step_up(StepUp(text("approvals.step_up_withdraw"), person=who.person))

    def _ask(self, turn: Turn, note: str, title: Text) -> None:
        what = self.what(turn)
        if what is None:
            self._refuse(turn, text("approvals.none"))
        elif what.decided:
            self._refuse(turn, text("approvals.decided_already"))
        else:
            turn.fate = Fate.COMMAND
            self._keep(turn, _wanted=(what.id, note), chosen=what.id, said=None)
            turn.step_up(StepUp(title, right=Permission.DECIDE))

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """Somebody has proven themselves, for this one act."""
        wanted, who, key = self._wanted, happening.who, happening.key
        what = turn.work.waiting_of(wanted[0]) if wanted is not None else None
        if wanted is None or who is None or key is None:
            return
        self._keep(turn, _wanted=None, rejecting=False)
        if what is None:
            self._refuse(turn, text("approvals.gone"))
            return
        if wanted[1] == "withdraw":
            self._withdraw(turn, what, who, key=key)
            return
        judged = judging.judge(turn, what, who, key, wanted[1])
        if judged.why is not None:
            self._refuse(turn, text(f"judged.{judged.why[0]}"))
            return
        made = turn.record(judged.draft, turn.around.ids.new_id(), signers=(key,), by=who)
        turn.work.set_decided(what.id, made)
        if judged.grant:
            turn.work.use_grant(judged.grant)
        if wanted[1]:
            self._tell(turn, text("approvals.rejected", name=who.name))
        elif judged.grant:
            self._tell(turn, text("approvals.approved_here", name=who.name))
        else:
            self._tell(turn, text("approvals.approved", name=who.name))

    def _withdraw(
        self, turn: Turn, what: Waiting, who: Session, key: UserKey | None = None
    ) -> None:
        signer = key or who.key
        draft = Draft(Kind.WITHDRAW, reference=Reference(original=what.id))
        signers = (signer,) if signer is not None else ()
        made = turn.record(draft, turn.around.ids.new_id(), signers=signers, by=who)
        turn.work.set_decided(what.id, made)
        self._tell(turn, text("approvals.withdrawn"))

    # ------------------------------------------------------------------------------- memory

    def step_up_left(self, turn: Turn, _happening: Happening) -> None:
        """Nobody proved themselves: nothing was decided."""
        self._keep(turn, _wanted=None)

    def _refuse(self, turn: Turn, why: Text) -> None:
        turn.refuse(why)
        self._keep(turn, said=(why, False))

    def _tell(self, turn: Turn, what: Text) -> None:
        turn.accept(Sound.LINE)
        self._keep(turn, said=(what, True), chosen="")

    def _keep(self, turn: Turn, **changes: object) -> None:
        def keep() -> None:
            for name, value in changes.items():
                setattr(self, name, value)

        turn.after_commit(keep)


def is_mine(turn: Turn, what: Waiting, who: Session) -> bool:
    """Whether this person asked for it, with whichever of their accounts."""
    here = Here(turn.work, turn.now[:10])
    return here.word(what.operation.actor) == here.word(who.person)


_WORLD = frozenset(
    {
        Trigger.READING,
        Trigger.PRINTED,
        Trigger.CHANGED,
        Trigger.CLAIMED,
        Trigger.UNLOCKED,
    }
)
_TABLE = {
    Trigger.OPEN: ApprovalsFlow.choose,
    Trigger.NEXT: ApprovalsFlow.following,
    Trigger.MAIN: ApprovalsFlow.approve,
    Trigger.YES: ApprovalsFlow.approve,
    Trigger.REJECT: ApprovalsFlow.reject,
    Trigger.REASON: ApprovalsFlow.reject,
    Trigger.WITHDRAW: ApprovalsFlow.withdraw,
    Trigger.STEPPED_UP: ApprovalsFlow.stepped_up,
    Trigger.STEP_UP_LEFT: ApprovalsFlow.step_up_left,
    Trigger.NO: ApprovalsFlow.leave,
    Trigger.HOME: ApprovalsFlow.leave,
    Trigger.PAUSE: ApprovalsFlow.leave,
    Trigger.ACKNOWLEDGE: ApprovalsFlow.leave,
}
