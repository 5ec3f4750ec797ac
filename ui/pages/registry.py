"""Every page of the window, by the page of the station it shows."""

from collections.abc import Callable
from datetime import datetime

from app.station.screen import Page
from ui.pages.adjust import AdjustPage
from ui.pages.approvals import ApprovalsPage
from ui.pages.home import HomePage
from ui.pages.pack import PackPage
from ui.pages.page import PageBody
from ui.pages.sign_in import SignInPage
from ui.pages.task import TaskPage
from ui.widgets.kit import Kit


def pages(kit: Kit, now: Callable[[], datetime]) -> dict[Page, PageBody]:
    """A body for every page.

    Args:
        kit: Theme and words.
        now: The wall clock, for ages.
    """
    return {
        Page.SIGN_IN: SignInPage(kit),
        Page.HOME: HomePage(kit, now),
        Page.PACK: PackPage(kit),
        Page.ADJUST: AdjustPage(kit),
        Page.APPROVALS: ApprovalsPage(kit, now),
        Page.MOVE: TaskPage(kit),
        Page.LOOKUP: TaskPage(kit),
        Page.RECEIVE: TaskPage(kit),
        Page.PICK: TaskPage(kit),
        Page.COUNT: TaskPage(kit),
        Page.EXCEPTIONS: TaskPage(kit),
        Page.CLAIMS: TaskPage(kit),
        Page.RETURN: TaskPage(kit),
        Page.TRANSFER: TaskPage(kit),
    }
