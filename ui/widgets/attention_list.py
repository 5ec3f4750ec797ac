"""What needs this person: exceptions, refusals, held operations, as whole sentences."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.station.screen import AttentionRow
from ui.widgets.kit import Kit

# Nobody works down more than this at a bench; the count above the list says how many there are.
SHOWN = 20
SEVERITY_LOOKS = {"high": ("octagon-x", "err"), "medium": ("triangle-alert", "warn")}
OTHER_LOOK = ("minus", "muted")


class AttentionList(QScrollArea):
    """Sentences that wrap, each with its mark and age."""

    def __init__(self, kit: Kit, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._kit, self._now = kit, now
        self._rows: tuple[AttentionRow, ...] = ()
        self._parts: list[tuple[QLabel, QLabel, QLabel]] = []
        self.setAccessibleName(kit.words.of("ui.attention"))
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(kit.theme.px("gap"))
        self._grid.setVerticalSpacing(kit.theme.px("gap"))
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.setWidget(inside)

    @property
    def shown(self) -> tuple[str, ...]:
        """The sentences that can be read."""
        return tuple(sentence.text() for _, sentence, _ in self._parts if not sentence.isHidden())

    def show_rows(self, rows: tuple[AttentionRow, ...]) -> None:
        """Show `rows`; labels are kept and used again."""
        rows = rows[:SHOWN]
        if rows == self._rows:
            return
        self._rows = rows
        while len(self._parts) < len(rows):
            self._add_row()
        top = Qt.AlignmentFlag.AlignTop
        for place, (mark, sentence, age) in enumerate(self._parts):
            for part in (mark, sentence, age):
                part.setVisible(place < len(rows))
            if place >= len(rows):
                continue
            row = rows[place]
            icon, token = SEVERITY_LOOKS.get(row.severity, OTHER_LOOK)
            mark.setPixmap(self._kit.picture(icon, token, self))
            mark.setAlignment(top)
            sentence.setText(self._kit.words.sentence(row.sentence))
            age.setText(self._kit.words.since(row.since, self._now()))

    def _add_row(self) -> None:
        kit, place = self._kit, len(self._parts)
        parts = (QLabel(), kit.label("body", wrap=True), kit.label("muted"))
        for column, part in enumerate(parts):
            self._grid.addWidget(part, place, column)
        parts[1].setAlignment(Qt.AlignmentFlag.AlignTop)
        parts[2].setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self._parts.append(parts)
