"""A report as sheets of paper: A4 pages as values in dots, drawn by whoever can draw a label.

Each page has its columns' names and its number; the number of pages is counted by laying them out
twice, so that nothing but one page is ever in memory.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from app.domain.text import text
from app.errors import Fault
from app.labels.bars import code128_bars, dots
from app.labels.label import Align, Bars, Box, Label, Text
from app.labels.measure import fit
from app.reports.breaking import broken
from app.reports.head import Stamp, foot, head
from app.reports.page import DPI, LINE, MARGIN, Page
from app.reports.report import NUMBERS, ColumnKind, Report, Row, Said, Sums
from app.reports.spoken import Spoken

_SHORT_UM, _LONG_UM = 210_000, 297_000
# Two dots at 203 dpi are 0.25 mm, three at 300: the finest module a bench scanner reads.
_LEAST_MODULE_DOTS = 3
_BARS_ROOM, _BARS_HEIGHT = dots(80_000, DPI), dots(11_000, DPI)
_TITLE = dots(7_500, DPI)
_LABEL_WIDTH = dots(38_000, DPI)
_GAP, _CELL_GAP, _RULE = dots(1_000, DPI), dots(2_500, DPI), 2
# A row somebody writes in by hand.
_WRITTEN = dots(9_000, DPI)
_SIGNED = dots(20_000, DPI)
# Lines of one cell; a longer text than this is no cell of a table.
_MOST_LINES = 8


class Sheets:
    """Lays a report out.

    Args:
        report: What is laid out.
        stamp: Where it comes from.
        spoken: The language.
    """

    def __init__(self, report: Report, stamp: Stamp, spoken: Spoken) -> None:
        self._report, self._stamp, self._spoken = report, stamp, spoken
        self._sums = Sums(report.columns)
        size = dots(_SHORT_UM, DPI), dots(_LONG_UM, DPI)
        self._width, self._height = reversed(size) if report.wide else size
        self._columns = self._places()
        self._written = any(one.kind is ColumnKind.WRITE for one in report.columns)

    @property
    def sums(self) -> Sums:
        """What was counted on the way, once every page was made."""
        return self._sums

    def pages(self) -> Iterator[Label]:
        """Every page, with its number and how many there are."""
        count = sum(1 for _ in self._lay())
        for page in self._lay():
            yield self._closed(page, count)

    def _places(self) -> list[tuple[int, int]]:
        """Left edge and width of each column, as its characters ask for."""
        inner = self._width - 2 * MARGIN - _CELL_GAP * (len(self._report.columns) - 1)
        asked = [one.characters for one in self._report.columns]
        places, x = [], MARGIN
        for characters in asked:
            width = inner * characters // sum(asked)
            places.append((x, width))
            x += width + _CELL_GAP
        return places

    # ------------------------------------------------------------------------------------ the pages

    def _lay(self) -> Iterator[Page]:
        page = Page(self._width, self._height, 1)
        self._first(page)
        for row in self._sums.through(self._report.rows()):
            lines = self._lines(row)
            high = self._high(lines)
            if page.room < high:
                yield page
                page = self._following(page)
            self._row(page, lines, high)
        for part in self._end():
            if page.room < part[0]:
                yield page
                page = self._following(page, table=False)
            part[1](page)
        yield page

    def _first(self, page: Page) -> None:
        spoken, report = self._spoken, self._report
        room = page.inner - (_BARS_ROOM if self._bars(page) else 0)
        shown, size = fit(spoken.say(report.title), _TITLE, room)
        page.elements.append(Text(MARGIN, page.y, size, shown, room, bold=True))
        page.y += _TITLE + _GAP
        for one in head(report, self._stamp):
            self._said(page, one, room if page.y < MARGIN + _TITLE + _BARS_HEIGHT else page.inner)
        page.y += 4 * _GAP
        self._header(page)

    def _bars(self, page: Page) -> bool:
        """The number of the document in the upper right corner, if a symbol holds it."""
        code = self._report.document
        if not code:
            return False
        centre = page.width - MARGIN - _BARS_ROOM // 2
        try:
            bars: Bars = code128_bars(
                code, centre=centre, y=page.y, height=_BARS_HEIGHT, room=_BARS_ROOM
            )
        except Fault:
            return False
        if bars.module_dots < _LEAST_MODULE_DOTS:
            return False
        page.elements.append(bars)
        below = (page.width - MARGIN - _BARS_ROOM, page.y + _BARS_HEIGHT + _GAP, _BARS_ROOM)
        page.text(code, below, bold=True, align=Align.CENTRE)
        return True

    def _following(self, before: Page, *, table: bool = True) -> Page:
        page = Page(self._width, self._height, before.number + 1)
        words = [self._spoken.say(self._report.title), self._report.document]
        words += [self._spoken.say(limit) for limit in self._report.limits]
        line = " · ".join(word for word in words if word)
        page.text(line, (MARGIN, page.y, page.inner), bold=True)
        page.y += LINE + _GAP
        if table:
            self._header(page)
        return page

    def _closed(self, page: Page, count: int) -> Label:
        y = page.height - MARGIN - LINE
        stamp = self._stamp
        made = text("reports.made_said", at=stamp.made_at, by=stamp.station)
        if self._report.outside:
            made = text("reports.at", at=stamp.made_at)
        half = page.inner // 2
        page.text(self._spoken.say(made), (MARGIN, y, half))
        number = self._spoken.say(text("reports.page", n=page.number, count=count))
        page.text(number, (MARGIN + half, y, page.inner - half), align=Align.RIGHT)
        return Label(page.width, page.height, DPI, tuple(page.elements))

    # ------------------------------------------------------------------------------------ the parts

    def _said(self, page: Page, one: Said, room: int = 0) -> None:
        room = room or page.inner
        page.text(self._spoken.say(one.label), (MARGIN, page.y, _LABEL_WIDTH))
        width = room - _LABEL_WIDTH - _GAP
        for line in broken(self._spoken.say(one.said), LINE, width, _MOST_LINES):
            page.text(line, (MARGIN + _LABEL_WIDTH + _GAP, page.y, width))
            page.y += LINE

    def _header(self, page: Page) -> None:
        titles = [self._spoken.say(one.title) for one in self._report.columns]
        lines = [
            broken(title, LINE, width, _MOST_LINES)
            for title, (_, width) in zip(titles, self._columns, strict=True)
        ]
        self._cells(page, lines, bold=True)
        page.y += max(map(len, lines)) * LINE + _GAP
        page.elements.append(Box(MARGIN, page.y, page.inner, 2 * _RULE))
        page.y += 2 * _RULE + _GAP

    def _lines(self, row: Row) -> list[tuple[str, ...]]:
        cells = zip(row, self._report.columns, self._columns, strict=True)
        return [
            broken(self._spoken.paper(cell, column), LINE, width, _MOST_LINES)
            for cell, column, (_, width) in cells
        ]

    def _high(self, lines: Sequence[Sequence[str]]) -> int:
        high = max(map(len, lines), default=1) * LINE + 2 * _GAP
        return max(high, _WRITTEN) if self._written else high

    def _row(self, page: Page, lines: Sequence[Sequence[str]], high: int) -> None:
        self._cells(page, lines)
        page.y += high
        page.elements.append(Box(MARGIN, page.y - _GAP, page.inner, _RULE))

    def _cells(self, page: Page, lines: Sequence[Sequence[str]], *, bold: bool = False) -> None:
        cells = zip(lines, self._report.columns, self._columns, strict=True)
        for said, column, (x, width) in cells:
            align = Align.RIGHT if column.kind in NUMBERS else Align.LEFT
            for place, line in enumerate(said):
                page.fitting(line, (x, page.y + place * LINE, width), bold=bold, align=align)

    # -------------------------------------------------------------------------------------- the end

    def _end(self) -> Iterator[tuple[int, Callable[[Page], None]]]:
        """What stands below the table, each with the room it takes."""
        if self._sums.totals and self._sums.rows:
            yield LINE + 2 * _GAP, self._total
        for one in foot(self._report, self._sums):
            yield 2 * LINE, partial(self._said, one=one)
        for line in self._report.signatures:
            yield _SIGNED, partial(_signature, said=self._spoken.say(line))

    def _total(self, page: Page) -> None:
        cells: list[tuple[str, ...]] = []
        for place, column in enumerate(self._report.columns):
            total = self._sums.totals.get(place)
            cells.append(() if total is None else (self._spoken.paper(total, column),))
        cells[0] = (self._spoken.say(text("reports.total")),)
        self._cells(page, cells, bold=True)
        page.y += LINE + 2 * _GAP


def _signature(page: Page, said: str) -> None:
    """A line to sign on, and whose."""
    width = page.inner // 2
    page.y += _SIGNED - LINE - 2 * _GAP
    page.elements.append(Box(MARGIN, page.y, width, _RULE))
    page.y += _GAP
    page.text(said, (MARGIN, page.y, width))
    page.y += LINE + _GAP
