"""Adjusting what is known by its serial numbers: no number of units says which of them is gone."""

from pathlib import Path

import pytest

from app.contract.messages import ItemRow, OutcomeRow, Pack, PostedLine
from app.station.inbox import Intent
from tests.station.recorded import operations_of
from tests.support.bench import TestBench

CLOCK = "SKU-30001"
CLOCK_CODE = "2900000000087"


@pytest.mark.parametrize("tracking", ["serial", ""])
def test_units_with_serial_numbers_are_not_adjusted_by_their_number(
    tmp_path: Path, tracking: str
) -> None:
    bench = TestBench(tmp_path)
    clock = ItemRow(CLOCK, "Kitchen clock", packs=(Pack(CLOCK_CODE, 1),), tracking=tracking)
    bench.master(clock)
    here = tuple(PostedLine("C-07-3", CLOCK, 1, serial=f"S-{n}") for n in (1, 2))
    bench.feed(OutcomeRow("op-1", "receive", "posted", "enr-9", 1, postings=here))
    bench.sign_in()
    for code in ("CMD:ADJUST", CLOCK_CODE, "LOC:C-07-3"):
        bench.scan(code)

    assert bench.title == "adjust.by_serial"
    bench.do(Intent.ACKNOWLEDGE)
    bench.do(Intent.CODE, "2")
    assert not [one for one in operations_of(bench) if one.kind == "adjust"]
    bench.book.close()
