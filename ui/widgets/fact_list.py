"""Facts beside a list or lines: a label and what is said, one under the other."""

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.station.cases import Fact
from ui.widgets.kit import Kit
from ui.widgets.scroll_page import ScrollPage

# Whatever it is about: nothing shows more at a bench.
MOST = 24
# What no line is broken in.
_WORD = re.compile(r"[^\s/-]+[/-]?")


class FactList(QWidget):
    """Facts; labels are kept and used again.

    Args:
        kit: Theme and words.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        gap = kit.theme.px("gap")
        inside = QWidget()
        grid = QGridLayout()
        grid.setHorizontalSpacing(kit.theme.px("margin"))
        grid.setVerticalSpacing(gap // 2)
        grid.setColumnStretch(1, 1)
        self._pairs = [(kit.label("muted"), kit.label("body", wrap=True)) for _ in range(MOST)]
        for row, pair in enumerate(self._pairs):
            for column, label in enumerate(pair):
                grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        column_ = QVBoxLayout(inside)
        column_.setContentsMargins(gap, 0, gap, 0)
        column_.addLayout(grid)
        column_.addStretch(1)
        self.area = ScrollPage(inside)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.area)

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Show facts; nothing at all without any."""
        self.setVisible(bool(facts))
        for place, (label, said) in enumerate(self._pairs):
            fact = facts[place] if place < len(facts) else None
            label.setVisible(fact is not None)
            said.setVisible(fact is not None)
            if fact is not None:
                label.setText(self._kit.words.say(fact.label))
                said.setText(self._kit.words.say(fact.said))

    @property
    def wanted_px(self) -> int:
        """Width in which every fact that is shown stands on one line."""
        wide = [0, 0]
        for pair in self._pairs:
            for column, label in enumerate(pair):
                if not label.isHidden():
                    line = label.fontMetrics().horizontalAdvance(label.text())
                    wide[column] = max(wide[column], line)
        theme = self._kit.theme
        return sum(wide) + theme.px("margin") * 2 + theme.px("gap") * 3

    @property
    def least_px(self) -> int:
        """Width in which no word of them is cut: a number of a parcel has nowhere to break."""
        label, word = 0, 0
        for name, said in self._pairs:
            if not name.isHidden():
                metrics = said.fontMetrics()
                label = max(label, name.fontMetrics().horizontalAdvance(name.text()))
                words = _WORD.findall(said.text())
                word = max(word, max(map(metrics.horizontalAdvance, words), default=0))
        theme = self._kit.theme
        return label + word + theme.px("margin") * 2 + theme.px("gap") * 3

    def scroll_page(self, direction: int) -> None:
        """Page up (−1) or down (+1)."""
        self.area.scroll_page(direction)
