"""Home: the task board. A scan of an order opens it; Enter takes the most urgent one."""

from app.domain.order import OrderState
from app.domain.text import Text, text
from app.station import menu
from app.station.flow import OF_THE_WORLD, Happening, Trigger
from app.station.inbox import Intent, LinkState
from app.station.menu import OF_DOCUMENT, offered
from app.station.pack_job import NOTE_PREFIX
from app.station.ports import QueuedOrder
from app.station.presence import decides
from app.station.screen import (
    Action,
    AttentionRow,
    Page,
    Prompt,
    QueueRow,
    Screen,
    Sound,
    Tone,
)
from app.station.sign_in import sign_out
from app.station.turn import Fate, Turn
from app.station.undo_acts import DOCUMENT
from app.station.way_back import WayBack
from app.station.wording import due

# What fits on a page; the rest is counted, and found by scanning.
QUEUE_ROWS = 50
ATTENTION_ROWS = 20
_PASSED_OVER = OF_THE_WORLD - {Trigger.UNLOCKED}


class HomeFlow:
    """The board between two tasks."""

    page = Page.HOME

    def __init__(self, way: WayBack) -> None:
        self._way = way
        self._notice: Text | None = None
        self._wrong: tuple[Text, Text] | None = None
        self._finished = ""
        # Page of the menu of tasks, or 0 while the board is shown.
        self._choosing = 0

    def enter(self, turn: Turn, argument: str) -> None:
        """Show the board; a notice of the task just left stays until the next happening."""
        del argument
        self._notice, self._wrong, self._choosing = turn.notice, None, 0
        self._way.remember(turn, Page.HOME)

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Open an order by scan, by number or the next in the queue."""
        trigger = happening.trigger
        if trigger in _PASSED_OVER:
            return
        if self._wrong is not None and trigger is not Trigger.ACKNOWLEDGE:
            self._still_wrong(turn, trigger)
            return
        self._notice, self._wrong = None, None
        was_choosing, self._choosing = self._choosing, 0
        match trigger:
            case Trigger.ORDER | Trigger.OPEN:
                self._open(turn, happening.argument, happening.shown)
            case Trigger.NEXT | Trigger.MAIN:
                self._next(turn)
            case Trigger.SIGN_OUT:
                sign_out(turn)
            case Trigger.UNDO:
                turn.fate, turn.goto = Fate.COMMAND, (Page.UNDO, "")
            case Trigger.TASKS:
                turn.fate, self._choosing = Fate.COMMAND, _turned(turn, was_choosing)
            case Trigger.ADJUST | Trigger.APPROVALS | Trigger.TASK | Trigger.DOCUMENT:
                self._go(turn, happening)
            case Trigger.ACKNOWLEDGE | Trigger.HOME | Trigger.PAUSE | Trigger.NO:
                turn.fate = Fate.COMMAND
            case _:
                self._wrong_here(turn, happening)

    def _still_wrong(self, turn: Turn, trigger: Trigger) -> None:
        """An error waits to be acknowledged; what was finished may be looked at to take it back."""
        if trigger is Trigger.UNDO and self._finished:
            turn.fate, turn.goto = Fate.COMMAND, (Page.UNDO, DOCUMENT + self._finished)
        else:
            turn.refuse(text("pack.acknowledge_first"))

    def _wrong_here(self, turn: Turn, happening: Happening) -> None:
        code = happening.shown
        match happening.trigger:
            case Trigger.ITEM:
                detail = text("home.item_first_detail", code=code)
                self._refuse(turn, text("home.item_first"), detail)
            case _:
                self._refuse(turn, text("home.unknown"), text("home.unknown_detail", code=code))

    def _go(self, turn: Turn, happening: Happening) -> None:
        """To another task: by key, by card, or by a document of it."""
        match happening.trigger:
            case Trigger.DOCUMENT if happening.argument in OF_DOCUMENT:
                turn.accept(Sound.ACCEPTED)
                turn.goto = (OF_DOCUMENT[happening.argument], happening.extra)
            case Trigger.DOCUMENT:
                self._wrong_here(turn, happening)
            case Trigger.TASK:
                self._begin(turn, happening.argument, happening.extra)
            case _:
                self._begin(turn, happening.trigger.value)

    def _begin(self, turn: Turn, task: str, argument: str = "") -> None:
        """Begin a task of the menu, by its name."""
        if any(one.page.value == task for one in offered(_role(turn))):
            turn.accept(Sound.ACCEPTED)
            turn.goto = (Page(task), argument)
        else:
            self._refuse(turn, text("home.no_task"), text("home.no_task_detail"))

    def _open(self, turn: Turn, number: str, shown: str) -> None:
        order = turn.work.order(number)
        if order is None:
            self._refuse(
                turn, text("home.unknown"), text("home.unknown_detail", code=shown or number)
            )
        elif order.state is not OrderState.RELEASED and not turn.work.note(NOTE_PREFIX + number):
            self._refuse(
                turn,
                text(f"home.order_{order.state.value}", order=number),
                text("home.order_closed_detail"),
                finished=number,
            )
        elif turn.work.note(NOTE_PREFIX + number) is None and self._is_done(turn, number):
            title, detail = (
                text("home.order_packed", order=number),
                text("home.order_closed_detail"),
            )
            self._refuse(turn, title, detail, finished=number)
        else:
            turn.accept(Sound.ACCEPTED)
            turn.goto = (Page.PACK, number)

    def _next(self, turn: Turn) -> None:
        me = turn.around.identity.enrolment
        rows, _ = turn.work.queue(QUEUE_ROWS)
        open_rows = [row for row in rows if row.done < row.units]
        paused = [row for row in open_rows if turn.work.note(NOTE_PREFIX + row.order)]
        mine = [row for row in open_rows if row.claim_enrolment in ("", me)]
        for row in (*paused, *mine):
            turn.accept(Sound.ACCEPTED)
            turn.goto = (Page.PACK, row.order)
            return
        self._refuse(turn, text("home.queue_empty"), text("home.queue_empty_detail"))

    @staticmethod
    def _is_done(turn: Turn, number: str) -> bool:
        order = turn.work.order(number)
        progress = turn.work.progress(number)
        return order is not None and all(
            line.line in progress and not progress[line.line].open_of(line.quantity)
            for line in order.lines
        )

    def _refuse(self, turn: Turn, title: Text, detail: Text, *, finished: str = "") -> None:
        self._wrong, self._finished = (title, detail), finished
        turn.refuse(title)

    def screen(self, turn: Turn) -> Screen:
        """The prompt, the queue, and what needs this person."""
        rows, total = turn.work.queue(QUEUE_ROWS)
        return Screen(
            page=Page.HOME,
            title=text("home.title"),
            prompt=self._prompt(total),
            scan_hint=text("scan.hint"),
            queue=tuple(
                _row(turn, row) for row in rows if row.done < row.units or _saved(turn, row)
            ),
            queue_total=total,
            attention=tuple(
                AttentionRow(found.subject, found.severity, found.sentence, found.since)
                for found in turn.work.attention(ATTENTION_ROWS)
            ),
            actions=self._actions(turn),
            locked=self._wrong is not None,
        )

    def _prompt(self, total: int) -> Prompt:
        if self._wrong is not None:
            title, detail = self._wrong
            return Prompt(Tone.ERROR, "octagon-x", title, detail, text("pack.ack_note"))
        if self._notice is not None:
            return Prompt(Tone.OK, "circle-check", self._notice, text("home.scan_next"))
        if self._choosing:
            return Prompt(Tone.ASK, "inbox", text("home.choose"), text("home.choose_detail"))
        if not total:
            return Prompt(Tone.ASK, "inbox", text("home.no_orders"), text("home.no_orders_detail"))
        return Prompt(Tone.ASK, "scan-barcode", text("home.scan_order"), text("home.or_enter"))

    def _actions(self, turn: Turn) -> tuple[Action, ...]:
        if self._wrong is not None:
            acknowledge = Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True)
            back = Action("F4", Intent.UNDO, text("key.take_back"))
            return (back, acknowledge) if self._finished else (acknowledge,)
        if self._choosing:
            return menu.keys(_role(turn), self._choosing)
        return (
            Action("F2", Intent.LOOKUP, text("key.look_up")),
            Action("F3", Intent.TASKS, text("key.tasks")),
            Action("F4", Intent.UNDO, text("key.take_back")),
            Action("F5", Intent.APPROVALS, text("key.approvals", n=turn.work.waiting_count())),
            Action("F6", Intent.ADJUST, text("key.adjust_stock")),
            *_grant(turn),
            Action("F8", Intent.SIGN_OUT, text("key.sign_out")),
            Action("F10", Intent.NEXT, text("key.next_order"), main=True),
        )


def _grant(turn: Turn) -> tuple[Action, ...]:
    """Whoever decides asks for what they may approve here without a link: while there is one."""
    if not decides(_role(turn)):
        return ()
    why = None if turn.around.link is LinkState.ONLINE else text("grant.offline")
    return (Action("F7", Intent.GRANT, text("key.grant"), why is None, why),)


def _role(turn: Turn) -> str:
    return turn.session.role if turn.session is not None else ""


def _turned(turn: Turn, page: int) -> int:
    """The next page of the menu; after the last one the board again."""
    return page + 1 if page < menu.pages(_role(turn)) else 0


def _saved(turn: Turn, row: QueuedOrder) -> bool:
    return turn.work.note(NOTE_PREFIX + row.order) is not None


def _row(turn: Turn, row: QueuedOrder) -> QueueRow:
    state = "paused" if _saved(turn, row) else "open"
    mine = row.claim_enrolment in ("", turn.around.identity.enrolment)
    return QueueRow(
        row.order,
        row.carrier,
        due(row.ship_before, turn.now),
        row.priority,
        row.units,
        row.done,
        state,
        mine,
    )
