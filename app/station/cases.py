"""What the pages Adjust and Approvals show of one change: before, asked for, after, and the story.

Values only, as `app.station.screen`; pages lay them out and decide nothing.
"""

from dataclasses import dataclass

from app.domain.text import Text, text
from app.station.lists import ColumnView


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of the table of a change; None is a dash.

    Attributes:
        label: What is counted.
        before: As the book has it now.
        asked: What was counted, or asked for.
        after: What the book would say then.
        money: Whether the numbers are minor units of money.
        main: The row the change is about.
    """

    label: Text
    before: int | None
    asked: int | None
    after: int | None
    money: bool = False
    main: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the story: a label, and what is said."""

    label: Text
    said: Text


@dataclass(frozen=True, slots=True)
class CaseView:
    """One change.

    Attributes:
        title: What it is, of which item, where.
        figures: Before and after.
        change: The change in words.
        limit: What crosses a limit, or that nothing does.
        waits: Whether it needs another person.
        facts: Who, when, why, and what happened since.
    """

    title: Text
    figures: tuple[Figure, ...]
    change: Text
    limit: Text | None = None
    waits: bool = False
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingView:
    """One request in the list of what waits.

    Attributes:
        id: Its id.
        kind: Why it was asked for, as a word.
        item: Name of the item.
        change: Signed units.
        asked_at: When, ISO 8601.
        decided: Whether it was decided here and the ledger has not confirmed it.
        mine: Whether the person signed in asked for it.
        marked: Whether it is to be decided together with others.
        written: Whether it needs a written answer, and so is never decided with others.
    """

    id: str
    kind: Text
    item: str
    change: int
    asked_at: str
    decided: bool = False
    mine: bool = False
    marked: bool = False
    written: bool = False


# The lines of a bulk, before and after it: the page has one table for both.
TOGETHER = (
    ColumnView(text("approvals.column_item"), 22),
    ColumnView(text("approvals.column_change"), 7),
    ColumnView(text("approvals.column_result")),
)
