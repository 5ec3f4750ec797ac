"""What the Approvals page is in the middle of, and which requests may be decided together.

A bulk is a list the person has marked, shown once more before anybody signs. What needs a written
answer and what the person asked for themselves is never in it, and the page says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.text import Text, text
from app.station import judging
from app.station.limits_here import Here
from app.station.turn import Turn
from app.station.waiting import Waiting

# What fits on a page; the rest comes up as these are decided.
LIST_ROWS = 100
# Why something is rejected; the word is the note of the decision.
NOTES = ("count_again", "not_plausible", "wrong_reason", "other")
AGAIN = "count_again"
# Reasons that nobody waves through: whoever approves writes why.
WRITTEN = frozenset({"reason_needs_approval", "unknown_actor"})
# As long as the ledger takes a note.
MAX_NOTE = 200


class Mode(StrEnum):
    """What the page waits for."""

    LIST = "list"
    REJECT = "reject"
    ANSWER = "answer"
    SUMMARY = "summary"
    RESULTS = "results"


class Act(StrEnum):
    """What badge and PIN were asked for."""

    APPROVE = "approve"
    REJECT = "reject"
    RECOUNT = "recount"
    WITHDRAW = "withdraw"
    BULK = "bulk"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An act that waits for somebody to prove themselves: of these requests, with this note."""

    act: Act
    ids: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One request with what the list and the summary say of it.

    Attributes:
        what: The request.
        item: Name of the item, or its number.
        units: Signed units it changes.
        value: What they are worth, signed minor units; 0 when nobody has said.
        mine: Whether the person signed in asked for it, with whichever of their accounts.
    """

    what: Waiting
    item: str
    units: int
    value: int
    mine: bool

    @property
    def left_out(self) -> Text | None:
        """Why it is not decided together with others; None when it may be."""
        if self.what.decided:
            return text("approvals.out_decided")
        if self.mine:
            return text("approvals.out_mine")
        return text("approvals.out_written") if self.what.code in WRITTEN else None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one request of a bulk."""

    row: Row
    said: Text
    good: bool


def rows_of(turn: Turn, *, by_risk: bool = False) -> tuple[Row, ...]:
    """What waits, the oldest first or what is worth most first; one read for all of it."""
    here = Here(turn.work, turn.now[:10])
    me = here.word(turn.session.person) if turn.session else ""
    waits = turn.work.waiting(LIST_ROWS)
    changes = [judging.change_of(turn, one) for one in waits]
    known = turn.work.items({sku for change in changes for sku in change.units})
    made = []
    for one, change in zip(waits, changes, strict=True):
        sku = next(iter(change.units), "")
        cost = {sku: known[sku].cost for sku in change.units if sku in known}
        document = one.operation.reference.document if one.operation.reference else ""
        made.append(
            Row(
                one,
                known[sku].name if sku in known else sku or document,
                sum(quantity for _, quantity in change.lines),
                sum(quantity * cost.get(key.item, 0) for key, quantity in change.lines),
                bool(me) and here.word(one.operation.actor) == me,
            )
        )
    return tuple(sorted(made, key=_risk)) if by_risk else tuple(made)


def _risk(row: Row) -> tuple[int, int]:
    return -abs(row.value), -abs(row.units)


def chosen_of(rows: Sequence[Row], named: str) -> Row | None:
    """The request that is looked at: the one that was named, else the first that can be decided."""
    by_name = next((row for row in rows if row.what.id == named), None)
    undecided = next((row for row in rows if not row.what.decided), None)
    return by_name or undecided or (rows[0] if rows else None)
