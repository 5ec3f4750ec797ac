"""One change: before, asked for and after in a table, then the change in words and its story."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from app.station.cases import CaseView, Fact, Figure
from ui.widgets.kit import Kit, set_state
from ui.widgets.scroll_page import ScrollPage

DASH = "—"
# Whatever it is about: nothing shows more at a bench.
FIGURES, FACTS = 4, 8


class CaseCard(QWidget):
    """A case; labels are kept and used again.

    Args:
        kit: Theme and words.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setAccessibleName(kit.words.of("ui.case_table"))
        self.title = kit.label("section", wrap=True)
        self.change = kit.label("must-read", wrap=True)
        self.limit = kit.label("section", wrap=True)
        gap = kit.theme.px("gap")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(gap, 0, gap, 0)
        column.setSpacing(gap)
        column.addWidget(self.title)
        self._figures = self._grid(4)
        self._rows = [self._figure_row(row) for row in range(FIGURES + 1)]
        column.addLayout(self._figures)
        column.addWidget(self.change)
        column.addWidget(self.limit)
        self._story = self._grid(2)
        self._facts = [self._fact_row(row) for row in range(FACTS)]
        column.addLayout(self._story)
        column.addStretch(1)
        self.area = ScrollPage(inside)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.area)
        for label, code in zip(
            self._rows[0][1:], ("ui.case_before", "ui.case_asked", "ui.case_after"), strict=True
        ):
            label.setText(kit.words.of(code))

    def show_case(self, case: CaseView | None) -> None:
        """Show a case, or nothing."""
        self.area.setVisible(case is not None)
        if case is None:
            return
        say = self._kit.words.say
        self.title.setText(say(case.title))
        self.change.setText(say(case.change))
        self.limit.setText(say(case.limit))
        self.limit.setVisible(case.limit is not None)
        set_state(self.limit, "waits", case.waits)
        for place, labels in enumerate(self._rows[1:]):
            self._show_figure(labels, case.figures[place] if place < len(case.figures) else None)
        for place, pair in enumerate(self._facts):
            self._show_fact(pair, case.facts[place] if place < len(case.facts) else None)

    def scroll_page(self, direction: int) -> None:
        """Page up (−1) or down (+1)."""
        self.area.scroll_page(direction)

    def _show_figure(self, labels: tuple[QLabel, ...], figure: Figure | None) -> None:
        for label in labels:
            label.setVisible(figure is not None)
        if figure is None:
            return
        numbers = (figure.before, figure.asked, figure.after)
        labels[0].setText(self._kit.words.say(figure.label))
        for label, number in zip(labels[1:], numbers, strict=True):
            label.setText(self._number(number, money=figure.money))
        for label in labels:
            set_state(label, "part", "section" if figure.main else "body")
        changed = figure.after is not None and figure.after != figure.before
        set_state(labels[3], "changed", changed)

    def _show_fact(self, pair: tuple[QLabel, QLabel], fact: Fact | None) -> None:
        for label in pair:
            label.setVisible(fact is not None)
        if fact is not None:
            pair[0].setText(self._kit.words.say(fact.label))
            pair[1].setText(self._kit.words.say(fact.said))

    def _number(self, number: int | None, *, money: bool) -> str:
        if number is None:
            return DASH
        return self._kit.words.money(number) if money else self._kit.words.number(number)

    def _grid(self, columns: int) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(self._kit.theme.px("margin"))
        grid.setVerticalSpacing(self._kit.theme.px("gap") // 2)
        grid.setColumnStretch(columns - 1, 1)
        return grid

    def _figure_row(self, row: int) -> tuple[QLabel, ...]:
        part = "muted" if row == 0 else "body"
        labels = tuple(self._kit.label(part) for _ in range(4))
        for column, label in enumerate(labels):
            self._figures.addWidget(label, row, column)
        return labels

    def _fact_row(self, row: int) -> tuple[QLabel, QLabel]:
        pair = (self._kit.label("muted"), self._kit.label("body", wrap=True))
        for column, label in enumerate(pair):
            self._story.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        return pair
