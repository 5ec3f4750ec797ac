"""A number that is most likely a slip of the finger counts only when it is typed again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.station.inbox import Intent
from app.station.screen import Sound
from tests.station.test_move import TRAY_CODE, furnish, line_of, operations
from tests.support.bench import TRAY, TestBench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    furnish(made)
    made.sign_in()
    made.do(Intent.TASK, "move")
    yield made
    made.book.close()


def test_nothing_goes_on_with_a_large_number_typed_once(bench: TestBench) -> None:
    before = bench.title
    bench.do(Intent.QUANTITY, "120")
    assert (bench.title, bench.sounds[-1]) == ("pack.quantity_again", Sound.ATTENTION)

    bench.scan(TRAY_CODE)

    assert (bench.title, bench.fates[-1]) == ("pack.quantity_again", "refused")
    assert before != bench.title
    assert operations(bench) == []


@pytest.mark.parametrize(("typed", "moved"), [("120", 120), ("12", 12)])
def test_the_same_number_again_or_the_right_one_goes_on(
    bench: TestBench, typed: str, moved: int
) -> None:
    bench.do(Intent.QUANTITY, "120")
    bench.do(Intent.QUANTITY, typed)
    bench.scan(TRAY_CODE)
    bench.scan("LOC:B-11-1")

    assert line_of(operations(bench)[0]) == (TRAY.sku, moved, "DOCK-1", "B-11-1")
