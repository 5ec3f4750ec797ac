"""Finding among very many items: quick for every word, and its index follows what items become."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import perf_counter

import pytest

from app.contract.messages import ItemRow, MasterPage, Pack
from tests.support.bench import EPOCH, TestBench, raws

MANY = 20_000
WORDS = (
    "Becher", "Tablett", "Handtuch", "Schraube", "Edelstahl", "Bambus", "Kerze", "Vanille",
    "Beutel", "Dose", "Lampe",
)  # fmt: skip
# Ten times what it takes on two slow cores; a search that reads every item takes longer still.
PATIENCE_S = 0.25


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBench]:
    made, pick = TestBench(Path(tmp_path_factory.mktemp("many"))), Random(5)
    rows = [
        ItemRow(f"ART-{n:05d}", f"{' '.join(pick.sample(WORDS, 3))} {n % 97} ml", packs=(_pack(n),))
        for n in range(MANY)
    ]
    page = MasterPage(epoch=EPOCH, rows=raws(*rows), cursor=20 + MANY, head=20 + MANY)
    made.store.apply_master(page)
    yield made
    made.book.close()


def _pack(number: int) -> Pack:
    return Pack(f"{4_000_000_000_000 + number:014d}", 1)


@pytest.mark.parametrize("said", ["b", "be", "bec", "becher", "becher bam 12", "zzzz", "zz", "ART"])
def test_every_search_is_answered_while_somebody_types(bench: TestBench, said: str) -> None:
    began = perf_counter()
    with bench.store.begin() as work:
        hits = work.find_items(said, 50)
        work.on_hand([hit.sku for hit in hits])
    taken = perf_counter() - began

    words = said.lower().split()
    assert all(word in f"{hit.sku} {hit.name}".lower() for hit in hits for word in words)
    assert bool(hits) is ("zz" not in said)
    assert taken < PATIENCE_S


def test_pages_together_are_every_hit_once(bench: TestBench) -> None:
    found: list[str] = []
    with bench.store.begin() as work:
        after = 0
        while hits := work.find_items("kerze 13 ml", 7, after):
            found += [hit.sku for hit in hits]
            after = hits[-1].place

    assert len(found) == len(set(found)) > 7


@pytest.mark.parametrize("said", ['"', "a OR b", "NEAR(", "%%", "__", "\\", "-- ;", "' OR 1"])
def test_what_means_something_to_a_search_engine_is_only_letters_here(
    bench: TestBench, said: str
) -> None:
    with bench.store.begin() as work:
        assert work.find_items(said, 5) == ()


def test_the_index_is_sound_after_items_were_named_anew(bench: TestBench) -> None:
    row = ItemRow("ART-00007", "Krug", packs=(_pack(7),))
    for cursor, version in enumerate((row, row, ItemRow("ART-00007", "Kanne"))):
        where = 20 + MANY + cursor + 1
        page = MasterPage(epoch=EPOCH, rows=raws(version), cursor=where, head=where)
        bench.store.apply_master(page)

    with bench.store.begin() as work:
        assert [hit.sku for hit in work.find_items("kanne", 5)] == ["ART-00007"]
        assert work.find_items("krug", 5) == ()
    with bench.book.writer.connect() as connection:
        words = "INSERT INTO item_search (item_search, rank) VALUES ('integrity-check', 1)"
        assert connection.exec_driver_sql(words).rowcount <= 1
