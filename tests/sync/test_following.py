"""What the station believes it has seen is what its book holds, whenever a turn may come."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

import pytest

from app.ledger.imports import StockLine
from tests.support.synced import SITE, RealLedger, SyncedBench, eventually

T = TypeVar("T")
DOCK, MUG = "DOCK-1", "SKU-10221"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    made.service.imports.stock(SITE, [StockLine(DOCK, MUG, 40)])
    yield made
    made.go_down()


def test_no_turn_comes_between_a_change_of_the_book_and_hearing_of_it(
    ledger: RealLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = ledger.service.identity.add_station(SITE, "PACK-01").code
    bench = SyncedBench(tmp_path / "pack", ledger.url, code)
    call, behind = bench.station.call, list[tuple[int, int]]()

    def watched(work: Callable[[], T]) -> Future[T]:
        def looked() -> T:
            done = work()
            seen, there = bench.station.engine.position, bench.store.position()
            if seen != there:
                behind.append((seen.cursor, there.cursor))
            return done

        return call(looked)

    monkeypatch.setattr(bench.station, "call", watched)
    bench.start_sync()
    fetched = eventually(lambda: bench.desk.position().cursor > 0)
    head = bench.desk.position().cursor
    ledger.service.imports.stock(SITE, [StockLine(DOCK, MUG, 7, condition="damaged")])
    ledger.service.bell.ring()
    followed = eventually(lambda: bench.desk.position().cursor > head)
    bench.close()

    assert fetched
    assert followed
    assert behind == []
