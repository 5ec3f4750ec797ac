"""The prompt panel: the one instruction of a page, in five forms.

Icon, words, border and colour differ in each form, and each has its own sound elsewhere: no form is
told by colour alone. The panel has one height; texts shrink and at last are elided inside it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QWidget
from typing_extensions import override

from app.station.screen import Prompt, Tone
from ui import icons
from ui.announce import announce
from ui.widgets.fit import Block, Fitted, breakable, fit, unbroken
from ui.widgets.kit import Kit

Announce = Callable[..., None]
# The counter may not push the words out: beyond this share of the panel it shrinks.
COUNTER_SHARE = 4
# Down to here detail and note give way before the one instruction does.
TITLE_COMFORT = 40
DASHES = [4.0, 3.0]


@dataclass(frozen=True, slots=True)
class Form:
    """How one tone looks: tokens, the icon when the prompt names none, the kind of border."""

    ink: str
    ground: str
    edge: str
    icon: str
    dashed: bool = False


FORMS: dict[Tone, Form] = {
    Tone.ASK: Form("text", "surface", "text", "scan-barcode"),
    Tone.OK: Form("ok", "ok_bg", "ok", "circle-check"),
    Tone.WARN: Form("warn", "warn_bg", "warn", "triangle-alert"),
    Tone.ERROR: Form("on_err", "err_bg", "on_err", "octagon-x"),
    Tone.BUSY: Form("muted", "surface", "muted", "hourglass", dashed=True),
}


class ScanPrompt(QWidget):
    """The panel.

    Args:
        kit: Theme and words.
        speak: Tells the screen reader; replaced in tests.
    """

    def __init__(self, kit: Kit, speak: Announce = announce) -> None:
        super().__init__()
        self._kit = kit
        self._speak = speak
        self._prompt: Prompt | None = None
        self._said = ""
        self._icon = QLabel(self)
        self._texts = (QLabel(self), QLabel(self), QLabel(self))
        self._counter = QLabel(self)
        self._unit = QLabel(self)
        for label in (*self._texts, self._counter, self._unit):
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in self._texts:
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for label in (self._counter, self._unit):
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def tone(self) -> Tone | None:
        """The form it has now."""
        return None if self._prompt is None else self._prompt.tone

    @property
    def shown(self) -> tuple[str, ...]:
        """The texts as they are drawn: title, detail, note; empty ones left out."""
        return tuple(unbroken(label.text()) for label in self._texts if label.text())

    def show_prompt(self, prompt: Prompt) -> None:
        """Show `prompt`, and tell the screen reader when its words changed."""
        if prompt == self._prompt:
            return
        self._prompt = prompt
        self._arrange()
        self.update()
        words = self._kit.words
        said = ". ".join(
            words.say(part) for part in (prompt.title, prompt.detail, prompt.note) if part
        )
        # The name follows the words: a fixed one would hide them from a screen reader.
        self.setAccessibleName(said)
        if said != self._said:
            self._said = said
            self._speak(self, said, assertive=prompt.tone is Tone.ERROR)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._kit.theme.px("icon") * 5, self._kit.theme.px("prompt"))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._kit.theme.floor_px("icon"))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._kit.theme
        form = self._form()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.colour(form.edge), theme.px("edge"))
        if form.dashed:
            pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.setBrush(theme.colour(form.ground))
        half = theme.px("edge") // 2 + 1
        radius = theme.px("radius")
        painter.drawRoundedRect(self.rect().adjusted(half, half, -half, -half), radius, radius)

    def _form(self) -> Form:
        return FORMS[self._prompt.tone if self._prompt else Tone.BUSY]

    def _arrange(self) -> None:
        if self._prompt is None or self.width() <= 0:
            return
        prompt, theme = self._prompt, self._kit.theme
        pad = theme.px("margin")
        inner = self.rect().adjusted(pad, theme.px("gap"), -pad, -theme.px("gap"))
        icon_px = max(
            1, min(theme.px("icon"), inner.height() - theme.px("gap"), inner.width() // 5)
        )
        self._place_icon(prompt, QRect(inner.left(), inner.top(), icon_px, inner.height()), icon_px)
        counter = self._place_counter(prompt, inner)
        left = inner.left() + icon_px + pad
        column = QRect(left, inner.top(), max(1, inner.right() - counter - left), inner.height())
        self._place_texts(prompt, column)

    def _place_icon(self, prompt: Prompt, place: QRect, pixels: int) -> None:
        form = self._form()
        picture = icons.pixmap(
            prompt.icon or form.icon,
            self._kit.theme.colour(form.ink),
            pixels,
            self.devicePixelRatioF(),
        )
        self._icon.setPixmap(picture)
        self._icon.setGeometry(self._mirrored(place))

    def _place_counter(self, prompt: Prompt, inner: QRect) -> int:
        """Place the counter at the right; the width it takes, with its gap."""
        counting = prompt.done is not None
        self._counter.setVisible(counting)
        self._unit.setVisible(counting)
        if prompt.done is None:
            self._counter.clear()
            self._unit.clear()
            return 0
        theme, words = self._kit.theme, self._kit.words
        shown = words.number(prompt.done)
        if prompt.total is not None:
            shown = f"{shown} / {words.number(prompt.total)}"
        room = max(1, inner.width() // COUNTER_SHARE)
        blocks = [Block(shown, theme.px("counter"), theme.floor_px("must_read"), bold=True)]
        unit = words.say(prompt.unit)
        if unit:
            blocks.append(Block(unit, theme.px("body"), theme.floor_px("min")))
        fitted = fit(blocks, room, inner.height(), 0, self._measure_line)
        width = max(self._measure_line(one.text, one.size, True, room)[0] for one in fitted)
        top = inner.top() + (inner.height() - sum(one.height for one in fitted)) // 2
        for label, one, bold in zip(
            (self._counter, self._unit), fitted, (True, False), strict=False
        ):
            self._dress(label, one, bold=bold)
            place = QRect(inner.right() - width, top, width + 1, one.height)
            label.setGeometry(self._mirrored(place))
            top += one.height
        return width + theme.px("margin")

    def _place_texts(self, prompt: Prompt, column: QRect) -> None:
        theme, words = self._kit.theme, self._kit.words
        must_read, smallest = theme.floor_px("must_read"), theme.floor_px("detail")
        wanted = (
            (prompt.title, theme.px("title"), must_read, True, TITLE_COMFORT),
            (prompt.detail, theme.px("detail"), smallest, False, 0),
            (prompt.note, theme.px("note"), smallest, True, 0),
        )
        rows = [
            (label, Block(breakable(words.say(what)), size, floor, bold, comfort))
            for label, (what, size, floor, bold, comfort) in zip(self._texts, wanted, strict=True)
            if what is not None
        ]
        gap = theme.floor_px("gap") // 2
        fitted = fit(
            [block for _, block in rows], column.width(), column.height(), gap, self._measure
        )
        used = sum(one.height for one in fitted) + gap * (len(fitted) - 1)
        top = column.top() + max(0, (column.height() - used) // 2)
        for label in self._texts:
            label.clear()
            label.hide()
        for (label, block), one in zip(rows, fitted, strict=True):
            self._dress(label, one, bold=block.bold)
            label.setToolTip(unbroken(block.text) if one.elided else "")
            place = QRect(column.left(), top, column.width(), one.height)
            label.setGeometry(self._mirrored(place))
            label.show()
            top += one.height + gap

    def _mirrored(self, place: QRect) -> QRect:
        """Where a part lies: from the right in languages that are read from there."""
        return QStyle.visualRect(self.layoutDirection(), self.rect(), place)

    def _dress(self, label: QLabel, fitted: Fitted, *, bold: bool) -> None:
        theme = self._kit.theme
        label.setText(fitted.text)
        weight = 700 if bold else 400
        style = (
            f"font-size: {fitted.size}px; font-weight: {weight};"
            f" color: {theme.colour(self._form().ink).name()}; background: transparent;"
        )
        # Parsing a style sheet costs more than everything else here together.
        if label.styleSheet() != style:
            label.setStyleSheet(style)

    def _measure_line(self, text: str, size: int, bold: bool, width: int) -> tuple[int, int]:
        """A counter is never wrapped: “7,440 /” above “15,000” is two numbers."""
        del width
        metrics = QFontMetrics(self._kit.theme.font_px(size, bold=bold))
        return metrics.horizontalAdvance(text), metrics.height()

    def _measure(self, text: str, size: int, bold: bool, width: int) -> tuple[int, int]:
        metrics = QFontMetrics(self._kit.theme.font_px(size, bold=bold))
        box = metrics.boundingRect(QRect(0, 0, width, 10_000), Qt.TextFlag.TextWordWrap.value, text)
        return box.width(), box.height()
