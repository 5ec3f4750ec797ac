"""A list to choose from, as a value: documents, places, exceptions, items, claims.

Pages show it and pass keys back: arrow keys and clicks with `Intent.CHOOSE`, Enter with
`Intent.OPEN`. At most `MOST` rows; more are counted, and found by scanning, typing or paging.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.text import Text

# More than anybody reads at a bench; the rest is a page further (`ListView.more`).
MOST = 100


class Mark(StrEnum):
    """What a row is marked with: an icon and a word, never a colour alone."""

    NONE = ""
    PAUSED = "paused"
    URGENT = "urgent"
    WRONG = "wrong"
    DONE = "done"
    ELSEWHERE = "elsewhere"
    WAITING = "waiting"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column.

    Attributes:
        title: Its header.
        characters: Width in characters of the widest content; 0 takes what is left.
        code: Written in the family in which 0 and O differ.
    """

    title: Text
    characters: int = 0
    code: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One row.

    Attributes:
        key: What choosing it passes back.
        cells: One for each column; a plain string is a code or a name, never a sentence.
        mark: What is to be seen from a distance.
    """

    key: str
    cells: tuple[Text | str, ...]
    mark: Mark = Mark.NONE


@dataclass(frozen=True, slots=True)
class ListView:
    """A list.

    Attributes:
        name: What a screen reader calls it.
        columns: From left to right.
        rows: At most `MOST`.
        total: How many there are in all.
        chosen: Key of the row that is looked at, or empty.
        more: Whether rows follow the last one (PgDn asks for them).
        empty: What to say when there are none.
    """

    name: Text
    columns: tuple[ColumnView, ...]
    rows: tuple[Choice, ...] = ()
    total: int = 0
    chosen: str = ""
    more: bool = False
    empty: Text | None = None

    def beside(self, step: int) -> str:
        """Key of the next (+1) row or the one before (−1); empty without rows."""
        keys = [row.key for row in self.rows]
        if not keys:
            return ""
        at = keys.index(self.chosen) if self.chosen in keys else (-1 if step > 0 else 0)
        return keys[min(max(at + step, 0), len(keys) - 1)]
