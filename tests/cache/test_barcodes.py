"""A barcode stands for what the newest word of the ledger says, in whatever form it was written."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import ItemRow, Pack
from tests.support.bench import MUG, TRAY, TestBench

GIVEN_AWAY = "02900000000087"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    yield made
    made.book.close()


def _stands_for(bench: TestBench, gtin14: str) -> str:
    with bench.store.begin() as work:
        found = work.item_by_gtin(gtin14)
    return found[0].sku if found else ""


@pytest.mark.parametrize(
    ("written", "scanned"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("2900000000087", GIVEN_AWAY),
        (GIVEN_AWAY, GIVEN_AWAY),
    ],
)
def test_a_barcode_is_found_however_many_digits_the_office_wrote(
    bench: TestBench, written: str, scanned: str
) -> None:
    bench.master(ItemRow("JAR-1L", "Jar, 1 l", packs=(Pack(written, 1),)))

    assert _stands_for(bench, scanned) == "JAR-1L"


def test_a_barcode_taken_away_while_nobody_listened_stands_for_nothing(bench: TestBench) -> None:
    with_it = msgspec.structs.replace(MUG, packs=(Pack(GIVEN_AWAY, 1),), version=2)
    without = msgspec.structs.replace(MUG, packs=(), version=3)

    bench.master(with_it, without)

    assert _stands_for(bench, GIVEN_AWAY) == ""


def test_a_barcode_that_moves_on_within_a_page_ends_where_it_was_brought_last(
    bench: TestBench,
) -> None:
    pack = (Pack(GIVEN_AWAY, 1),)

    bench.master(
        msgspec.structs.replace(MUG, packs=pack, version=2),
        msgspec.structs.replace(MUG, packs=(), version=3),
        msgspec.structs.replace(TRAY, packs=pack, version=2),
        msgspec.structs.replace(TRAY, packs=(), version=3),
        msgspec.structs.replace(MUG, packs=pack, version=4),
    )

    assert _stands_for(bench, GIVEN_AWAY) == MUG.sku
