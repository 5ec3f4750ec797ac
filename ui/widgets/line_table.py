"""The lines of a document; the one that is worked on is always in view."""

from app.station.screen import LineState, LineView
from ui.models.rows import Column, RowLook
from ui.widgets.kit import Kit
from ui.widgets.row_table import RowTable

# Columns are made for codes of at least so many characters, so that they do not jump about, and
# of at most so many, so that a long one leaves room for the item's name.
SKU_LEAST, PLACE_LEAST, CODE_MOST = 10, 8, 20
COUNT_CHARACTERS, COUNT_LEAST = 12, 7
# Of 5,000 lines the first tell how long a count gets.
COUNTS_LOOKED_AT = 100


class LineTable(RowTable[LineView]):
    """Lines of an order, a receipt, a count."""

    def __init__(self, kit: Kit) -> None:
        words = kit.words
        columns: tuple[Column[LineView], ...] = (
            Column(words.of("ui.column_sku"), lambda row: row.sku, True, SKU_LEAST),
            Column(words.of("ui.column_item"), self._named),
            Column(words.of("ui.column_place"), lambda row: row.place, True, PLACE_LEAST),
            Column(words.of("ui.column_count"), self._count, False, COUNT_CHARACTERS),
        )
        super().__init__(kit, words.of("ui.lines"), columns, self._look)
        self._document: tuple[object, ...] = ()
        self._looks = {
            LineState.DONE: RowLook(
                "muted", mark="check", mark_ink="ok", spoken=self._word("done")
            ),
            LineState.CURRENT: RowLook(
                "text", "ok_bg", bold=True, mark="current", spoken=self._word("current")
            ),
            LineState.OPEN: RowLook(spoken=self._word("open")),
            LineState.SHORT: RowLook(
                "muted", mark="triangle-alert", mark_ink="warn", spoken=self._word("short")
            ),
        }

    def show_lines(self, lines: tuple[LineView, ...], current: int | None) -> None:
        """Show `lines`; `current` is the number of the line that is worked on."""
        document = (len(lines), lines[0].sku, lines[-1].sku) if lines else ()
        if document != self._document:
            self._document = document
            sku = max((len(line.sku) for line in lines), default=0)
            place = max((len(line.place) for line in lines), default=0)
            count = max((len(self._count(line)) for line in lines[:COUNTS_LOOKED_AT]), default=0)
            roomy = (max(sku, SKU_LEAST), 0, max(place, PLACE_LEAST), COUNT_CHARACTERS)
            tight = (sku, 0, place, max(count, COUNT_LEAST))
            self.size_columns(
                [min(wide, CODE_MOST) for wide in roomy],
                [
                    self.text_px(column, "0" * min(wide, CODE_MOST))
                    for column, wide in zip(self.rows.columns, tight, strict=True)
                ],
            )
        self.rows.show_rows(lines)
        self.keep_in_view(row_of(lines, current))

    def _look(self, line: LineView) -> RowLook:
        return self._looks[line.state]

    def _named(self, line: LineView) -> str:
        if line.note is None:
            return line.name
        return f"{line.name} · {self.kit.words.say(line.note)}"

    def _count(self, line: LineView) -> str:
        words = self.kit.words
        counted = f"{words.number(line.done)} / {words.number(line.wanted)}"
        if not line.short:
            return counted
        return words.of("ui.count_short", counted=counted, short=line.short)

    def _word(self, state: str) -> str:
        return self.kit.words.of(f"ui.line_{state}")


def row_of(lines: tuple[LineView, ...], number: int | None) -> int | None:
    """Row of the line called `number`; lines are numbered in order, so it is rarely searched."""
    if number is None:
        return None
    guess = number - 1
    if 0 <= guess < len(lines) and lines[guess].line == number:
        return guess
    return next((row for row, line in enumerate(lines) if line.line == number), None)
