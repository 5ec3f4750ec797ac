"""Bugs planted in the tasks of the floor: goods in, moves, counts, transfers, undo, taking over."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, update

from app.cache.confirmed import Confirmed
from app.cache.tables import progress
from app.contract.messages import Operation
from app.domain.document import Measure
from app.domain.operation import Condition, Kind, Posting
from app.ledger import facts
from app.ledger.book import Book, Effect
from app.ledger.case import Case
from app.ledger.rules import counting, transit_effects, withdrawing
from app.station import receive
from app.station.goods_unit import Unit, in_hand
from app.station.lookup import ItemFound
from app.station.pick_board import PickLine
from app.station.take_back import ReturnFlow
from app.station.task import TaskFlow
from app.station.turn import Draft, Turn


def move_posts_only_its_target(patch: pytest.MonkeyPatch) -> None:
    """The ledger puts goods where they go, and leaves them where they were."""
    before = facts.effect_of

    def effect_of(kind: Kind, operation: Operation, moves: Iterable[Posting], book: Book) -> Effect:
        kept = [one for one in moves if kind is not Kind.MOVE or one.quantity > 0]
        return before(kind, operation, kept, book)

    patch.setattr(facts, "effect_of", effect_of)


def undo_recorded_twice(patch: pytest.MonkeyPatch) -> None:
    """F4 records its reversal, and records it again."""
    before = TaskFlow.record

    def record(self: Any, turn: Turn, draft: Draft) -> str:
        if draft.kind is Kind.REVERSE:
            before(self, turn, draft)
        return before(self, turn, draft)

    patch.setattr(TaskFlow, "record", record)


def takeover_loses_a_unit(patch: pytest.MonkeyPatch) -> None:
    """A station that hears of another's claim forgets one unit that was packed before."""
    before = Confirmed.write

    def write(self: Confirmed, connection: Connection) -> None:
        before(self, connection)
        for _, number in self.claims:
            connection.execute(
                update(progress)
                .where(progress.c.order == number, progress.c.packed > 0)
                .values(packed=progress.c.packed - 1)
            )

    patch.setattr(Confirmed, "write", write)


def transfer_counted_at_both_ends(patch: pytest.MonkeyPatch) -> None:
    """What leaves is counted where it leaves, and once more where it goes."""
    before = transit_effects._measures

    def measures(*args: Any, **named: Any) -> Iterator[tuple[str, int]]:
        for measure, sign in before(*args, **named):
            yield measure, 2 * sign if measure == Measure.DISPATCHED.value else sign

    patch.setattr(transit_effects, "_measures", measures)


def count_overwrites_moves_since(patch: pytest.MonkeyPatch) -> None:
    """A count is held against the book as it is now, not as it was when somebody looked."""

    def expected(case: Case, key: Any) -> tuple[int, dict[str, list[int]]]:
        return case.book.cells[key].quantity, {}

    patch.setattr(counting, "_expected", expected)


def what_waits_is_not_taken_back(patch: pytest.MonkeyPatch) -> None:
    """A reversal of what waits for a second person is held until somebody has decided that."""
    patch.setattr(withdrawing, "waits", lambda *_: None)


def typed_number_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A number is typed before the scan it belongs to, and one is received."""

    def one(found: ItemFound, armed: int) -> Unit:
        del armed
        return in_hand(found, 1)

    patch.setattr(receive, "in_hand", one)


def returns_are_all_good(patch: pytest.MonkeyPatch) -> None:
    """Whatever somebody decides about a unit that came back, it is recorded as good."""
    before = ReturnFlow.record

    def record(self: ReturnFlow, turn: Turn, draft: Draft) -> str:
        lines = tuple(
            msgspec.structs.replace(line, to_condition=Condition.GOOD.value) for line in draft.lines
        )
        return before(self, turn, dataclasses.replace(draft, lines=lines))

    patch.setattr(ReturnFlow, "record", record)


def picked_into_another_tote(patch: pytest.MonkeyPatch) -> None:
    """The panel names one tote, and the record another."""
    patch.setattr(PickLine, "tote_place", property(lambda line: f"tote/{line.tote}X"))
