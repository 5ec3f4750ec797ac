"""Every page of the window, by the page of the station it shows.

A page of the floor is a `TaskPage` unless it truly needs another body.
"""

from collections.abc import Callable
from datetime import datetime

from app.station.screen import Page
from ui.pages.adjust import AdjustPage
from ui.pages.approvals import ApprovalsPage
from ui.pages.dashboards import DashboardsPage
from ui.pages.home import HomePage
from ui.pages.pack import PackPage
from ui.pages.page import PageBody
from ui.pages.setup import SetupPage
from ui.pages.sign_in import SignInPage
from ui.pages.task import TaskPage
from ui.widgets.kit import Kit


class Pages:
    """The pages by name, each made when it is first shown: all at once take a window 0.4 s.

    Args:
        kit: Theme and words.
        now: The wall clock, for ages.
        join: Told of every page that is made, so that it gets its place in the window.
    """

    def __init__(
        self, kit: Kit, now: Callable[[], datetime], join: Callable[[PageBody], None]
    ) -> None:
        self._kit, self._now, self._join = kit, now, join
        self._made: dict[Page, PageBody] = {}

    def __getitem__(self, page: Page) -> PageBody:
        if page not in self._made:
            self._made[page] = self._make(page)
            self._join(self._made[page])
        return self._made[page]

    def _make(self, page: Page) -> PageBody:
        match page:
            case Page.SIGN_IN:
                return SignInPage(self._kit)
            case Page.HOME:
                return HomePage(self._kit, self._now)
            case Page.PACK:
                return PackPage(self._kit)
            case Page.ADJUST:
                return AdjustPage(self._kit)
            case Page.APPROVALS:
                return ApprovalsPage(self._kit, self._now)
            case Page.DASHBOARDS:
                return DashboardsPage(self._kit)
            case Page.SETUP:
                return SetupPage(self._kit)
            case _:
                return TaskPage(self._kit)
