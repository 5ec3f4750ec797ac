"""A snapshot: one moment of the site, which never changes, and from which the feed leads on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from app.conformance.floor import Floor, fold, page_of, picture
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.messages import NotNow, SnapshotQuery


def _move(floor: Floor, station: Probe, item: str) -> None:
    line = moved(item, 1, floor.name("DOCK"), floor.name("A-04"))
    station.do(station.operation("move", line, name=floor.name("move")))


@promise()
def the_snapshot_is_the_fold_of_the_feed(floor: Floor) -> None:
    station = floor.station()
    _move(floor, station, floor.item())
    taken = picture(station)
    reader = replace(station, cursor=0, chain="0" * 64, rows=[])
    reader.pull()

    rest = replace(reader, cursor=taken.head.cursor, chain=taken.head.chain, rows=[])
    rest.pull()

    assert fold(taken.balances(), rest.rows) == fold({}, reader.rows)
    assert (rest.cursor, rest.chain) == (reader.cursor, reader.chain)


@promise()
def a_snapshot_does_not_change_while_it_is_fetched(floor: Floor) -> None:
    station = floor.station()
    first = page_of(station)

    _move(floor, station, floor.item())
    again = page_of(station, first.snapshot, 0)

    assert again == first


@promise()
def a_snapshot_nobody_took_is_answered_with_later(floor: Floor) -> None:
    station = floor.station()

    for query in (
        SnapshotQuery(protocol=1, snapshot="01a1fca9-0000-7000-8000-000000000000"),
        SnapshotQuery(protocol=1, snapshot=page_of(station).snapshot, page=999_999),
    ):
        answer = station.ledger.snapshot(query)
        assert isinstance(answer, NotNow)
        assert answer.problem == "retry_later"


@promise(stations=2)
def a_snapshot_taken_while_others_post_is_of_one_moment(floor: Floor) -> None:
    writer, reader = floor.station(0), floor.station(1)
    item, done = floor.item(), Event()

    def write() -> None:
        while not done.is_set():
            _move(floor, writer, item)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            taken = [picture(reader) for _ in range(3)]
        finally:
            done.set()
        writing.result()

    follower = replace(reader, cursor=0, chain="0" * 64, rows=[])
    follower.pull()
    for one in taken:
        assert fold({}, follower.rows[: one.head.cursor]) == {
            key: quantity for key, quantity in one.balances().items() if quantity
        }
