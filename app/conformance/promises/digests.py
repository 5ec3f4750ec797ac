"""A station's book against the ledger's: equal digests, and the rows where they are not."""

from collections.abc import Mapping
from dataclasses import replace

from app.conformance.floor import Floor, stock
from app.conformance.probe import Broken, Probe, moved
from app.conformance.registry import promise
from app.contract import digest
from app.contract.messages import (
    PROTOCOL_VERSION,
    DigestAnswer,
    DigestPage,
    DigestQuery,
    ExceptionRow,
)
from app.domain.operation import StockKey


def _ask(station: Probe, book: Mapping[StockKey, int]) -> DigestAnswer:
    return station.ledger.digest(
        DigestQuery(
            protocol=PROTOCOL_VERSION,
            epoch=station.epoch,
            cursor=station.cursor,
            chain=station.chain,
            buckets=digest.to_texts(digest.digest(book.items())),
        )
    )


def _page(station: Probe, book: Mapping[StockKey, int]) -> DigestPage:
    answer = _ask(station, book)
    if not isinstance(answer, DigestPage):
        raise Broken(f"the digest was answered {answer.problem}")
    return answer


@promise(stations=2)
def equal_books_have_equal_digests_though_the_ledger_is_ahead(floor: Floor) -> None:
    station, other, item = floor.station(0), floor.station(1), floor.item()
    station.do(station.operation("receive", moved(item, 9, "supplier", floor.name("DOCK"))))
    station.pull()
    book = stock(station)

    other.do(other.operation("receive", moved(item, 4, "supplier", floor.name("DOCK"))))

    page = _page(station, book)
    assert (page.cursor, page.differing, page.rows) == (station.cursor, (), ())


@promise(stations=2)
def a_book_that_differs_is_mended_from_the_answer(floor: Floor) -> None:
    station, other, item = floor.station(0), floor.station(1), floor.item()
    dock = floor.name("DOCK")
    station.do(station.operation("receive", moved(item, 9, "supplier", dock)))
    station.pull()
    right = stock(station)
    # One balance too many, one wrong, one lost; and the ledger has gone on meanwhile.
    book = right | {StockKey(dock, item): 7, StockKey("GHOST", item): 3}
    del book[StockKey("supplier", item)]
    other.do(other.operation("receive", moved(item, 4, "supplier", dock)))

    for _ in range(digest.BUCKETS):
        page = _page(station, book)
        if not page.differing:
            break
        book = {key: n for key, n in book.items() if digest.bucket_of(key) not in page.told}
        book |= {
            StockKey(row.location, row.item, row.lot, row.serial, row.condition): row.quantity
            for row in page.rows
        }

    assert book == right


@promise(office=True)
def a_station_that_differed_is_told_of_until_it_agrees(floor: Floor) -> None:
    station, item = floor.station(), floor.item()
    station.do(station.operation("receive", moved(item, 9, "supplier", floor.name("DOCK"))))
    station.pull()
    right = stock(station)

    _page(station, right | {StockKey("GHOST", item): 3})
    opened = [row for row in station.pull() if isinstance(row, ExceptionRow)]
    _page(station, right)
    closed = [row for row in station.pull() if isinstance(row, ExceptionRow)]

    assert [(row.code, row.state) for row in opened + closed] == [
        ("station_differs", "open"),
        ("station_differs", "closed"),
    ]


@promise()
def a_digest_of_another_history_is_not_compared(floor: Floor) -> None:
    station = floor.station()
    station.do(station.operation("receive", moved(floor.item(), 1, "supplier", "DOCK-1")))
    station.pull()
    stranger = replace(station, chain="ab" * 32)

    answer = _ask(stranger, {})

    assert not isinstance(answer, DigestPage)
    assert answer.problem == "epoch_changed"
