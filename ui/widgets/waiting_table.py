"""What waits for a decision: kind, item, change, age; the chosen one is marked."""

from collections.abc import Callable
from datetime import datetime

from app.station.cases import WaitingView
from ui.models.rows import Column, RowLook
from ui.widgets.kit import Kit
from ui.widgets.row_table import RowTable

KIND_CHARACTERS, CHANGE_CHARACTERS, AGE_CHARACTERS = 9, 4, 5
# With larger letters the name of the item needs the room; why it was asked for is in the case.
KIND_TO_PERCENT = 120


class WaitingTable(RowTable[WaitingView]):
    """Requests, the oldest first.

    Args:
        kit: Theme and words.
        now: For ages.
    """

    touched = True

    def __init__(self, kit: Kit, now: Callable[[], datetime]) -> None:
        words = kit.words
        self._now = now
        self._chosen = ""
        kind: Column[WaitingView] = Column(
            words.of("ui.column_kind"), lambda row: words.say(row.kind), False, KIND_CHARACTERS
        )
        columns: tuple[Column[WaitingView], ...] = (
            Column(words.of("ui.column_item"), lambda row: row.item),
            Column(words.of("ui.column_change"), self._change, False, CHANGE_CHARACTERS),
            Column(
                words.of("ui.column_age"),
                lambda row: words.since(row.asked_at, self._now()),
                False,
                AGE_CHARACTERS,
            ),
        )
        if kit.theme.scale_percent <= KIND_TO_PERCENT:
            columns = (kind, *columns)
        super().__init__(kit, words.of("ui.waiting_list"), columns, self._look)

    def show_waiting(self, rows: tuple[WaitingView, ...], chosen: str) -> None:
        """Show what waits, and which of it is looked at."""
        changed, self._chosen = chosen != self._chosen, chosen
        self.rows.show_rows(rows)
        if changed:
            self.viewport().update()
        ids = [row.id for row in rows]
        self.keep_in_view(ids.index(chosen) if chosen in ids else None)

    def beside(self, step: int) -> str:
        """The id of the next (+1) row or the one before (−1)."""
        ids = [row.id for row in self.rows.rows]
        if not ids:
            return ""
        at = ids.index(self._chosen) if self._chosen in ids else -1
        return ids[min(max(at + step, 0), len(ids) - 1)]

    def _change(self, row: WaitingView) -> str:
        sign = "+" if row.change > 0 else ""
        return f"{sign}{self.kit.words.number(row.change)}"

    def _look(self, row: WaitingView) -> RowLook:
        here = row.id == self._chosen
        ground = "ok_bg" if here else ""
        if row.decided:
            spoken = self.kit.words.of("ui.waiting_provisional")
            return RowLook("muted", ground, here, "hourglass", "muted", spoken)
        mark, ink, code = _mark(row)
        return RowLook("text", ground, here, mark, ink, self.kit.words.of(f"{code}"))


def _mark(row: WaitingView) -> tuple[str, str, str]:
    """Icon, its colour and what is read out: marked, may be marked, or why it may not."""
    if row.marked:
        return "square-check", "accent", "ui.waiting_marked"
    if row.mine:
        return "user", "muted", "ui.waiting_mine"
    if row.written:
        return "keyboard", "warn", "ui.waiting_written"
    return "square", "muted", "ui.waiting_open"
