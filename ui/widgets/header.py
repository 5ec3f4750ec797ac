"""The top of every page: what is worked on, how far, and the progress line."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStyle, QWidget
from typing_extensions import override

from app.station.screen import Screen, Step, StepState
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.kit import Kit

STEP_ICONS: dict[StepState, tuple[str, str] | None] = {
    StepState.DONE: ("check", "ok"),
    StepState.CURRENT: ("current", "accent"),
    StepState.TODO: None,
}
# A flow has at most this many steps (receive: choose, scan, lot, place, close).
STEPS_LIMIT = 6


class StepTrail(QWidget):
    """Choose ✔ · Scan ▶ · Weigh · Label; the marks are icons, so no font has to know them."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._steps: tuple[Step, ...] = ()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("gap") // 2)
        self._parts: list[tuple[QLabel, QLabel, QLabel]] = []
        for _ in range(STEPS_LIMIT):
            dot, mark, name = kit.label("muted"), QLabel(), kit.label("trail")
            dot.setText("·")
            for part in (dot, name, mark):
                part.hide()
                row.addWidget(part)
            self._parts.append((dot, mark, name))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Show the trail; nothing for a page without steps."""
        if steps == self._steps:
            return
        self._steps = steps
        words = self._kit.words
        for place, (dot, mark, name) in enumerate(self._parts):
            step = steps[place] if place < len(steps) else None
            dot.setVisible(step is not None and place > 0)
            name.setVisible(step is not None)
            sign = None if step is None else STEP_ICONS[step.state]
            mark.setVisible(sign is not None)
            if step is None:
                continue
            name.setText(words.say(step.label))
            current = step.state is StepState.CURRENT
            name.setFont(self._kit.theme.font("button", bold=current))
            name.setStyleSheet(f"font-weight: {700 if current else 400};")
            if sign is not None:
                mark.setPixmap(self._kit.picture(sign[0], sign[1], self, "button"))
        self.setAccessibleName(
            ", ".join(
                words.of(f"ui.step_{step.state.value}", step=words.say(step.label))
                for step in steps
            )
        )


class ProgressLine(QWidget):
    """Done of total as a bar; the numbers stand in the prompt's counter."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._done = 0
        self._total = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_progress(self, done: int, total: int) -> None:
        """Show `done` of `total`; an empty frame without a total."""
        if (done, total) == (self._done, self._total):
            return
        self._done, self._total = done, total
        self.setAccessibleName(self._kit.words.of("ui.progress", done=done, total=total))
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(100, self._kit.theme.px("progress"))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme, area = self._kit.theme, self.rect()
        if self._total <= 0:
            return
        painter = QPainter(self)
        painter.fillRect(area, theme.colour("surface"))
        filled = area.width() * min(self._done, self._total) // self._total
        done = QRect(area.x(), area.y(), filled, area.height())
        shown = QStyle.visualRect(self.layoutDirection(), area, done)
        painter.fillRect(shown, theme.colour("accent"))
        painter.setPen(theme.colour("line"))
        painter.drawRect(area.adjusted(0, 0, -1, -1))


class Header(QWidget):
    """Title, document and what is known about it; the step trail at the right."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._title = kit.label("header")
        self._document = kit.label("header")
        self._document.setFont(kit.theme.font("header", bold=True, code=True))
        self._subtitle = ElidedLabel(
            "subtitle"
        )  # gives way first; title, document and steps stay whole
        self.trail = StepTrail(kit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("gap") * 2)
        row.addWidget(self._title)
        row.addWidget(self._document)
        row.addWidget(self._subtitle, 1)
        row.addWidget(self.trail, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumHeight(kit.theme.px("icon_small") + kit.theme.px("gap"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_screen(self, screen: Screen) -> None:
        """Show what `screen` is about."""
        words = self._kit.words
        self._title.setText(words.say(screen.title))
        self._document.setText(screen.document)
        self._document.setVisible(bool(screen.document))
        self._subtitle.say(words.say(screen.subtitle))
        self.trail.show_steps(screen.steps)

    def show_title(self, title: str) -> None:
        """Show only a title: for the window's own pages (health, help)."""
        self._title.setText(title)
        self._document.hide()
        self._subtitle.say("")
        self.trail.show_steps(())
