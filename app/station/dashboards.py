"""Dashboards: how orders stand, what was done here, what waits; and the list behind each number.

Nothing is recorded here. Numbers are counted anew when somebody comes, asks, or a few seconds have
passed; the lists behind them are read as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.text import Text, text
from app.station import dashboards_lists, dashboards_screen
from app.station.boards import Stand
from app.station.browsing import BrowsingFlow
from app.station.counted import Counted, count
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.screen import Page, Screen, Sound
from app.station.turn import Fate, Turn
from app.station.way_back import WayBack

# A board is looked at, not worked with: counting takes 30 ms of a large book, and scans come first.
RECOUNT_NS = 10_000_000_000


class View(StrEnum):
    """What is looked at: all numbers, or the list behind one."""

    BOARD = "board"
    ORDERS = "orders"
    RISK = "risk"
    PACKED = "packed"
    WRONG = "wrong"
    OUTBOX = "outbox"
    PLACES = "places"


# What a tile opens: a list here, or the page that has it.
BEHIND: dict[str, View | Page] = {
    "1": View.ORDERS,
    "2": View.RISK,
    "3": View.PACKED,
    "4": View.WRONG,
    "5": View.OUTBOX,
    "6": Page.APPROVALS,
    "7": Page.EXCEPTIONS,
    "8": Page.RETURN,
    "9": View.PLACES,
}


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that is looked at.

    Attributes:
        after: Where this page of the list begins, as its list knows it; None for its first.
        chosen: Key of the row that is chosen, or empty for the first.
    """

    view: View = View.BOARD
    after: tuple[str, str] | None = None
    chosen: str = ""


class DashboardsFlow(BrowsingFlow):
    """The board, and the lists behind its numbers.

    Args:
        way: Told that a page was opened from here.

    Attributes:
        look: What is looked at.
        said: What the last step could not do.
    """

    page = Page.DASHBOARDS

    def __init__(self, way: WayBack) -> None:
        self._way = way
        self.look = Look()
        self.said: tuple[Text, Text] | None = None
        self._counted: Counted | None = None
        self._counted_ns = 0

    def enter(self, turn: Turn, argument: str) -> None:
        """Begin with all numbers, counted now."""
        del argument
        self._keep(turn, look=Look(), said=None, _counted=None)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Answer by the table; what it does not name changes nothing."""
        if happening.trigger in _PASSED_OVER:
            return
        handler = TABLE.get(happening.trigger)
        if handler is None:
            self._refuse(turn, text("boards.not_here"), text("boards.not_here_detail"))
            return
        turn.fate = Fate.COMMAND
        handler(self, turn, happening)

    def screen(self, turn: Turn) -> Screen:
        """The page as it stands after this turn."""
        return dashboards_screen.build(self, turn)

    def counted(self, turn: Turn) -> Counted:
        """The numbers, not older than `RECOUNT_NS`."""
        now_ns = turn.around.clock.monotonic_ns()
        if self._counted is None or now_ns - self._counted_ns >= RECOUNT_NS:
            self._counted, self._counted_ns = count(turn), now_ns
        return self._counted

    # ------------------------------------------------------------------------------------ the table

    def choose(self, turn: Turn, happening: Happening) -> None:
        """A digit on the board opens what is behind it; in a list, another row."""
        if self.look.view is View.BOARD:
            self._open_tile(turn, happening.argument)
        else:
            self._keep(turn, look=replace(self.look, chosen=happening.argument), said=None)

    def digit(self, turn: Turn, happening: Happening) -> None:
        """A digit by card."""
        self._keep(turn, look=Look())
        self._open_tile(turn, happening.argument)

    def _open_tile(self, turn: Turn, key: str) -> None:
        behind = BEHIND.get(key)
        if behind is None:
            self._refuse(turn, text("boards.no_tile", key=key), text("boards.no_tile_detail"))
            return
        turn.accept(Sound.ACCEPTED)
        if isinstance(behind, Page):
            self._way.remember(turn, self.page)
            turn.goto = (behind, "")
        else:
            self._keep(turn, look=Look(behind), said=None)

    def open(self, turn: Turn, happening: Happening) -> None:
        """What stands in a row: an order that may be packed here."""
        if self.look.view is View.BOARD:
            self._open_tile(turn, happening.argument)
            return
        if self.look.view not in (View.ORDERS, View.RISK):
            self._keep(turn, said=None)
            return
        key = happening.argument or dashboards_lists.shown(self, turn).rows.chosen
        if key:
            self._open_order(turn, key)

    def _open_order(self, turn: Turn, number: str) -> None:
        found = turn.work.open_order(number)
        mine = turn.around.identity.station
        if found is None:
            self._refuse(turn, text("boards.gone", order=number), text("boards.want"))
        elif found.stand in (Stand.HELD, Stand.PACKED):
            why = text(f"boards.is_{found.stand.value}", order=number)
            self._refuse(turn, why, text("boards.want"))
        elif found.station not in ("", mine):
            why = text("boards.elsewhere", order=number, station=found.station)
            self._refuse(turn, why, text("boards.elsewhere_detail"))
        else:
            turn.accept(Sound.ACCEPTED)
            turn.goto = (Page.PACK, number)

    def scanned(self, turn: Turn, happening: Happening) -> None:
        """An order: where it stands."""
        found = turn.work.open_order(happening.argument)
        if found is None:
            why = text("boards.gone", order=happening.argument)
            self._refuse(turn, why, text("boards.want"))
            return
        turn.accept(Sound.ACCEPTED)
        self._keep(turn, look=Look(View.ORDERS, chosen=found.order), said=None)

    def further(self, turn: Turn, _happening: Happening) -> None:
        """The next page of the list."""
        if self.look.view is View.BOARD:
            return
        after = dashboards_lists.shown(self, turn).following
        if after is not None:
            self._keep(turn, look=replace(self.look, after=after, chosen=""), said=None)

    def main(self, turn: Turn, happening: Happening) -> None:
        """Count anew; in a list of orders, open the chosen one."""
        if self.look.view in (View.ORDERS, View.RISK):
            self.open(turn, happening)
        else:
            self._keep(turn, said=None, _counted=None)

    def back(self, turn: Turn, _happening: Happening) -> None:
        """From a list to the board, from the board to the tasks."""
        if self.said is not None:
            self._keep(turn, said=None)
        elif self.look.after is not None:
            self._keep(turn, look=Look(self.look.view))
        elif self.look.view is not View.BOARD:
            self._keep(turn, look=Look())
        else:
            turn.goto = (Page.HOME, "")

    def leave(self, turn: Turn, _happening: Happening) -> None:
        """To the tasks at once."""
        turn.goto = (Page.HOME, "")

    def _refuse(self, turn: Turn, why: Text, detail: Text) -> None:
        turn.refuse(why)
        self._keep(turn, said=(why, detail))


_PASSED_OVER = OF_THE_WORLD | {Trigger.STEP_UP_LEFT}
Handler = Callable[[DashboardsFlow, Turn, Happening], None]
TABLE: dict[Trigger, Handler] = {
    Trigger.CHOOSE: DashboardsFlow.choose,
    Trigger.QUANTITY: DashboardsFlow.digit,
    Trigger.OPEN: DashboardsFlow.open,
    Trigger.ORDER: DashboardsFlow.scanned,
    Trigger.NEXT: DashboardsFlow.further,
    Trigger.MAIN: DashboardsFlow.main,
    Trigger.YES: DashboardsFlow.main,
    Trigger.NO: DashboardsFlow.back,
    Trigger.UNDO: DashboardsFlow.back,
    Trigger.ACKNOWLEDGE: DashboardsFlow.back,
    Trigger.HOME: DashboardsFlow.leave,
    Trigger.PAUSE: DashboardsFlow.leave,
}
