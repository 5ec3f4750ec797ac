"""The feed: dense, one order, the same in pages of any size, and there within a second."""

from dataclasses import replace
from threading import Timer
from time import monotonic

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import Broken, Probe, moved
from app.conformance.registry import promise
from app.contract import chain
from app.contract.messages import (
    ChangesPage,
    ChangesQuery,
    MasterPage,
    MasterQuery,
    NotNow,
    master_body,
)

# DESIGN §5: what is posted at one station is seen at another within a second.
SEEN_S = 1.0


def _events(floor: Floor, station: Probe, count: int) -> None:
    first = len(station.sent) + 1
    for _ in range(count):
        station.record(station.operation("event", name=floor.name("event")))
    station.post(first)


def _answer(station: Probe, **changes: object) -> NotNow:
    answer = station.ledger.changes(msgspec.structs.replace(station.query(), **changes))
    if not isinstance(answer, NotNow):
        raise Broken("a page was given that should not have been")
    return answer


@promise()
def pages_of_any_size_tell_the_same_feed(floor: Floor) -> None:
    station = floor.station()
    start = (station.cursor, station.chain)
    _events(floor, station, 23)
    ends = set()
    told = []
    for limit in (1, 7, 23, 500):
        reader = replace(station, cursor=start[0], chain=start[1], rows=[])
        told.append(reader.pull(limit))
        ends.add((reader.cursor, reader.chain))

    assert len(ends) == 1
    assert all(rows == told[0] for rows in told)
    assert len(told[0]) == 23


@promise()
def a_page_never_holds_more_than_was_asked_for(floor: Floor) -> None:
    station = floor.station()
    _events(floor, station, 5)

    page = station.ledger.changes(station.query(limit=3))

    assert isinstance(page, ChangesPage)
    assert [row.seq for row in page.rows] == [station.cursor + n for n in (1, 2, 3)]
    assert page.head >= page.cursor + 2


@promise()
def the_whole_feed_from_its_start_is_one_chain(floor: Floor) -> None:
    station = floor.station()
    reader = replace(station, cursor=0, chain=chain.GENESIS, rows=[])

    reader.pull()

    assert (reader.cursor, reader.chain) == (station.cursor, station.chain)


@promise()
def a_cursor_beyond_the_end_means_another_history(floor: Floor) -> None:
    station = floor.station()

    problem = _answer(station, cursor=station.cursor + 1_000_000)

    assert (problem.problem, problem.epoch) == ("epoch_changed", station.epoch)


@promise()
def a_chain_that_differs_means_another_history(floor: Floor) -> None:
    station = floor.station()
    _events(floor, station, 1)
    station.pull()

    assert _answer(station, chain="0123456789abcdef" * 4).problem == "epoch_changed"
    assert _answer(station, epoch="epoch-of-last-year").problem == "epoch_changed"


@promise()
def waiting_for_nothing_ends_with_an_empty_page(floor: Floor) -> None:
    station = floor.station()
    began = monotonic()

    page = station.ledger.changes(station.query(wait_s=1))

    assert isinstance(page, ChangesPage)
    assert page.rows == ()
    assert (page.cursor, page.chain) == (station.cursor, station.chain)
    assert monotonic() - began >= 0.9


@promise(stations=2)
def who_waits_is_told_within_a_second(floor: Floor) -> None:
    writer, reader = floor.station(0), floor.station(1)
    reader.pull()
    writer.record(writer.operation("event", name=floor.name("event")))
    posted: list[float] = []

    def post() -> None:
        writer.post(len(writer.sent))
        posted.append(monotonic())

    timer = Timer(0.3, post)
    timer.start()
    rows = reader.pull(wait_s=10)
    seen = monotonic()
    timer.join()

    assert [getattr(row, "id", "") for row in rows] == [writer.sent[-1].id]
    assert seen - posted[0] < SEEN_S


@promise(office=True)
def master_rows_come_in_order_and_no_feed_row_needs_a_later_one(floor: Floor) -> None:
    station = floor.station()
    skus = [floor.item() for _ in range(5)]
    _events(floor, station, 1)

    page = station.ledger.changes(station.query())
    assert isinstance(page, ChangesPage)
    assert all(row.master <= page.master_head for row in page.rows)

    told: list[str] = []
    cursor = 0
    while cursor < page.master_head:
        rows = station.ledger.master(
            MasterQuery(protocol=1, epoch=station.epoch, cursor=cursor, limit=3)
        )
        assert isinstance(rows, MasterPage)
        assert len(rows.rows) <= 3
        assert rows.cursor > cursor
        told += [getattr(master_body.decode(raw), "sku", "") for raw in rows.rows]
        cursor = rows.cursor
    assert [sku for sku in told if sku in skus] == skus


@promise()
def asking_with_a_protocol_from_before_our_time_is_told_so(floor: Floor) -> None:
    station = floor.station()
    query = ChangesQuery(protocol=0, epoch=station.epoch, cursor=0, chain="")

    answer = station.ledger.changes(query)

    assert isinstance(answer, NotNow)
    assert answer.problem == "too_old"


@promise()
def postings_of_every_row_sum_to_zero(floor: Floor) -> None:
    station = floor.station()
    station.do(
        station.operation("move", moved(floor.item(), 9, floor.name("DOCK"), floor.name("A-04")))
    )
    reader = replace(station, cursor=0, chain=chain.GENESIS, rows=[])

    for row in reader.pull():
        assert sum(posting.quantity for posting in getattr(row, "postings", ())) == 0
