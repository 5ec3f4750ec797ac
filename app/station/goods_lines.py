"""Lines of a delivery or a return as the page shows them; of thousands one changes with a scan."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from app.contract.messages import DocumentLine
from app.domain.document import Measure
from app.domain.text import Text
from app.station.goods_board import Board, board_of
from app.station.ports import Work
from app.station.screen import LineState, LineView

Note = Callable[[Board, DocumentLine], Text | None]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A board and its lines, of which none is marked as the current one.

    Attributes:
        board: What is counted.
        lines: A view of each line.
    """

    board: Board
    lines: tuple[LineView, ...]

    @classmethod
    def whole(cls, board: Board, note: Note) -> "Drawn":
        """Every line."""
        return cls(board, tuple(_view(board, line, note) for line in board.plan.row.lines))

    def after(self, board: Board, changed: Iterable[int], note: Note) -> "Drawn":
        """The same with these lines drawn again."""
        places = {board.plan.places[line] for line in changed if line in board.plan.places}
        if not places:
            return Drawn(board, self.lines)
        shown = list(self.lines)
        for place in places:
            shown[place] = _view(board, board.plan.row.lines[place], note)
        return Drawn(board, tuple(shown))

    def views(self, current: int) -> tuple[LineView, ...]:
        """Every line; the one that was counted last is marked."""
        place = self.board.plan.places.get(current)
        if place is None:
            return self.lines
        here = replace(self.lines[place], state=LineState.CURRENT)
        return (*self.lines[:place], here, *self.lines[place + 1 :])


def look(
    work: Work, about: tuple[str, str], before: Drawn | None, permille: int, note: Note
) -> Drawn | None:
    """A document as it is counted now; None when the book has none of that number.

    Args:
        work: The open transaction.
        about: Kind and number.
        before: As it was seen last, perhaps another one: of it is used again what is as it was.
        permille: The site's tolerance.
        note: What else is said at a line.
    """
    version = work.document_version(*about)
    if version is None:
        return None
    if before is not None and before.board.plan.is_of(about, version, permille):
        news = work.counted_since(*about, before.board.mark)
        board = before.board.after(news)
        return Drawn.whole(board, note) if news.whole else before.after(board, news.counted, note)
    found = board_of(work, about, permille)
    return None if found is None else Drawn.whole(found, note)


def _view(board: Board, line: DocumentLine, note: Note) -> LineView:
    item = board.plan.items.get(line.item)
    return LineView(
        line=line.line,
        sku=line.item,
        name=item.name if item is not None else line.item,
        place=item.home if item is not None else "",
        done=board.at(line.line, Measure.RECEIVED),
        wanted=line.quantity,
        state=_state(board, line),
        short=board.at(line.line, Measure.CLOSED),
        note=note(board, line),
    )


def _state(board: Board, line: DocumentLine) -> LineState:
    if board.open_of(line):
        return LineState.OPEN
    return LineState.SHORT if board.at(line.line, Measure.CLOSED) else LineState.DONE
