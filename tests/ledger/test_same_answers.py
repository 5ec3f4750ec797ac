"""SQLite and PostgreSQL say the same, byte for byte, to the same day."""

from dataclasses import replace
from pathlib import Path

import msgspec

from app.conformance.floor import order_row, picture
from app.conformance.probe import Probe, moved
from app.contract.chain import GENESIS
from app.contract.messages import (
    Answer,
    ChangesPage,
    Line,
    MasterQuery,
    SnapshotPage,
    SnapshotQuery,
)
from app.domain.order import OrderState
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, SITE, TRAY, CountingSecrets, enrolled, stocked


def _day(service: LedgerService, clock: FakeClock) -> list[object]:
    """A day with a bit of everything; returns every answer."""
    said: list[object] = []
    one, two = enrolled(service, "PACK-01"), enrolled(service, "PACK-02")
    service.imports.orders(SITE, [order_row(f"ORD-{n}", MUG.sku, (2, 1)) for n in range(6)])

    def do(station: Probe, kind: str, *lines: Line, **about: str) -> None:
        clock.pass_ms(700)
        said.append(station.do(station.operation(kind, *lines, **about)))

    for station in (one, two):
        station.pull()
        do(station, "claim", order="ORD-1")
        do(station, "pick", moved(MUG.sku, 3, "A-04-2", "tote/T-1"))
        do(station, "pack", moved(MUG.sku, 2, "tote/T-1", "parcel/P", order_line=1), order="ORD-1")
        do(station, "short", Line(item=MUG.sku, quantity=1, order_line=2), order="ORD-1")
        do(station, "ship", moved(MUG.sku, 2, "parcel/P", "customer"), order="ORD-1")
    do(one, "move", moved("SKU-99999", 4, "Ångström Ü", "DOCK-1"))
    do(one, "reverse", original=one.sent[2].id)
    do(one, "reverse", original=one.sent[2].id)
    do(two, "teleport")
    do(two, "adjust", moved(TRAY.sku, 4, "adjustment", "B-11-1"))
    service.orders.set_state(SITE, ["ORD-2"], OrderState.CANCELLED)
    do(two, "pack", moved(TRAY.sku, 1, "B-11-1", "parcel/Q", order_line=1), order="ORD-2")
    said.append(one.ledger.post(one.batch(2, 5)))
    said.append(service.identity.revoke(SITE, "PACK-02"))
    do(two, "receive", moved(TRAY.sku, 1, "supplier", "DOCK-1"))
    follower = replace(one, cursor=0, chain=GENESIS, rows=[])
    said.extend(follower.pull(limit=7))
    said.append((follower.cursor, follower.chain))
    page = one.ledger.changes(follower.query())
    assert isinstance(page, ChangesPage)
    said.append((page.head, page.master_head, page.at))
    said.append(one.ledger.master(MasterQuery(protocol=1, epoch="", cursor=0)))
    said.append(sorted(map(msgspec.json.encode, picture(one).rows)))
    head = one.ledger.snapshot(SnapshotQuery(protocol=1))
    assert isinstance(head, SnapshotPage)
    said.append((head.snapshot, head.cursor, head.chain, head.master_cursor, head.pages))
    return [msgspec.json.encode(one) if isinstance(one, Answer) else one for one in said]


def _on(url: str) -> list[object]:
    clock = FakeClock()
    service = LedgerService(Database(url), clock=clock, ids=CountingSecrets())
    said = _day(stocked(service), clock)
    service.close()
    return said


def test_both_databases_tell_the_same_day(tmp_path: Path, fresh_database: str) -> None:
    on_sqlite = _on(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    on_postgresql = _on(fresh_database)

    assert len(on_sqlite) > 60
    assert on_sqlite == on_postgresql
