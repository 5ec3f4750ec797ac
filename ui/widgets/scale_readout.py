"""The live weight, big enough for the far end of the bench, and where it lies in the range.

A number that is not settled is dimmed and says so in words: only `stable` and `zero` look settled.
"""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.weight import Reading, WeightRange, WeightState
from app.station.screen import WeighView
from ui.widgets.kit import Kit

# The bar shows the range in its middle half: a packer sees how far off a wrong box is.
RANGE_SHARE_PER_CENT = 50
SMALLEST_WEIGHT = 44
STATE_LOOKS: dict[WeightState, tuple[str, str]] = {
    WeightState.STABLE: ("check", "ok"),
    WeightState.ZERO: ("check", "muted"),
    WeightState.MOVING: ("hourglass", "muted"),
    WeightState.WAITING: ("hourglass", "muted"),
    WeightState.OVER: ("triangle-alert", "warn"),
    WeightState.UNDER: ("triangle-alert", "warn"),
    WeightState.ERROR: ("triangle-alert", "warn"),
}


class RangeBar(QWidget):
    """The expected range as a band, the weight as a needle on it."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._range: WeightRange | None = None
        self._weight: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_weight(self, expected: WeightRange | None, weight_mg: int | None) -> None:
        """Show `weight_mg` against `expected`."""
        if (expected, weight_mg) != (self._range, self._weight):
            self._range, self._weight = expected, weight_mg
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(100, self._kit.theme.px("target") * 3 // 4)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._range is None:
            return
        theme, area = self._kit.theme, self.rect()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall = area.height() // 2
        track = QRect(area.x() + 1, area.y() + tall // 2, area.width() - 2, tall)
        painter.setPen(QPen(theme.colour("line"), theme.px("border")))
        painter.setBrush(theme.colour("surface"))
        painter.drawRect(track)
        left, right = (position(mg, self._range, track.width()) for mg in self._edges())
        band = QRect(track.x() + left, track.y(), right - left, tall)
        painter.setPen(QPen(theme.colour("ok"), theme.px("border")))
        painter.setBrush(theme.colour("ok_bg"))
        painter.drawRect(band)
        if self._weight is None:
            return
        at = track.x() + position(self._weight, self._range, track.width())
        painter.setPen(QPen(theme.colour("text"), theme.px("edge") * 2))
        at = min(max(at, track.left() + 4), track.right() - 4)
        painter.drawLine(at, area.top() + 2, at, area.bottom() - 2)

    def _edges(self) -> tuple[int, int]:
        assert self._range is not None  # noqa: S101 — asked for only when there is a range
        return self._range.low_mg, self._range.high_mg


def position(weight_mg: int, expected: WeightRange, width: int) -> int:
    """Pixel of a weight on a bar whose middle half is the range; far off stops at the ends."""
    span = max(expected.high_mg - expected.low_mg, 1)
    start = width * (100 - RANGE_SHARE_PER_CENT) // 200
    inner = width * RANGE_SHARE_PER_CENT // 100
    return min(max(start + (weight_mg - expected.low_mg) * inner // span, 0), width)


class ScaleReadout(QWidget):
    """Weight, its state in words, the bar, and the range in words."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._expected: WeightRange | None = None
        self._accepted: int | None = None
        self.weight = QLabel()
        self.weight.setTextFormat(Qt.TextFormat.PlainText)
        self._mark = QLabel()
        self.state = kit.label("must-read")
        self.verdict = kit.label("must-read", wrap=True)
        self.range = kit.label("body", wrap=True)
        self._sign = QLabel()
        self._bar = RangeBar(kit)
        top = QHBoxLayout()
        top.setSpacing(kit.theme.px("gap") * 2)
        top.addWidget(self.weight)
        top.addWidget(self._mark)
        top.addWidget(self.state)
        top.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(kit.theme.px("gap") // 2)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self.range)
        judged = QHBoxLayout()
        judged.addWidget(self._sign)
        judged.addWidget(self.verdict, 1)
        column.addLayout(judged)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """The weight takes a third of the room, never below what the far end of the bench needs."""
        super().resizeEvent(event)
        pixels = min(max(event.size().height() // 3, SMALLEST_WEIGHT), self._kit.theme.px("weight"))
        self.weight.setFont(self._kit.theme.font_px(pixels, bold=True))

    def show_weigh(self, view: WeighView) -> None:
        """Show the weigh step; the live reading comes by `show_reading`."""
        self._expected, self._accepted = view.expected, view.accepted_mg
        words, expected = self._kit.words, view.expected
        self.range.setText(
            words.of(
                "ui.weigh_range",
                low=words.weight(expected.low_mg),
                high=words.weight(expected.high_mg),
                expected=words.weight(expected.expected_mg),
            )
        )
        self.show_reading(view.reading)

    def show_reading(self, reading: Reading | None) -> None:
        """Show a live reading; None while nothing is heard from the scale."""
        words = self._kit.words
        state = WeightState.WAITING if reading is None else reading.state
        weight = None if reading is None else reading.weight_mg
        usable = reading is not None and reading.usable
        # An empty scale is no box that is too light.
        loaded = usable and state is not WeightState.ZERO
        self.weight.setText(words.weight(weight))
        self.weight.setStyleSheet(
            f"color: {self._kit.theme.colour('text' if usable else 'muted').name()};"
        )
        icon, token = STATE_LOOKS[state]
        self._mark.setPixmap(self._kit.picture(icon, token, self, "must_read"))
        self.state.setText(words.of(f"device.weight_{state.value}"))
        self._bar.show_weight(self._expected, weight)
        self.verdict.setText(self._judge(weight, loaded=loaded))
        inside = weight is not None and self._expected is not None and self._expected.holds(weight)
        sign, ink = ("circle-check", "ok") if inside else ("triangle-alert", "warn")
        self._sign.setVisible(bool(self.verdict.text()))
        self._sign.setPixmap(self._kit.picture(sign, ink, self, "must_read"))
        self.setAccessibleName(
            ". ".join((self.weight.text(), self.state.text(), self.verdict.text()))
        )

    def _judge(self, weight_mg: int | None, *, loaded: bool) -> str:
        """In words what the bar shows; the station alone decides whether it counts."""
        words, expected = self._kit.words, self._expected
        if self._accepted is not None:
            return words.of("ui.weigh_accepted", weight=words.weight(self._accepted))
        if expected is None or weight_mg is None or not loaded:
            return ""
        if expected.holds(weight_mg):
            return words.of("ui.weigh_inside")
        if weight_mg < expected.low_mg:
            return words.of("ui.weigh_below", by=words.weight(expected.low_mg - weight_mg))
        return words.of("ui.weigh_above", by=words.weight(weight_mg - expected.high_mg))
