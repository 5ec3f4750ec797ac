"""Signed checkpoints: what the ledger says its feed was, so that others can hold it to it."""

from dataclasses import replace

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.conformance.floor import Floor
from app.conformance.probe import Broken, Probe
from app.conformance.registry import promise
from app.contract import chain
from app.contract.messages import ChangesPage, Checkpoint


def _page(station: Probe, protocol: int = 2, limit: int = 500) -> ChangesPage:
    query = msgspec.structs.replace(station.query(limit), protocol=protocol)
    page = station.ledger.changes(query)
    if not isinstance(page, ChangesPage):
        raise Broken(f"changes answered {page.problem}")
    return page


def _believed(station: Probe, page: ChangesPage) -> Checkpoint:
    point = page.checkpoint
    if point is None:
        raise Broken("a page of protocol 2 came without a checkpoint")
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(station.who.ledger_key))
    key.verify(bytes.fromhex(point.signature), chain.checkpoint_bytes(point))
    return point


@promise()
def every_page_ends_at_a_place_the_ledger_has_signed(floor: Floor) -> None:
    station = floor.station()
    for _ in range(5):
        station.record(station.operation("event", name=floor.name("event")))
    station.post(len(station.sent) - 4)

    reader = replace(station, rows=[])
    while True:
        page = _page(reader, limit=2)
        point = _believed(reader, page)
        reader.take(page)
        assert (point.site, point.epoch) == (station.who.site, page.epoch)
        assert (point.seq, point.chain) == (reader.cursor, reader.chain)
        if reader.cursor >= page.head:
            break


@promise()
def a_page_without_rows_has_a_checkpoint_and_its_time_goes_on(floor: Floor) -> None:
    station = floor.station()
    station.do(station.operation("event", name=floor.name("event")))
    station.pull()

    first, second = (_believed(station, _page(station)) for _ in range(2))

    assert (first.seq, first.chain) == (second.seq, second.chain) == (station.cursor, station.chain)
    assert first.at <= second.at


@promise()
def a_station_of_protocol_1_is_given_pages_as_it_knows_them(floor: Floor) -> None:
    station = floor.station()
    station.do(station.operation("event", name=floor.name("event")))

    assert _page(station, protocol=1).checkpoint is None
