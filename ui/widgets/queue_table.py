"""The queue of orders: a table of frozen rows, one of which may be chosen."""

from PySide6.QtWidgets import QAbstractItemView

from app.station.screen import QueueRow
from ui.announce import announce
from ui.models.rows import Column, RowLook
from ui.widgets.kit import Kit
from ui.widgets.row_table import RowTable

PAUSED = "paused"
# 1 is the most urgent and 5 the usual; down to here an order is marked.
URGENT_TO = 2
# Characters of a time of day.
HOUR = 5


class QueueTable(RowTable[QueueRow]):
    """Orders by priority and cut-off; one may be chosen with the arrow keys."""

    touched = True

    def __init__(self, kit: Kit) -> None:
        words = kit.words
        columns: tuple[Column[QueueRow], ...] = (
            Column(words.of("ui.column_order"), lambda row: row.order, True, 11),
            Column(words.of("ui.column_carrier"), lambda row: row.carrier),
            Column(words.of("ui.column_before"), lambda row: row.ship_before, False, HOUR),
            Column(words.of("ui.column_units"), self._units, False, 7),
            Column(words.of("ui.column_state"), self._state, False, 12),
        )
        super().__init__(kit, words.of("ui.queue"), columns, self._look)
        self._chosen = ""

    @property
    def chosen(self) -> str:
        """Number of the chosen order, or empty."""
        return self._chosen

    def show_queue(self, rows: tuple[QueueRow, ...]) -> None:
        """Show the queue; a choice stays with its order, wherever that went."""
        if self._chosen and all(row.order != self._chosen for row in rows):
            self._chosen = ""
        self.rows.show_rows(rows)
        # The hour alone when it is today; the day of another day is not cut.
        due = max((len(row.ship_before) for row in rows), default=0)
        self.fit_columns((11, 0, max(due, HOUR), 7, 12))

    def move_choice(self, step: int) -> None:
        """Choose the next (+1) or the one before (−1); before the first nothing is chosen."""
        orders = [row.order for row in self.rows.rows]
        at = orders.index(self._chosen) if self._chosen in orders else -1
        at = min(max(at + step, -1), len(orders) - 1)
        self._chosen = orders[at] if at >= 0 else ""
        self.viewport().update()
        if at >= 0:
            self.scrollTo(self.rows.index(at, 0), QAbstractItemView.ScrollHint.EnsureVisible)
            announce(self, self._chosen)

    def choose(self, order: str) -> None:
        """Choose by number; empty for none."""
        self._chosen = order
        self.viewport().update()

    def _units(self, row: QueueRow) -> str:
        return f"{self.kit.words.number(row.done)} / {self.kit.words.number(row.units)}"

    def _state(self, row: QueueRow) -> str:
        words = self.kit.words
        if row.state == PAUSED:
            return words.of("ui.queue_paused")
        if not row.mine:
            return words.of("ui.queue_elsewhere")
        return words.of("ui.queue_started") if row.done else ""

    def _look(self, row: QueueRow) -> RowLook:
        ground = "ok_bg" if row.order == self._chosen else ""
        mark, ink = "", "text"
        if row.order == self._chosen:
            mark, ink = "current", "text"
        elif row.state == PAUSED:
            mark, ink = "circle-pause", "accent"
        elif row.priority <= URGENT_TO:
            mark, ink = "triangle-alert", "warn"
        bold = bool(ground) or row.state == PAUSED
        return RowLook("text" if row.mine else "muted", ground, bold, mark, ink)
