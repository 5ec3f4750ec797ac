"""Many at once: nothing lost, nothing doubled, one winner."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier, Event

from app.conformance.floor import Floor, stock
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import OutcomeRow, Result
from app.domain.operation import StockKey

WRITERS = 4
BATCHES = 12
BATCH = 25


def _together(tasks: Sequence[Callable[[], object]]) -> list[object]:
    """Run tasks at the same moment, each on a thread."""
    barrier = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> object:
        barrier.wait(timeout=10)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, t) for t in tasks]]


@promise(stations=5)
def four_writers_and_a_reader_lose_nothing(floor: Floor) -> None:
    item, shelf = floor.item(), floor.name("A-04")
    writers = [floor.station(n) for n in range(WRITERS)]
    reader = floor.station(WRITERS)
    start, done = reader.cursor, Event()

    def write(station: Probe, dock: str) -> None:
        for _ in range(BATCHES):
            first = len(station.sent) + 1
            for _ in range(BATCH):
                line = moved(item, 1, dock, shelf)
                station.record(station.operation("move", line, name=f"{dock} {len(station.sent)}"))
            station.post(first)

    def read() -> None:
        while not done.is_set():
            reader.pull(limit=40, wait_s=1)
        reader.pull()

    def write_all() -> None:
        try:
            _together([partial(write, writer, floor.name("DOCK")) for writer in writers])
        finally:
            done.set()

    _together([write_all, read])

    moves = WRITERS * BATCHES * BATCH
    ids = [row.id for row in reader.rows if isinstance(row, OutcomeRow) and row.kind == "move"]
    sent = {sent.id for writer in writers for sent in writer.sent}
    new = [id_ for id_ in ids[-moves:] if id_ in sent]
    assert len(new) == len(set(new)) == moves
    assert reader.cursor >= start + moves
    assert stock(reader)[StockKey(shelf, item)] == moves


def _claim(station: Probe, order: str) -> Result:
    return station.do(station.operation("claim", order=order))


@promise(stations=2, office=True)
def of_two_claimants_at_once_one_wins(floor: Floor) -> None:
    stations = [floor.station(n) for n in range(2)]
    for _ in range(5):
        order = floor.order(1).order

        results = _together([partial(_claim, station, order) for station in stations])

        outcomes = sorted(r.outcome for r in results if isinstance(r, Result))
        assert outcomes == ["posted", "refused"]


@promise(stations=1)
def the_same_batch_sent_twice_at_once_is_posted_once(floor: Floor) -> None:
    station, item, shelf = floor.station(), floor.item(), floor.name("A-04")
    for _ in range(5):
        first = len(station.sent) + 1
        for _ in range(20):
            line = moved(item, 1, "supplier", shelf)
            station.record(station.operation("receive", line, name=floor.name("r")))

        one, two = _together([partial(station.post, first)] * 2)

        assert isinstance(one, tuple)
        assert isinstance(two, tuple)
        assert [r.feed_seq for r in one] == [r.feed_seq for r in two]
    assert stock(station)[StockKey(shelf, item)] == 100


@promise(stations=4)
def stations_that_move_the_same_stock_do_not_block_each_other(floor: Floor) -> None:
    items = [floor.item() for _ in range(6)]
    shelves = [floor.name("A") for _ in range(6)]
    stations = [floor.station(n) for n in range(4)]

    def churn(station: Probe, step: int) -> None:
        for round_ in range(6):
            first = len(station.sent) + 1
            for n in range(12):
                k = (n * step + round_) % 6
                line = moved(items[k], 1, shelves[k], shelves[(k + step) % 6])
                station.record(
                    station.operation("move", line, name=f"{shelves[0]} {len(station.sent)}")
                )
            assert {r.outcome for r in station.post(first)} == {"posted"}

    _together([partial(churn, station, n) for n, station in enumerate(stations, 1)])

    balances = stock(stations[0])
    for item in items:
        total = sum(quantity for key, quantity in balances.items() if key.item == item)
        assert total == 0


@promise(stations=2, office=True)
def one_operation_sent_under_two_enrolments_at_once_is_posted_once(floor: Floor) -> None:
    item, shelf = floor.item(), floor.name("A-04")
    old = floor.desk.enrol(floor.name("PACK"))
    new = floor.desk.enrol(floor.name("PACK"))
    old.pull()
    new.pull()
    operations = [
        old.operation("receive", moved(item, 1, "supplier", shelf), name=floor.name("r"))
        for _ in range(30)
    ]
    for station in (old, new):
        for operation in operations:
            station.record(operation)

    one, two = _together([old.post, new.post])

    assert isinstance(one, tuple)
    assert isinstance(two, tuple)
    assert [r.feed_seq for r in one] == [r.feed_seq for r in two]
    assert {r.known for r in (*one, *two)} == {True, False}
    follower = replace(old, rows=[])
    follower.pull()
    assert stock(old)[StockKey(shelf, item)] == 30
