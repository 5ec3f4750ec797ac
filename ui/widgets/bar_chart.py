"""Bars side by side or one under another, painted by hand: each with its label and its number.

A bar is never told by its colour: what is wrong is hatched as well, and its number is text. The
whole chart is read out as one sentence.
"""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.domain.text import Text
from app.station.charts import Bar, Chart, Look
from ui.widgets.kit import Kit

# More than this is a table; hours of a long shift and days of a week are fewer.
MOST = 16
# A value that is not nothing can be seen.
LEAST_PX = 3
INKS: dict[Look, str] = {
    Look.PLAIN: "accent",
    Look.GOOD: "ok",
    Look.WATCH: "warn",
    Look.BAD: "err",
}
# Whole for what is as it should be; what is not is told from it without colour, too.
PATTERNS: dict[Look, Qt.BrushStyle] = {
    Look.PLAIN: Qt.BrushStyle.SolidPattern,
    Look.GOOD: Qt.BrushStyle.SolidPattern,
    Look.WATCH: Qt.BrushStyle.Dense4Pattern,
    Look.BAD: Qt.BrushStyle.BDiagPattern,
}


class BarChart(QWidget):
    """One chart, its name above it; bars lie, so that labels and numbers stay whole.

    Args:
        kit: Theme and words.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._chart: Chart | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is shown: the latest, when there are too many."""
        return self._chart.bars[-MOST:] if self._chart is not None else ()

    def show_chart(self, chart: Chart | None) -> None:
        """Show a chart; nothing for None."""
        self.setVisible(chart is not None)
        if chart == self._chart:
            return
        self._chart = chart
        self.setAccessibleName("" if chart is None else self._kit.words.say(chart.name))
        self.setAccessibleDescription(self.spoken)
        self.updateGeometry()
        self.update()

    @property
    def spoken(self) -> str:
        """Every bar in words."""
        words, chart = self._kit.words, self._chart
        if chart is None:
            return ""
        if not chart.bars:
            return words.say(chart.empty)
        parts = []
        for bar in self.bars:
            look = f", {words.of(f'boards.look_{bar.look.value}')}" if bar.look else ""
            parts.append(f"{words.say(bar.label)}: {words.say(bar.said)}{look}")
        return "; ".join(parts)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height_of(max(1, len(self.bars))))

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._kit.theme.px("row") * 6, self.height_of(max(1, len(self.bars))))

    def height_of(self, bars: int) -> int:
        """Height that so many bars need, with the name."""
        return self._line() * (bars + 1) + self._kit.theme.px("gap")

    def _line(self) -> int:
        return QFontMetrics(self._kit.theme.font("small")).height() + self._kit.theme.px("border")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self._chart is None:
            return
        painter = QPainter(self)
        line = self._line()
        self._write(painter, QRect(0, 0, self.width(), line), self._chart.name, bold=True)
        if not self.bars:
            below = QRect(0, line, self.width(), line)
            self._write(painter, below, self._chart.empty, ink="muted")
        else:
            self._paint_bars(painter, line)
        painter.end()

    def _paint_bars(self, painter: QPainter, line: int) -> None:
        words, gap = self._kit.words, self._kit.theme.px("gap")
        metrics = QFontMetrics(self._kit.theme.font("small"))
        labels = [words.say(bar.label) for bar in self.bars]
        said = [words.say(bar.said) for bar in self.bars]
        # A pixel more than measured: a text that just fits is not cut.
        left = max(metrics.horizontalAdvance(one) for one in labels) + gap + 1
        right = max(metrics.horizontalAdvance(one) for one in said) + gap
        room = max(self.width() - left - right, LEAST_PX)
        most = max(1, *(bar.value for bar in self.bars))
        for place, bar in enumerate(self.bars):
            top = line * (place + 1)
            self._write(painter, QRect(0, top, left - gap, line), labels[place])
            long = max(room * bar.value // most, LEAST_PX) if bar.value > 0 else 0
            self._bar(painter, QRect(left, top + 2, long, line - 4), bar.look)
            begin = left + long + gap // 2
            self._write(painter, QRect(begin, top, self.width() - begin, line), said[place])

    def _bar(self, painter: QPainter, where: QRect, look: Look) -> None:
        if where.width() <= 0:
            return
        theme = self._kit.theme
        ink = theme.colour(INKS[look])
        painter.fillRect(where, theme.colour("surface"))
        painter.setPen(QPen(ink, theme.px("border")))
        painter.setBrush(QBrush(ink, PATTERNS[look]))
        painter.drawRect(where)

    def _write(
        self,
        painter: QPainter,
        where: QRect,
        what: Text | str,
        *,
        bold: bool = False,
        ink: str = "text",
    ) -> None:
        words = what if isinstance(what, str) else self._kit.words.say(what)
        font: QFont = self._kit.theme.font("small", bold=bold)
        painter.setFont(font)
        painter.setPen(self._kit.theme.colour(ink))
        fitted = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, where.width())
        painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, fitted)
