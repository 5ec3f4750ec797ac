"""Words, weights, money and moments of a report, in the language and the time of the site.

Tables get numbers that a program reads; paper gets what people read.
"""

from datetime import UTC, datetime, tzinfo

from app.catalogue import Catalogue
from app.domain.text import Text
from app.reports.report import Cell, Column, ColumnKind

_GRAM, _MINOR = 1_000, 100


class Spoken:
    """Says cells and sentences.

    Args:
        catalogue: The language.
        zone: Of the clock on the wall; None is the machine's own.
    """

    def __init__(self, catalogue: Catalogue, zone: tzinfo | None = None) -> None:
        self.catalogue = catalogue
        self._zone = zone

    def say(self, what: Text | str | None) -> str:
        """A sentence; a plain string is a code or a name."""
        if isinstance(what, Text):
            return self.catalogue.say(what, self.moment)
        return what or ""

    def here(self, iso: str) -> datetime | None:
        """A moment as the clock on the wall has it, without a zone; None when it is none."""
        try:
            moment = datetime.fromisoformat(iso)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(self._zone)

    def moment(self, iso: str) -> str:
        """`23.11.2026 08:31` in the way of the language; what is no moment stays as it is."""
        here = self.here(iso)
        if here is None:
            return iso
        day = Text(
            "ui.date", (("day", f"{here:%d}"), ("month", f"{here:%m}"), ("year", f"{here:%Y}"))
        )
        return f"{self.catalogue.say(day)} {here:%H:%M}"

    def paper(self, cell: Cell, column: Column) -> str:
        """A cell as it is printed."""
        if cell is None or column.kind is ColumnKind.WRITE:
            return ""
        if not isinstance(cell, int):
            said = self.say(cell)
            return self.moment(said) if column.kind is ColumnKind.MOMENT else said
        if column.kind in (ColumnKind.WEIGHT, ColumnKind.MONEY):
            whole, _, rest = decimal(cell, column.kind).lstrip("-").partition(".")
            sign = "\N{MINUS SIGN}" if cell < 0 else ""
            shown = self.catalogue.number(int(whole))
            return f"{sign}{shown}{self.catalogue.decimal_sign}{rest}" if rest else sign + shown
        return self.catalogue.number(cell)

    def table(self, cell: Cell, column: Column) -> str | int:
        """A cell as a program reads it: numbers without groups, moments with their zone."""
        if cell is None or column.kind is ColumnKind.WRITE:
            return ""
        if isinstance(cell, int):
            plain = column.kind is ColumnKind.QUANTITY or column.kind is ColumnKind.TEXT
            return cell if plain else decimal(cell, column.kind)
        said = self.say(cell)
        here = self.here(said) if column.kind is ColumnKind.MOMENT else None
        return said if here is None else here.isoformat(timespec="seconds")


def decimal(value: int, kind: ColumnKind) -> str:
    """Milligrams as grams, minor units as money: exact, with a point, without trailing zeros."""
    unit, places = (_GRAM, 3) if kind is ColumnKind.WEIGHT else (_MINOR, 2)
    whole, rest = divmod(abs(value), unit)
    digits = f"{rest:0{places}d}"
    if kind is ColumnKind.WEIGHT:
        digits = digits.rstrip("0")
    said = f"{whole}.{digits}" if digits else str(whole)
    return f"-{said}" if value < 0 else said
