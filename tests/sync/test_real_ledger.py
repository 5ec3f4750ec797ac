"""The sync over HTTP against the real ledger, from a real book: nothing here is a fake."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import ItemRow
from app.ledger.imports import StockLine
from app.sync.exchange import Exchange
from app.sync.outcomes import Again, Idle, Moved
from app.sync.runner import Pace
from tests.support.leaks import ExpectedLogs
from tests.support.synced import DOCK, MUG, SITE, RealLedger, SyncedBench, eventually

pytestmark = pytest.mark.system


class Floor:
    """One ledger and the benches that were opened at it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ledger = RealLedger(folder / "ledger")
        self.benches: list[SyncedBench] = []

    def bench(self, name: str, pace: Pace | None = None, *, running: bool = True) -> SyncedBench:
        code = self.ledger.service.identity.add_station(SITE, name).code
        made = SyncedBench(self._folder / name, self.ledger.url, code)
        self.benches.append(made)
        if running:
            made.start_sync(pace)
            assert eventually(lambda: "online" in made.desk.links)
        return made

    def close(self) -> None:
        for bench in self.benches:
            bench.close()
        self.ledger.go_down()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    made = Floor(tmp_path)
    yield made
    made.close()


def test_what_a_bench_records_is_posted_once_and_confirmed(floor: Floor) -> None:
    bench = floor.bench("Bench 4")

    ids = [bench.receive(3) for _ in range(40)]

    assert eventually(bench.confirmed)
    assert floor.ledger.posted() == ids
    assert bench.at_dock() == 120


def test_another_bench_sees_it_without_doing_anything(floor: Floor) -> None:
    here, there = floor.bench("Bench 4"), floor.bench("Bench 5")
    here.receive(7)

    assert eventually(lambda: there.at_dock() == 7)  # how soon: bench/


def test_a_fresh_bench_starts_from_a_picture_with_every_item_and_balance(floor: Floor) -> None:
    items = [ItemRow(sku=f"SKU-{n:05d}", name=f"Enamel mug {n}") for n in range(2_500)]
    floor.ledger.service.imports.items(items)
    floor.ledger.service.imports.stock(SITE, [StockLine(DOCK, MUG, 90)])

    bench = floor.bench("Bench 9")

    assert eventually(lambda: bench.items() == 2_501)
    assert eventually(lambda: bench.at_dock() == 90)


def test_a_new_item_reaches_a_running_bench(floor: Floor) -> None:
    bench = floor.bench("Bench 4")

    floor.ledger.service.imports.items([ItemRow(sku="SKU-10987", name="Bamboo tray, large")])

    assert eventually(lambda: bench.items() == 2)


def test_a_dead_ledger_shows_within_three_seconds_and_work_goes_on(
    floor: Floor, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("offline")
    bench = floor.bench("Bench 4")

    floor.ledger.go_down()
    assert eventually(lambda: bench.desk.links[-1] == "offline", within_s=3.5)
    ids = [bench.receive() for _ in range(25)]
    floor.ledger.come_back()

    assert eventually(bench.confirmed)
    assert eventually(lambda: bench.desk.links == ["online", "offline", "online"])
    assert floor.ledger.posted() == ids


@pytest.mark.parametrize("announced", [True, False])
def test_a_restored_ledger_gets_back_what_it_lost_once_that_is_said(
    floor: Floor, announced: bool, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("offline")
    if not announced:
        expected_logs.expect("refused")
    bench = floor.bench("Bench 4")
    early = [bench.receive() for _ in range(5)]
    assert eventually(bench.confirmed)
    floor.ledger.go_down()
    assert eventually(lambda: bench.desk.links[-1] == "offline")
    copy = floor.ledger.backup("yesterday")
    floor.ledger.come_back()
    late = [bench.receive() for _ in range(5)]
    assert eventually(bench.confirmed)

    floor.ledger.go_down()
    floor.ledger.restore(copy, announced=announced)
    if not announced:
        # A ledger that takes back what it signed may as well have been tampered with.
        assert eventually(lambda: bench.desk.links[-1] == "refused")
        assert floor.ledger.posted() == early
        floor.ledger.go_down()
        floor.ledger.restore(copy, announced=True)
        assert bench.sync is not None
        bench.sync.link_up()  # at once, not at its next try

    assert eventually(lambda: floor.ledger.posted()[:10] == early + late)
    # The bench has recorded what it was told, beside what it holds.
    assert len(floor.ledger.posted()) == (10 if announced else 11)
    assert eventually(lambda: bench.confirmed() and bench.at_dock() == 10)
    assert floor.ledger.feed_is_dense()


def test_a_revoked_bench_is_refused_and_keeps_what_it_records(
    floor: Floor, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("revoked")
    bench = floor.bench("Bench 4")

    floor.ledger.service.identity.revoke(SITE, "Bench 4")
    bench.receive()

    assert eventually(lambda: bench.desk.links[-1] == "revoked")
    assert sum(bench.transports().values()) == 1
    assert not bench.confirmed()


def test_stopping_does_not_wait_for_the_long_poll(floor: Floor) -> None:
    bench = floor.bench("Bench 4", Pace(poll_s=25))
    assert bench.sync is not None

    began = time.monotonic()
    bench.sync.stop()

    assert time.monotonic() - began < 3


def test_steps_taken_by_hand_are_the_same_as_those_of_the_threads(floor: Floor) -> None:
    """What the simulation does on its virtual clock."""
    bench = floor.bench("Bench 4", running=False)
    exchange = Exchange(bench.desk, bench.ledger)
    assert exchange.pull(0) == Moved(0, more=True)  # an empty picture
    assert exchange.pull(0) == Idle()
    bench.receive()

    assert exchange.push() == Moved(1, more=False)
    assert exchange.pull(0) == Moved(1, more=False)
    assert (exchange.push(), exchange.pull(0)) == (Idle(), Idle())
    assert bench.confirmed()


def test_what_is_posted_before_a_picture_and_shown_in_it_is_confirmed_once(floor: Floor) -> None:
    bench = floor.bench("Bench 4", running=False)
    exchange = Exchange(bench.desk, bench.ledger)
    bench.receive(3)
    assert isinstance(exchange.push(), Again)  # the epoch is news to a fresh station
    assert exchange.push() == Moved(1, more=False)
    assert exchange.pull(0).__class__ is Moved  # the picture has the posting in it

    assert exchange.push() == Moved(1, more=False)

    assert bench.confirmed()
    assert bench.at_dock() == 3
