"""What Receive and Return have in common: a list to choose from, lines, a unit in the hand."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, TypeVar

from typing_extensions import override

from app.contract.messages import DocumentLine, Operation
from app.domain.operation import Condition
from app.domain.text import Text, text
from app.errors import Fault
from app.station import goods_lines, goods_list
from app.station.flow import Happening, Trigger
from app.station.goods_board import Board, Placed, Share
from app.station.goods_job import BLIND, LIST, GoodsJob, Taken, more_taken
from app.station.goods_lines import Drawn
from app.station.goods_unit import Unit
from app.station.inbox import Intent
from app.station.lists import ListView
from app.station.looked import Looked
from app.station.photographing import Camera
from app.station.screen import Action, LineView, Prompt, Screen, Sound, Tone, trail
from app.station.task import Handler, TaskFlow, TaskJob, forget
from app.station.turn import Fate, Turn

ACKNOWLEDGE = Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True)


G = TypeVar("G", bound=GoodsJob)


class GoodsFlow(TaskFlow[G]):
    """A task about goods that are announced, or not.

    Attributes:
        states: States of documents that may be chosen.
        steps: Codes of the steps in the header.
        scanning: The state in which units are scanned.
    """

    states: ClassVar[Sequence[str]]
    steps: ClassVar[tuple[Text, ...]]
    scanning: ClassVar[str] = "scan"

    def __init__(self) -> None:
        super().__init__()
        self.camera = Camera()
        self._drawn: Looked[Drawn] = Looked()

    @override
    def undone(self, turn: Turn, original: Operation) -> None:
        taken = self.opened().taken
        for line in original.lines:
            if not line.order_line:
                hurt = line.to_condition == Condition.DAMAGED
                back = Taken(line.item, line.item, -line.quantity, -line.quantity if hurt else 0)
                taken = more_taken(taken, back)
        self.change(state=self.scanning, unit=None, taken=taken)

    @override
    def redone(self, turn: Turn, made: Operation) -> None:
        taken = self.opened().taken
        for line in made.lines:
            if not line.order_line:
                row, hurt = turn.work.item_by_sku(line.item), line.to_condition
                name = row.name if row is not None else line.item
                damaged = line.quantity if hurt == Condition.DAMAGED else 0
                taken = more_taken(taken, Taken(line.item, name, line.quantity, damaged))
        self.change(taken=taken)

    @override
    def enter(self, turn: Turn, argument: str) -> None:
        # A photo is of the unit in hand; the next job has none yet.
        self.camera.drop(turn)
        super().enter(turn, argument)

    # --------------------------------------------------------------------------------- photos

    def photo(self, turn: Turn, _: Happening) -> None:
        """F5: the newest picture of the folder shows what this unit looks like."""
        turn.fate, self.next_flash = Fate.COMMAND, self.camera.ask(turn)

    def photo_taken(self, turn: Turn, happening: Happening) -> None:
        """It came, or it is no photo."""
        if happening.photo is not None:
            said, good = self.camera.take(turn, happening.photo)
            turn.accept(Sound.ACCEPTED) if good else turn.refuse(said)
            self.next_flash = said

    # ------------------------------------------------------------------------- what handlers use

    def unit(self) -> Unit:
        """What is in the hand."""
        unit = self.opened().unit
        if unit is None:
            raise Fault("Something was asked about a unit, and there is none.")
        return unit

    def board(self, turn: Turn) -> Board | None:
        """The document as it is counted now; None for what nobody announced."""
        job = self.next or self.job
        if job is None or not job.document:
            return None
        drawn = self.drawn(turn, job.document)
        return drawn.board if drawn is not None else None

    def drawn(self, turn: Turn, number: str) -> Drawn | None:
        """The same with its lines."""
        about, permille = (self.kind, number), self.tolerance(turn)
        return self._drawn.at(
            turn,
            number,
            lambda before: goods_lines.look(turn.work, about, before, permille, self.line_note),
        )

    def views(self, turn: Turn, beside: Iterable[LineView]) -> tuple[LineView, ...]:
        """The lines for the page, and behind them what came beside them."""
        job = self.job
        drawn = self.drawn(turn, job.document) if job is not None and job.document else None
        lines = drawn.views(job.current) if job is not None and drawn is not None else ()
        return (*lines, *beside)

    @abstractmethod
    def line_note(self, board: Board, line: DocumentLine) -> Text | None:
        """What else is said at a line."""

    def tolerance(self, turn: Turn) -> int:
        """How much more than announced may come without anybody being asked, in permille."""
        del turn
        return 0

    def placed(self, turn: Turn, unit: Unit) -> Placed:
        """At which lines units count."""
        board = self.board(turn)
        if board is None:
            return Placed((Share(0, unit.units),), 0)
        return board.place(unit.sku, unit.lot, unit.units)

    # ------------------------------------------------------------------------------- the list

    def listed(self, turn: Turn) -> ListView:
        """The documents to choose from."""
        job = self.next or self.job
        place, chosen = (job.page, job.chosen) if job is not None else (None, "")
        about = (turn.now, self.page.value, chosen)
        return goods_list.view(turn.work, self.kind, self.states, place, about)

    def choose(self, turn: Turn, happening: Happening) -> None:
        """Another row is looked at."""
        self.change(chosen=happening.argument)
        turn.fate = Fate.COMMAND

    def page_on(self, turn: Turn, _: Happening) -> None:
        """The next page of the list; after the last comes the first."""
        here = self.opened().page
        self.change(page=goods_list.after(turn.work, self.kind, self.states, here), chosen="")
        turn.fate = Fate.COMMAND

    def open_row(self, turn: Turn, happening: Happening) -> None:
        """Enter or a touch: the row; F10: the row that is looked at."""
        number = happening.argument or self.listed(turn).chosen
        if number:
            self._go(turn, number)
        else:
            self.problem(turn, text("goods.none"), text("goods.none_detail"))

    def document(self, turn: Turn, happening: Happening) -> None:
        """A document was scanned."""
        if happening.argument == self.kind:
            self._go(turn, happening.extra)
        else:
            detail = text("goods.other_kind_detail", code=happening.shown)
            self.problem(turn, text("goods.other_kind"), detail)

    def pallet(self, turn: Turn, happening: Happening) -> None:
        """The SSCC of a pallet or parcel that was announced by it."""
        if turn.work.document(self.kind, happening.argument) is None:
            detail = text("goods.other_kind_detail", code=happening.shown)
            self.problem(turn, text("goods.other_kind"), detail)
        else:
            self._go(turn, happening.argument)

    def blind(self, turn: Turn, _: Happening) -> None:
        """Nobody announced what comes."""
        self._go(turn, BLIND)

    def leave_list(self, turn: Turn, _: Happening) -> None:
        """Back to the board; there is nothing to come back to."""
        forget(turn.work, self.page, LIST)
        turn.fate = Fate.COMMAND
        self.leave(turn)

    def _go(self, turn: Turn, argument: str) -> None:
        forget(turn.work, self.page, LIST)
        turn.accept(Sound.ACCEPTED)
        turn.goto = (self.page, argument)

    def another(self, turn: Turn, happening: Happening) -> None:
        """A document was scanned while one is open."""
        number = happening.extra or happening.argument
        if number == self.opened().document:
            self.next_flash = text("goods.already_open", document=number)
            turn.fate = Fate.COMMAND
            return
        self.problem(turn, text("goods.another"), text("goods.another_detail", code=number))

    # ------------------------------------------------------------------------------- the page

    def list_screen(self, turn: Turn, ask: Prompt, none: Prompt, subtitle: Text) -> Screen:
        """The page of the list.

        Args:
            turn: The open turn.
            ask: What to do.
            none: What to say when there is nothing to choose.
            subtitle: How many there are.
        """
        shown, job = self.listed(turn), self.job
        wrong = error(job) if job is not None else None
        actions: tuple[Action, ...] = (
            Action("Esc", Intent.NO, text("key.leave")),
            Action("F7", Intent.BLIND, text("goods.key_blind")),
            Action(
                "F10",
                Intent.MAIN,
                text("goods.key_open"),
                enabled=bool(shown.rows),
                why_not=none.title,
                main=True,
            ),
        )
        return Screen(
            page=self.page,
            title=self.title,
            subtitle=subtitle,
            steps=trail(self.steps, 0),
            prompt=wrong or (ask if shown.rows else none),
            scan_hint=text("scan.hint"),
            choices=shown,
            actions=actions if wrong is None else (ACKNOWLEDGE,),
            locked=wrong is not None,
        )


def error(job: TaskJob) -> Prompt | None:
    """The problem of a job as a panel."""
    if job.problem is None:
        return None
    title, detail = job.problem.title, job.problem.detail
    return Prompt(Tone.ERROR, "octagon-x", title, detail, text("pack.ack_note"))


def _leave_list(flow: GoodsFlow[G], turn: Turn, happening: Happening) -> None:
    """As the flow at hand does it."""
    flow.leave_list(turn, happening)


def list_table(state: str) -> dict[tuple[str | None, Trigger], Handler]:
    """What may happen while a document is chosen."""
    return {
        (state, Trigger.CHOOSE): GoodsFlow.choose,
        (state, Trigger.NEXT): GoodsFlow.page_on,
        (state, Trigger.OPEN): GoodsFlow.open_row,
        (state, Trigger.MAIN): GoodsFlow.open_row,
        (state, Trigger.DOCUMENT): GoodsFlow.document,
        (state, Trigger.LABEL): GoodsFlow.pallet,
        (state, Trigger.BLIND): GoodsFlow.blind,
        (state, Trigger.NO): _leave_list,
        (state, Trigger.HOME): _leave_list,
        (state, Trigger.PAUSE): _leave_list,
    }
