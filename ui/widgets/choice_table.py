"""A list to choose from, whatever it holds; columns come with the list."""

from app.domain.text import Text
from app.station.lists import Choice, ColumnView, ListView, Mark
from ui.models.rows import Column, RowLook
from ui.widgets.kit import Kit
from ui.widgets.row_table import RowTable

_LOOKS: dict[Mark, tuple[str, str, str]] = {
    Mark.NONE: ("", "text", "text"),
    Mark.PAUSED: ("circle-pause", "accent", "text"),
    Mark.URGENT: ("triangle-alert", "warn", "text"),
    Mark.WRONG: ("octagon-x", "err", "text"),
    Mark.DONE: ("check", "ok", "muted"),
    Mark.ELSEWHERE: ("users", "muted", "muted"),
    Mark.WAITING: ("hourglass", "muted", "muted"),
    Mark.OUT: ("circle-minus", "muted", "muted"),
}


class ChoiceTable(RowTable[Choice]):
    """Rows of a `ListView`; the chosen one is marked.

    Args:
        kit: Theme and words.
        columns: Of the lists it will show.
        name: What a screen reader calls it.
    """

    touched = True

    def __init__(self, kit: Kit, columns: tuple[ColumnView, ...], name: Text) -> None:
        super().__init__(
            kit,
            kit.words.say(name),
            [self._column(kit, place, one) for place, one in enumerate(columns)],
            self._look,
        )
        self._chosen = ""

    def show_list(self, shown: ListView) -> None:
        """Show a list with the same columns."""
        changed, self._chosen = shown.chosen != self._chosen, shown.chosen
        self.rows.show_rows(shown.rows)
        self.fit_columns()
        if changed:
            self.viewport().update()
        keys = [row.key for row in shown.rows]
        self.keep_in_view(keys.index(shown.chosen) if shown.chosen in keys else None)

    @staticmethod
    def _column(kit: Kit, place: int, one: ColumnView) -> Column[Choice]:
        def show(row: Choice) -> str:
            cell = row.cells[place]
            return kit.words.say(cell) if isinstance(cell, Text) else cell

        return Column(kit.words.say(one.title), show, one.code, one.characters)

    def _look(self, row: Choice) -> RowLook:
        mark, mark_ink, ink = _LOOKS[row.mark]
        spoken = self.kit.words.of(f"list.mark_{row.mark.value}") if row.mark else ""
        if row.key == self._chosen:
            return RowLook("text", "ok_bg", True, mark or "current", mark_ink, spoken)
        return RowLook(ink, "", False, mark, mark_ink, spoken)
