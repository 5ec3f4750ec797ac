"""How far an order has come, and what of a promise is still open: derived, in whole units."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.operation import Kind
from app.domain.order import LineCount, Stage, gathered, stage


class _Line(NamedTuple):
    """A line of an operation, as far as totes are concerned."""

    source: str
    target: str
    quantity: int = 2
    order_line: int = 1
    item: str = "SKU-1001"
    lot: str = ""
    serial: str = ""
    condition: str = "good"
    to_condition: str = ""


# Lines, claimed, units shipped, stage.
STAGES: list[tuple[list[LineCount], bool, int, Stage]] = [
    ([], False, 0, Stage.RELEASED),
    ([LineCount(3)], False, 0, Stage.RELEASED),
    ([LineCount(3, promised=2)], False, 0, Stage.RELEASED),
    ([LineCount(3, promised=3), LineCount(1)], False, 0, Stage.RELEASED),
    ([LineCount(3, promised=3)], False, 0, Stage.RESERVED),
    ([LineCount(3, promised=2, short=1)], False, 0, Stage.RESERVED),
    ([LineCount(3)], True, 0, Stage.CLAIMED),
    ([LineCount(3, promised=3)], True, 0, Stage.CLAIMED),
    ([LineCount(3, promised=3, picked=1)], True, 0, Stage.PICKING),
    ([LineCount(3, picked=3)], False, 0, Stage.PICKING),
    ([LineCount(3, picked=2, packed=1)], True, 0, Stage.PACKING),
    ([LineCount(3, packed=3), LineCount(1)], True, 0, Stage.PACKING),
    ([LineCount(3, packed=3), LineCount(1)], True, 3, Stage.PACKING),
    ([LineCount(3)], False, 3, Stage.PACKING),
    ([LineCount(3, packed=3)], True, 0, Stage.PACKED),
    ([LineCount(3, packed=2, short=1)], True, 0, Stage.PACKED),
    ([LineCount(3, packed=4)], True, 0, Stage.PACKED),
    ([LineCount(3, short=3)], True, 0, Stage.PACKED),
    ([LineCount(3, packed=3), LineCount(2, packed=2)], True, 3, Stage.PACKED),
    ([LineCount(3, packed=3), LineCount(2, packed=2)], True, 5, Stage.SHIPPED),
    ([LineCount(3, packed=2, short=1)], False, 2, Stage.SHIPPED),
    ([LineCount(0)], False, 0, Stage.PACKED),
]


@pytest.mark.parametrize(("lines", "claimed", "shipped", "expected"), STAGES)
def test_the_stage_derives_from_what_was_counted(
    lines: list[LineCount], claimed: bool, shipped: int, expected: Stage
) -> None:
    assert stage(lines, claimed=claimed, shipped=shipped) is expected


def test_every_stage_is_in_the_table() -> None:
    assert {expected for *_, expected in STAGES} == set(Stage)


# Line, wanted, reserved, backordered.
PROMISES: list[tuple[LineCount, int, int, int]] = [
    (LineCount(5), 5, 0, 5),
    (LineCount(5, promised=3), 5, 3, 2),
    (LineCount(5, promised=5), 5, 5, 0),
    (LineCount(5, promised=5, packed=2), 3, 3, 0),
    (LineCount(5, promised=5, picked=2), 3, 3, 0),
    (LineCount(5, promised=5, packed=5), 0, 0, 0),
    (LineCount(5, promised=5, packed=3, short=2), 0, 0, 0),
    (LineCount(5, promised=3, short=2), 3, 3, 0),
    (LineCount(5, promised=5, short=2), 3, 3, 0),
    (LineCount(3, promised=5), 3, 3, 0),
    (LineCount(0, promised=5), 0, 0, 0),
    (LineCount(5, promised=2, packed=4), 1, 0, 1),
    (LineCount(5, packed=7), 0, 0, 0),
]


@pytest.mark.parametrize(("line", "wanted", "reserved", "backordered"), PROMISES)
def test_the_open_part_of_a_promise_needs_no_writing_down(
    line: LineCount, wanted: int, reserved: int, backordered: int
) -> None:
    assert (line.wanted, line.reserved, line.backordered) == (wanted, reserved, backordered)


_units = st.integers(0, 9)
_lines = st.builds(LineCount, _units, _units, _units, _units, _units)


@given(_lines, _units)
def test_a_promise_grows_by_no_more_than_there_is_and_no_more_than_is_wanted(
    line: LineCount, free: int
) -> None:
    after = LineCount(line.ordered, line.promised_with(free), line.picked, line.packed, line.short)

    assert after.reserved - line.reserved == min(free, line.backordered)
    assert after.promised >= line.promised
    assert 0 <= after.reserved <= after.wanted


@given(_lines, _units)
def test_packing_from_the_shelf_takes_from_the_promise_what_leaves_the_shelf(
    line: LineCount, units: int
) -> None:
    packed = min(units, line.reserved)

    after = LineCount(line.ordered, line.promised, line.picked, line.packed + packed, line.short)

    assert after.reserved == line.reserved - packed


GATHERED = [
    (Kind.PICK, _Line("A-04", "tote/T1"), [(1, 2)]),
    (Kind.PICK, _Line("A-04", "BENCH-1"), []),
    (Kind.UNPICK, _Line("tote/T1", "A-04"), [(1, -2)]),
    (Kind.PACK, _Line("tote/T1", "parcel/P"), [(1, -2)]),
    (Kind.PACK, _Line("A-04", "parcel/P"), []),
    (Kind.UNPACK, _Line("parcel/P", "tote/T1"), [(1, 2)]),
    (Kind.UNPACK, _Line("parcel/P", "A-04"), []),
    (Kind.MOVE, _Line("A-04", "tote/T1"), []),
    (Kind.PICK, _Line("A-04", "tote/T1", order_line=0), []),
]


@pytest.mark.parametrize(("kind", "line", "expected"), GATHERED)
def test_what_lies_in_totes_for_an_order_is_counted(
    kind: Kind, line: _Line, expected: list[tuple[int, int]]
) -> None:
    assert gathered(kind, [line]) == expected
