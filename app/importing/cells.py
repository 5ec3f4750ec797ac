"""The cells of one row as values: each checked, each problem said with its column and value.

Nothing is repaired silently: a spreadsheet has had its hands on these numbers, and a guess here
becomes wrong stock later.
"""

import datetime as dt
import re
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from unicodedata import normalize

from app.domain.barcode import carries_badge, own_code
from app.domain.gtin import Flaw, check_digit, flaw, gtin14
from app.domain.operation import TOTE_PREFIX, TRANSIT_PREFIX, is_virtual
from app.domain.spreadsheet import plain
from app.importing.result import Problem, Record
from app.importing.table import Table

E = TypeVar("E", bound=StrEnum)

# As the contract bounds codes and sentences.
MAX_CODE = 64
MAX_TEXT = 200
# More base units than a line of a real order or a bin holds; a slipped barcode is longer.
MAX_QUANTITY = 9_999_999
# Ten tonnes: more than any unit that crosses a packing bench.
MAX_GRAMS = 10_000_000
_SHOWN = 60
_SCIENTIFIC = re.compile(r"\d[.,]\d+[eE][+-]?\d+")
_NUMBER = re.compile(r"(\d{1,9})(?:([.,])(\d{1,3}))?")
_YES = frozenset({"yes", "y", "true", "1", "ja", "x"})
_NO = frozenset({"no", "n", "false", "0", "nein", ""})
_PARCEL_PREFIX = "parcel/"

_GTIN_SAYS = {
    Flaw.EMPTY: "the barcode is empty. Fill it in, or write none if the item has no barcode.",
    Flaw.SCIENTIFIC: (
        "a spreadsheet has rounded this number, its last digits are lost. Set the column to text "
        "and take the numbers from their source again."
    ),
    Flaw.DECIMAL: "a barcode has no decimals. Set the column to text and take it from its source.",
    Flaw.NOT_DIGITS: "a GTIN has digits only. Correct it, or write none.",
    Flaw.TOO_LONG: "more than 14 digits, so it is no GTIN. Correct it, or write none.",
    Flaw.WRONG_LENGTH: "a GTIN has 8, 12, 13 or 14 digits. Read it off the article again.",
    Flaw.ALL_ZEROS: "only zeros. Correct it, or write none.",
}


class Cells:
    """One row under its header; problems gather in `problems`.

    Args:
        table: The file it belongs to.
        record: The row.
    """

    def __init__(self, table: Table, record: Record) -> None:
        self.record = record
        self.problems: list[Problem] = []
        self._at = table.places
        # A file with semicolons comes from where the comma is the decimal mark.
        self._decimal = "," if table.delimiter == ";" else "."
        if len(record.cells) != len(table.header):
            self.fail(
                "",
                f"{len(record.cells)} cells under {len(table.header)} columns. Put quotes around "
                "values with a delimiter in them, and fill up missing cells.",
            )

    def has(self, column: str) -> bool:
        """Whether the file has this column."""
        return column in self._at

    def raw(self, column: str) -> str:
        """The cell without blanks around it; empty when there is no such cell.

        A letter and its accent are one character, as scanners and keyboards send them: some
        systems write them as two, which look the same and are found by nobody.
        """
        at = self._at.get(column, -1)
        cell = plain(self.record.cells[at]) if 0 <= at < len(self.record.cells) else ""
        return normalize("NFC", cell)

    def fail(self, column: str, say: str, value: str | None = None) -> None:
        """Note a problem of this row."""
        shown = self.raw(column) if value is None else value
        shown = "".join(each if each.isprintable() else "�" for each in shown)
        shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
        self.problems.append(Problem(self.record.row, column, shown, say))

    def text(self, column: str, *, required: bool = False, most: int = MAX_TEXT) -> str:
        """A text for people."""
        value = self.raw(column)
        if required and not value:
            self.fail(column, "must not be empty.")
        if len(value) > most:
            self.fail(column, f"has {len(value)} characters; at most {most} are kept. Shorten it.")
        if not value.isprintable():
            self.fail(column, "holds line breaks or control characters. Take them out.")
        return value

    def code(self, column: str, *, required: bool = False) -> str:
        """A code that is scanned and looked up: article, order, lot, serial."""
        value = self.text(column, required=required, most=MAX_CODE)
        if _SCIENTIFIC.fullmatch(value):
            self.fail(column, _GTIN_SAYS[Flaw.SCIENTIFIC])
        elif value and (own_code(value) is not None or carries_badge(value)):
            self.fail(column, "begins like a command card or badge. Choose another code.")
        return value

    def location(self, column: str, *, required: bool = False) -> str:
        """A location's code, in capitals as it is scanned."""
        value = self.code(column, required=required).upper()
        lower = value.lower()
        if is_virtual(lower) or lower.startswith((TRANSIT_PREFIX, _PARCEL_PREFIX, TOTE_PREFIX)):
            self.fail(column, "is a name the ledger keeps for itself. Choose another code.")
        return value

    def whole(
        self, column: str, *, least: int, most: int, default: int | None = None
    ) -> int | None:
        """A whole number; the default stands for an empty cell, None makes it required."""
        value = self.raw(column)
        if not value:
            if default is None:
                self.fail(column, f"must not be empty. Write a whole number from {least}.")
            return default
        if not (value.isascii() and value.isdigit()) or len(value) > len(str(most)):
            self.fail(column, f"must be a whole number from {least} to {most}.")
            return None
        if not least <= int(value) <= most:
            self.fail(column, f"must be from {least} to {most}.")
            return None
        return int(value)

    def quantity(self, column: str) -> int | None:
        """A number of base units, at least one."""
        return self.whole(column, least=1, most=MAX_QUANTITY)

    def milligrams(self, column: str) -> int | None:
        """Grams with up to three decimals as whole milligrams; None when the cell is empty.

        One comma or point with three digits behind it may be a decimal mark or group thousands;
        only the mark that fits the file's delimiter is believed.
        """
        value = self.raw(column)
        if not value:
            return None
        found = _NUMBER.fullmatch(value)
        if found is None:
            self.fail(column, "must be grams as a number with at most three decimals, like 412.5.")
            return None
        whole, mark, decimals = found.groups()
        if mark and mark != self._decimal and (self._decimal == "." or len(decimals) == 3):
            example = f"412{self._decimal}5"
            self.fail(column, f"could be read in two ways. Write it like {example}.")
            return None
        grams = Decimal(f"{whole}.{decimals or 0}")
        if not 0 < grams <= MAX_GRAMS:
            self.fail(
                column,
                f"must be above 0, at most {MAX_GRAMS} g. Leave it empty if it is not known.",
            )
            return None
        return int(grams * 1_000)

    def choice(self, column: str, kind: type[E], default: E | None = None) -> E | None:
        """One of a closed set of words."""
        value = self.raw(column).lower()
        if not value and default is not None:
            return default
        try:
            return kind(value)
        except ValueError:
            self.fail(column, f"must be one of: {', '.join(each.value for each in kind)}.")
            return None

    def flag(self, column: str) -> bool:
        """Yes or no; empty is no."""
        value = self.raw(column).lower()
        if value not in _YES | _NO:
            self.fail(column, "must be yes or no.")
        return value in _YES

    def date(self, column: str) -> str | None:
        """A day as `2026-12-31`; None when the cell is empty."""
        value = self.raw(column)
        if not value:
            return None
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            try:
                return dt.date.fromisoformat(value).isoformat()
            except ValueError:
                self.fail(column, "there is no such day.")
                return None
        self.fail(column, "must be a day like 2026-12-31: year, month, day.")
        return None

    def moment(self, column: str) -> str:
        """A local time of the site as `2026-12-31T16:00`; empty when the cell is."""
        value = self.raw(column)
        if not value:
            return ""
        if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", value):
            try:
                return dt.datetime.fromisoformat(value).isoformat(timespec="minutes")
            except ValueError:
                self.fail(column, "there is no such time.")
                return ""
        self.fail(column, "must be a local time of the site like 2026-12-31T16:00, without zone.")
        return ""

    def gtin(self, column: str, value: str) -> str | None:
        """A GTIN as 14 digits, or a problem that names how it was damaged."""
        damage = flaw(value)
        if damage is None:
            return gtin14(value)
        self.fail(column, gtin_says(value, damage), value)
        return None


def gtin_says(value: str, damage: Flaw) -> str:
    """The sentence for a damaged GTIN: what happened to it, and what to do."""
    if damage is Flaw.CHECK_DIGIT:
        right = check_digit(value[:-1])
        return (
            f"the check digit is {value[-1]} and should be {right}, so one of the digits is wrong. "
            "Read it off the article again."
        )
    if damage is Flaw.ZEROS_LOST:
        length = next(size for size in (8, 12, 13, 14) if size > len(value))
        return (
            f"{len(value)} digits: leading zeros are lost. Set the column to text and write them "
            f"again, probably {value.zfill(length)}."
        )
    return _GTIN_SAYS[damage]
