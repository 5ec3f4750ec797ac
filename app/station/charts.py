"""Tiles and bars as values: every number is said in words beside its bar, and a state in a word.

Pages draw them and decide nothing.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.text import Text


class Look(StrEnum):
    """How a number stands; each has a shape and a word of its own, never a colour alone."""

    PLAIN = ""
    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Tile:
    """One number to be seen from a distance, and the key of the list behind it.

    Attributes:
        key: Digit that opens the list.
        label: What is counted, and of which place when that is only this station.
        value: The number.
        detail: What it is made of, in a few words.
        look: How it stands.
    """

    key: str
    label: Text
    value: Text
    detail: Text
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `said` is its number in words."""

    label: Text
    value: int
    said: Text
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars that are compared with each other.

    Attributes:
        name: What is shown, and of which place.
        bars: From the first to the last.
        empty: What to say when there are none.
    """

    name: Text
    bars: tuple[Bar, ...]
    empty: Text


@dataclass(frozen=True, slots=True)
class Board:
    """Tiles above, charts below them or beside a list."""

    tiles: tuple[Tile, ...] = ()
    charts: tuple[Chart, ...] = ()
