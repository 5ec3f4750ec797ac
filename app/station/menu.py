"""The menu of tasks: what may be begun from the board, by key, card or scan of a document."""

from dataclasses import dataclass

from app.domain.document import DocumentKind
from app.domain.roles import Permission, may
from app.domain.text import Text, text
from app.station.inbox import Intent
from app.station.screen import Action, Page

# As many as there are digits; 0 asks for the others.
ON_A_PAGE = 9


@dataclass(frozen=True, slots=True)
class Entry:
    """One task of the menu.

    Attributes:
        page: Its page; `CMD:TASK-<page>` opens it.
        label: Its name on the key.
        right: What somebody needs to begin it, or None.
    """

    page: Page
    label: Text
    right: Permission | None = None


# In the order of their digits: goods in, in the house, out, and what people decide.
MENU: tuple[Entry, ...] = (
    Entry(Page.RECEIVE, text("menu.receive"), Permission.WORK),
    Entry(Page.RETURN, text("menu.return"), Permission.WORK),
    Entry(Page.MOVE, text("menu.move"), Permission.WORK),
    Entry(Page.PICK, text("menu.pick"), Permission.WORK),
    Entry(Page.TRANSFER, text("menu.transfer"), Permission.WORK),
    Entry(Page.COUNT, text("menu.count"), Permission.COUNT),
    Entry(Page.ADJUST, text("menu.adjust"), Permission.ADJUST),
    Entry(Page.APPROVALS, text("menu.approvals")),
    Entry(Page.EXCEPTIONS, text("menu.exceptions")),
    Entry(Page.CLAIMS, text("menu.claims"), Permission.TAKE_OVER),
    Entry(Page.DASHBOARDS, text("menu.dashboards"), Permission.RESOLVE),
    Entry(Page.PLAN, text("menu.plan"), Permission.SEND_DOCUMENTS),
    Entry(Page.AUDIT, text("menu.audit"), Permission.EXPORT),
    Entry(Page.SETTINGS, text("menu.settings")),
    Entry(Page.EDIT, text("menu.edit"), Permission.EDIT_MASTER),
    Entry(Page.REPORTS, text("menu.reports"), Permission.READ),
)
# Which task a scanned document opens.
OF_DOCUMENT: dict[str, Page] = {
    DocumentKind.ORDER.value: Page.PACK,
    DocumentKind.TASK.value: Page.MOVE,
    DocumentKind.INBOUND.value: Page.RECEIVE,
    DocumentKind.COUNT.value: Page.COUNT,
    DocumentKind.RETURN.value: Page.RETURN,
    DocumentKind.TRANSFER.value: Page.TRANSFER,
}


def offered(role: str) -> tuple[Entry, ...]:
    """What somebody of this role may begin."""
    return tuple(one for one in MENU if one.right is None or may(role, one.right))


def pages(role: str) -> int:
    """How many pages of the menu somebody of this role has."""
    return -(-len(offered(role)) // ON_A_PAGE)


def keys(role: str, page: int) -> tuple[Action, ...]:
    """The tasks of a page, from 1 on, with their digits; 0 turns the page while one follows."""
    first = (page - 1) * ON_A_PAGE
    tasks = (
        Action(str(n), Intent.TASK, one.label, argument=one.page.value)
        for n, one in enumerate(offered(role)[first : first + ON_A_PAGE], 1)
    )
    more = (Action("0", Intent.TASKS, text("key.more_tasks")),) if page < pages(role) else ()
    return (*tasks, *more, Action("Esc", Intent.NO, text("key.back")))
