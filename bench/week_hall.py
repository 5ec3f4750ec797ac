"""What a week of every task needs at the ledger: goods, places, papers, and a station enrolled."""

import threading
from pathlib import Path

from app.clock import UuidSource
from app.contract.messages import DocumentLine, DocumentRow, LocationRow
from app.gs1.gate import reader
from app.identity.userkey import CHEAP
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.transfers import Call
from app.station.desk import StationDesk
from app.station.inbox import Stop
from app.station.station import Station
from app.station.unlocking import DirectUnlocker
from app.sync.exchange import Exchange
from app.sync.outcomes import Idle
from bench import hall
from bench.shift import BenchStation
from bench.week_bench import DOCK, LINES, PACKED, PICKED, SENT, SHELF, WeekClock, goods

ITEMS = 2_000
# Units of each on its shelf: a week takes some of them.
EACH = 100_000
OTHER = "BRE"
SENT_LINES = 3


def furnish(folder: Path, clock: WeekClock, rounds: int, items: int = ITEMS) -> BenchStation:
    """A ledger with papers for so many rounds, and a station that has heard of everything."""
    service = LedgerService(Database.in_folder(folder / "ledger"), clock=clock, cost=CHEAP)
    hall.fill(service, items=items, balances=items, lines=0, each=EACH)
    service.add_site(OTHER, company_prefix="4012346")
    service.imports.locations(
        [
            LocationRow(hall.SITE, place, kind)
            for place, kind in ((DOCK, "dock"), ("RET-A", "returns"), (SHELF, "bin"))
        ]
    )
    for name, first in (("PACK", PACKED), ("PICK", PICKED)):
        papers = [hall.order(f"{name}-{n}", LINES, first=goods(first, n)[0]) for n in range(rounds)]
        service.imports.orders(hall.SITE, papers)
    _transfers(service, rounds)
    station = BenchStation(folder / "station", service, hall.SITE, "pack-1")
    _hear_everything(service, station, clock)
    service.close()
    station.close()
    return station


def _transfers(service: LedgerService, rounds: int) -> None:
    where = service.site(hall.SITE)
    lines = tuple(DocumentLine(n + 1, hall.sku(SENT + n), 1) for n in range(SENT_LINES))
    for n in range(rounds):
        row = DocumentRow(
            "transfer", f"TR-{n}", 0, "", origin=hall.SITE, destination=OTHER, lines=lines
        )
        service.transfers.ask(where, row, Call("office"))


def _hear_everything(service: LedgerService, station: BenchStation, clock: WeekClock) -> None:
    """What its sync would fetch, at the time the week begins."""
    understand = reader(lambda: clock.now().year)
    unlocker = DirectUnlocker(lambda: b"", CHEAP)
    live = Station(station.store, clock, UuidSource(), understand, unlocker)
    thread = threading.Thread(target=live.run, name="station")
    thread.start()
    desk = StationDesk(live, station.store, station.signer, clock)
    exchange = Exchange(desk, service.as_seen_by(station.identity.enrolment))
    try:
        while not isinstance(exchange.pull(0), Idle):
            pass
    finally:
        live.put(Stop())
        thread.join()
