"""Dashboards: numbers above and bars below, or a list with its bars at the right."""

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.station.charts import Chart
from app.station.inbox import Do, Intent
from app.station.screen import Screen
from ui.pages.task import TaskPage
from ui.widgets.bar_chart import BarChart
from ui.widgets.kit import Kit
from ui.widgets.scroll_page import ScrollPage
from ui.widgets.tile_board import TileBoard

# Beside each other under the numbers, or under each other beside a list.
CHARTS = 3
# What the numbers take at 100 %; larger ones scroll, so that the sentence above stays whole.
MOST_PX = 390


class DashboardsPage(TaskPage):
    """A digit opens the list behind a number; in a list, keys are those of every list."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.tiles = TileBoard(kit)
        self.tiles.chosen.connect(self._open)
        self.below = [BarChart(kit) for _ in range(CHARTS)]
        self.beside = [BarChart(kit) for _ in range(CHARTS)]
        gap = kit.theme.px("gap")
        inside = QWidget()
        column = self._inside = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(self.tiles)
        row = QHBoxLayout()
        row.setSpacing(gap * 2)
        for chart in self.below:
            row.addWidget(chart, 1)
        column.addLayout(row)
        column.addStretch(1)
        self.area = ScrollPage(inside)
        self._column_beside = QWidget()
        right = QVBoxLayout(self._column_beside)
        right.setContentsMargins(gap, 0, 0, 0)
        for chart in self.beside:
            right.addWidget(chart)
        right.addStretch(1)
        self.side = ScrollPage(self._column_beside)
        own = self.layout()
        if isinstance(own, QHBoxLayout):
            own.addWidget(self.area, 1)
            own.addWidget(self.side, 3)

    @override
    def show_screen(self, screen: Screen) -> None:
        super().show_screen(screen)
        board = screen.board
        tiles = board.tiles if board is not None else ()
        charts = board.charts if board is not None else ()
        self.tiles.show_tiles(tiles)
        _show(self.below, charts if tiles else ())
        _show(self.beside, () if tiles else charts)
        self.area.setVisible(bool(tiles))
        self.side.setVisible(bool(charts) and not tiles)

    @override
    def minimumSizeHint(self) -> QSize:
        """All numbers and bars, while the window has the room: the prompt is one sentence here."""
        if not self.area.isVisibleTo(self):
            return super().minimumSizeHint()
        tall = self._inside.totalMinimumHeightForWidth(max(self.width(), 1))
        return QSize(0, min(tall, MOST_PX * 100 // self.kit.theme.scale_percent))

    @override
    def scroll_page(self, direction: int) -> None:
        if self.area.isVisibleTo(self):
            self.area.scroll_page(direction)
        else:
            super().scroll_page(direction)

    @override
    def key(self, name: str) -> bool:
        return self.tiles.press(name) or super().key(name)

    @Slot(str)
    def _open(self, key: str) -> None:
        self.do(Do(Intent.CHOOSE, key))


def _show(widgets: list[BarChart], charts: tuple[Chart, ...]) -> None:
    for place, widget in enumerate(widgets):
        widget.show_chart(charts[place] if place < len(charts) else None)
