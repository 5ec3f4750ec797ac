"""Every task of the menu, and who plays it: begun by card, key or the scan of a document."""

from collections.abc import Callable

from app.simulation import goods
from app.simulation.auditing import Auditing
from app.simulation.carrying import Carrying
from app.simulation.counting import Counting
from app.simulation.editing import Editing
from app.simulation.exporting import Exporting
from app.simulation.hand import Hand
from app.simulation.knobs import PARCELS
from app.simulation.looking import Looking
from app.simulation.moving import Moving
from app.simulation.picking import Picking
from app.simulation.planning import Planning
from app.simulation.receiving import Receiving
from app.simulation.returning import Returning
from app.simulation.wishing import Wishing
from app.station.inbox import Intent
from app.station.screen import Page, Screen

# How often somebody at the board begins one of this seed's tasks, and leaves the next order.
OFTEN = 0.6


class Tasks:
    """What somebody does besides packing.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._looking = Looking(hand)
        self._planning = Planning(hand)
        self._exporting = Exporting(hand)
        self._wishing = Wishing(hand)
        self._auditing = Auditing(hand)
        self._work: dict[Page, Callable[[Screen], None]] = {
            Page.RECEIVE: self._with_job(Receiving(hand).act),
            Page.RETURN: self._with_job(Returning(hand).act),
            Page.MOVE: self._with_job(Moving(hand).act),
            Page.PICK: self._with_job(Picking(hand).act),
            Page.COUNT: self._with_job(Counting(hand).act),
            Page.TRANSFER: self._with_job(Carrying(hand).act),
            Page.PLAN: self._with_job(self._planning.act),
            Page.EDIT: self._with_job(Editing(hand).act),
            Page.REPORTS: self._exporting.act,
            Page.SETTINGS: self._wishing.act,
            Page.AUDIT: self._auditing.act,
            Page.DASHBOARDS: self._looking.boards,
            Page.LOOKUP: self._looking.look_up,
            Page.EXCEPTIONS: self._looking.exceptions,
            Page.CLAIMS: self._looking.claims,
        }

    def has(self, page: Page) -> bool:
        """Whether a page is one of these tasks."""
        return page in self._work

    def act(self, screen: Screen) -> None:
        """One step of the task that is open."""
        if self._hand.chance.random() < 0.02:
            self._hand.do(Intent.LOOKUP)
        else:
            self._work[screen.page](screen)

    def settle(self) -> None:
        """One doing is over."""
        self._planning.settle()
        self._exporting.settle()
        self._wishing.settle()
        self._auditing.settle()

    def beware(self, screen: Screen) -> None:
        """A hand is about to slip: what a page shows now is what may come of it."""
        if screen.page is Page.PLAN:
            self._planning.look(self._hand.panel())
        elif screen.page is Page.SETTINGS:
            self._wishing.forget()

    def begin(self) -> bool:
        """From the board: perhaps one of this seed's tasks."""
        hand = self._hand
        if hand.bench.site == goods.SITE and hand.chance.random() >= OFTEN:
            return False
        task = hand.chance.choice(hand.world.knobs.tasks)
        if task == PARCELS:
            return False
        if task == Page.LOOKUP:
            hand.do(Intent.LOOKUP)
            hand.world.rare.saw("looked up")
        elif hand.chance.random() < 0.5:
            hand.scan(f"CMD:TASK-{task.upper()}")
        else:
            hand.do(Intent.TASKS)
            hand.do(Intent.TASK, task)
        return True

    def _with_job(
        self, act: Callable[[Screen, dict[str, object]], None]
    ) -> Callable[[Screen], None]:
        """A page that keeps a job; while it has none, there is nothing to do but to leave."""

        def work(screen: Screen) -> None:
            job = self._hand.panel()
            if job:
                act(screen, job)
            else:
                self._hand.do(Intent.HOME)

        return work
