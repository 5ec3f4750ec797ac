"""Where Esc leads from a page that another one opened: back there, not to the task board.

Only what has no work open of its own is left this way: a list somebody looked at. A program that
was started again begins at the task board, so nothing of this is kept.
"""

from app.station.flow import Trigger
from app.station.screen import Page
from app.station.turn import Turn


class WayBack:
    """The page that opened the present one; shared by the flows it concerns."""

    def __init__(self) -> None:
        self._page = Page.HOME

    def remember(self, turn: Turn, page: Page) -> None:
        """From now on, Esc leads to `page`; once the turn that goes away from it is durable."""

        def keep() -> None:
            self._page = page

        turn.after_commit(keep)

    def go(self, turn: Turn, trigger: Trigger) -> None:
        """Leave: one step back leads to where one came from, anything else to the task board."""
        turn.goto = (self._page if trigger is Trigger.NO else Page.HOME, "")
        self.remember(turn, Page.HOME)
