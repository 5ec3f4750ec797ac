"""Settings: how this person wants the window, and what the bench is made of.

One's own change at once and need nobody. What is the station's needs a supervisor's badge and PIN,
is recorded as an event, and is tried before it is written. Nothing here knows a file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.operation import Kind
from app.domain.roles import Permission
from app.domain.text import Text, text
from app.station import own_settings_screen as shown
from app.station.browsing import BrowsingFlow
from app.station.configuration import CHANGEABLE, ENROL, LEDGER, RESET, Origin
from app.station.events import SettingAsked
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.screen import Page, Screen, Sound
from app.station.turn import Draft, Fate, StepUp, Turn
from app.station.wishes import WishBook

CHANGED = "setting_changed"
# Longest address of a device.
MOST = 200


class Mode(StrEnum):
    """What the page waits for."""

    LIST = "list"
    TYPE = "type"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Said:
    """What the last step came to."""

    title: Text
    detail: Text
    good: bool = True


class OwnSettingsFlow(BrowsingFlow):
    """The list of settings.

    Attributes:
        mode: What is waited for.
        chosen: Key of the row that is looked at.
        said: What the last step came to.
    """

    page = Page.SETTINGS

    def __init__(self, wishes: WishBook) -> None:
        self.wishes = wishes
        self.mode, self.chosen = Mode.LIST, ""
        self.said: Said | None = None
        self._wanted: tuple[str, str] | None = None

    def enter(self, turn: Turn, argument: str) -> None:
        """Show the list from its top."""
        del argument
        self._keep(turn, mode=Mode.LIST, chosen="", said=None, _wanted=None)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer by the table; what it does not name changes nothing."""
        if happening.trigger in OF_THE_WORLD:
            return
        handler = TABLE.get((self.mode, happening.trigger)) or TABLE.get((None, happening.trigger))
        if handler is None:
            self._refuse(turn, text("settings.not_here"))
            return
        turn.fate = Fate.COMMAND
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return shown.build(self, turn)

    # ---------------------------------------------------------------------------------- the list

    def choose(self, turn: Turn, happening: Happening) -> None:
        """Another row."""
        self._keep(turn, chosen=happening.argument, said=None)

    def change(self, turn: Turn, _happening: Happening) -> None:
        """The next value of the chosen one; or it is typed, or asks who may."""
        row = shown.chosen(self, turn)
        if row is None:
            return
        if row.own:
            self.wishes.wish(turn, row.name, row.after)
            turn.accept(Sound.ACCEPTED)
            self._keep(turn, said=None)
        elif row.origin is Origin.POLICY:
            self._refuse(turn, text("settings.policy"), text("settings.policy_detail"))
        elif row.name == LEDGER:
            self._ask(turn, ENROL, "")
        elif CHANGEABLE[row.name]:
            self._ask(turn, row.name, row.after)
        else:
            self._keep(turn, mode=Mode.TYPE, said=None)

    def typed(self, turn: Turn, happening: Happening) -> None:
        """A value in its own words; a single minus takes it out."""
        row, line = shown.chosen(self, turn), happening.scan.text if happening.scan else ""
        value = "" if line.strip() == "-" else line.strip()[:MOST]
        if row is None:
            return
        if value and row.name != "wedge_gs" and "://" not in value:
            self._refuse(turn, text("settings.no_address", line=value[:60]))
            return
        self._ask(turn, row.name, value)

    def back_to_station(self, turn: Turn, _happening: Happening) -> None:
        """This one as the station has it."""
        row = shown.chosen(self, turn)
        if row is None or not row.own:
            self._refuse(turn, text("settings.not_own"), text("settings.not_own_detail"))
            return
        self.wishes.wish(turn, row.name, "")
        turn.accept(Sound.ACCEPTED)
        self._keep(turn, said=None)

    # ------------------------------------------------------------------------------ safe defaults

    def want_reset(self, turn: Turn, _happening: Happening) -> None:
        """Asked once: one's own, or the station's too."""
        self._keep(turn, mode=Mode.RESET, said=None)

    def reset_own(self, turn: Turn, _happening: Happening) -> None:
        """Everything of one's own as the station has it."""
        self.wishes.forget(turn)
        turn.accept(Sound.ACCEPTED)
        self._keep(
            turn, mode=Mode.LIST, said=Said(text("settings.reset_done"), text("settings.want"))
        )

    def reset_station(self, turn: Turn, _happening: Happening) -> None:
        """The station's too, by whoever may."""
        self._ask(turn, RESET, "")

    # ------------------------------------------------------------------------------- who may

    def _ask(self, turn: Turn, name: str, value: str) -> None:
        self._keep(turn, mode=Mode.LIST, said=None, _wanted=(name, value))
        turn.step_up(StepUp(text("settings.step_up"), right=Permission.DECIDE))

    def stepped_up(self, turn: Turn, happening: Happening) -> None:
        """Somebody who may has proven themselves, for this one change."""
        who = happening.who
        if self._wanted is None or who is None:
            return
        name, value = self._wanted
        evidence: dict[str, str | int | bool] = {"setting": name, "value": value}
        signers = (happening.key,) if happening.key is not None else ()
        draft = Draft(Kind.EVENT, reason=CHANGED, evidence=evidence)
        turn.record(draft, turn.around.ids.new_id(), signers=signers, by=who)
        turn.announce.append(SettingAsked(name, value))
        turn.accept(Sound.LINE)
        said = Said(text("settings.asked"), text("settings.asked_detail"))
        self._keep(turn, _wanted=None, said=said)

    def step_up_left(self, turn: Turn, _happening: Happening) -> None:
        """Nobody did: nothing was changed."""
        self._keep(turn, _wanted=None)

    # ------------------------------------------------------------------------------------ leaving

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """Back to the list, and from there to the task board."""
        if self.mode is not Mode.LIST:
            self._keep(turn, mode=Mode.LIST, said=None)
            return
        turn.goto = (Page.HOME, "")

    def home(self, turn: Turn, _happening: Happening) -> None:
        """To the task board."""
        turn.goto = (Page.HOME, "")

    def _refuse(self, turn: Turn, why: Text, detail: Text | None = None) -> None:
        turn.refuse(why)
        said = Said(why, detail or text("settings.want"), good=False)
        self._keep(turn, said=said)


Handler = Callable[[OwnSettingsFlow, Turn, Happening], None]
_F = OwnSettingsFlow
# What is typed is a scan to the station, and may look like anything.
_SCANS = (
    Trigger.NOTHING, Trigger.ITEM, Trigger.PLACE, Trigger.ORDER, Trigger.DOCUMENT, Trigger.LABEL,
)  # fmt: skip
TABLE: dict[tuple[Mode | None, Trigger], Handler] = {
    (Mode.LIST, Trigger.CHOOSE): _F.choose,
    (Mode.LIST, Trigger.OPEN): _F.change,
    (Mode.LIST, Trigger.MAIN): _F.change,
    (Mode.LIST, Trigger.UNDO): _F.back_to_station,
    (Mode.LIST, Trigger.EMPTY): _F.want_reset,
    **{(Mode.TYPE, trigger): _F.typed for trigger in _SCANS},
    (Mode.RESET, Trigger.YES): _F.reset_own,
    (Mode.RESET, Trigger.EMPTY): _F.reset_station,
    (None, Trigger.STEPPED_UP): _F.stepped_up,
    (None, Trigger.STEP_UP_LEFT): _F.step_up_left,
    (None, Trigger.NO): _F.leave,
    (None, Trigger.ACKNOWLEDGE): _F.leave,
    (None, Trigger.HOME): _F.home,
    (None, Trigger.PAUSE): _F.home,
}
