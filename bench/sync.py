"""What sync costs a station: draining days of work, having nothing to do, news, a fresh start.

Ledger: `packhouse ledger serve` on SQLite, a process of its own. Stations: the program's own
`Workstation` with all its threads, without devices and window.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

import sqlalchemy as sa

from app.bootstrap import Workstation
from app.clock import SystemClock
from app.domain.scan import Scan
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.tables import enrolment
from app.opened import OpenBook
from app.settings import load
from app.station.desk import StationDesk
from app.station.events import Event as StationEvent
from app.station.events import FooterChanged, Recorded, ScreenChanged
from app.station.inbox import Do, Intent
from app.sync.exchange import Exchange
from app.sync.http_ledger import HttpGate, HttpLedger
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from app.sync.wire import Wire
from bench import hall
from bench.processes import LedgerProcess, Neighbours
from bench.rows import Beside, Row, median, percentile
from bench.shift import BenchStation
from bench.shop import open_shop

# Far beyond every goal; a bench that reaches it has found a bug and says so.
PATIENCE_S = 110.0
LOOK_S = 0.01
NOOPS = 300
NEWS = 150
ITEMS, BALANCES = 100_000, 200_000


def measure() -> Iterator[Row]:
    """Draining first, then the small figures, then a fresh station of a large hall."""
    for count, orders in ((10_000, 1_000), (50_000, 3_000)):
        with TemporaryDirectory(prefix="packhouse-bench-") as folder:
            yield from _drain(Path(folder), count, orders)
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        yield from _small(Path(folder))
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        yield from _bootstrap(Path(folder))


def wait_for(
    true: Callable[[], bool], look_s: float = LOOK_S, patience_s: float = PATIENCE_S
) -> float:
    """Seconds until it is true, looked at every `look_s`."""
    begun, pause = time.monotonic(), Event()
    while not true():
        if time.monotonic() - begun > patience_s:
            raise TimeoutError(f"not within {patience_s} s")
        pause.wait(look_s)
    return time.monotonic() - begun


def _drain(folder: Path, count: int, orders: int) -> Iterator[Row]:
    shop = open_shop(orders)
    service = LedgerService(Database.in_folder(folder / "ledger"))
    service.add_site("S0", company_prefix="4012345")
    shop.fill(service, "S0")
    station = BenchStation(folder / "station", service, "S0", "pack-1")
    service.close()
    database = Database.in_folder(folder / "ledger")
    with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger:
        with station.hand_over(ledger=ledger.url) as before:
            wait_for(lambda: before.views.health().cursor > 0)
        station.reopen()
        done = station.record(list(shop.orders), shop.stock, count)
        workstation = station.hand_over(ledger=ledger.url)
        neighbours, used = Neighbours(), time.process_time() + ledger.cpu_s
        waiting = _Waiting(workstation)
        with workstation:
            posted = wait_for(lambda: last_posted(database) >= done)
            confirmed = posted + wait_for(lambda: waiting.count == 0)
            spent = time.process_time() + ledger.cpu_s - used
            tally = workstation.views.health().tally
    database.close()
    beside: Beside = {
        "engine": "sqlite",
        "data": shop.source,
        "posted": tally.posted,
        "confirmed_s": round(confirmed, 2),
        "cpu_s": round(spent, 2),
        "others_cpu_percent": neighbours.percent(spent),
    }
    yield Row(f"drain_{count}_s", posted, "s", done, beside)
    yield Row(f"drain_{count}_confirmed_s", confirmed, "s", done, beside)


class _Waiting:
    """What the footer says is waiting."""

    def __init__(self, workstation: Workstation) -> None:
        self.count = -1
        workstation.subscribe(self._listen)

    def _listen(self, event: StationEvent) -> None:
        if isinstance(event, FooterChanged):
            self.count = event.footer.outbox


def last_posted(database: Database) -> int:
    """The end of the longest chain the ledger has of a station."""
    with database.reader.connect() as connection:
        seq = sa.select(sa.func.max(enrolment.c.seq)).where(enrolment.c.station == "pack-1")
        return int(connection.execute(seq).scalar_one())


# ------------------------------------------------------------------------------- small figures


def _small(folder: Path) -> Iterator[Row]:
    service = LedgerService(Database.in_folder(folder / "ledger"))
    hall.fill(service, items=1_000, balances=2_000, lines=NEWS + 20, each=1)
    first = BenchStation(folder / "first", service, hall.SITE, "pack-1")
    second = BenchStation(folder / "second", service, hall.SITE, "pack-2")
    service.close()
    with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger:
        neighbours = Neighbours()
        with (
            first.hand_over(ledger=ledger.url) as one,
            second.hand_over(ledger=ledger.url) as two,
        ):
            wait_for(lambda: min(at.views.health().cursor for at in (one, two)) > 0)
            took = _news(one, two)
        for percent in (50, 95):
            yield Row(
                f"station_to_station_p{percent}_s",
                percentile(took, percent),
                "s",
                len(took),
                {"engine": "sqlite", "others_cpu_percent": neighbours.percent(0)},
            )
        noops = noop_rounds(first.folder, ledger.url)
    yield Row("noop_sync_ms", median(noops), "ms", len(noops), {"p99": percentile(noops, 99)})


def scan(workstation: Workstation, code: str) -> None:
    """What a scanner puts into the inbox."""
    workstation.put(Scan(code.encode(), code, None, "bench", at_ns=time.monotonic_ns()))


class Ear:
    """Waits for events of a station and tells when they came."""

    def __init__(self, workstation: Workstation, kind: type[StationEvent]) -> None:
        self._kind = kind
        self._heard = Event()
        self.at = 0.0
        self.event: StationEvent | None = None
        workstation.subscribe(self._listen)

    def _listen(self, event: StationEvent) -> None:
        if isinstance(event, self._kind) and not self._heard.is_set():
            self.at, self.event = time.monotonic(), event
            self._heard.set()

    def forget(self) -> None:
        """From now on."""
        self._heard.clear()

    def wait(self) -> float:
        """When it came."""
        if not self._heard.wait(PATIENCE_S):
            raise TimeoutError(f"no {self._kind.__name__}")
        return self.at


def _news(one: Workstation, two: Workstation) -> list[float]:
    """Units packed at one station, until the other one's board shows them."""
    recorded, shown = Ear(one, Recorded), Ear(two, ScreenChanged)
    pause = Event()
    for workstation in (one, two):
        scan(workstation, hall.BADGE)
        workstation.put(Do(Intent.SIGN_IN_PIN, hall.PIN))
    pause.wait(2.0)
    scan(one, hall.LONG_ORDER)
    pause.wait(1.0)
    took = []
    for number in range(NEWS):
        recorded.forget()
        shown.forget()
        scan(one, hall.gtin13(number))
        begun = recorded.wait()
        took.append(shown.wait() - begun)
        pause.wait(0.02 + number % 7 * 0.01)
    return took


def noop_rounds(folder: Path, url: str) -> list[float]:
    """Rounds of a station that has nothing to send and nothing to fetch, in milliseconds."""
    opened = OpenBook(load(folder, {}))
    workstation = Workstation(opened)  # without a ledger: the rounds are made here
    clock, wire = SystemClock(), Wire(url)
    skew = Skew(clock)
    identity = opened.store.identity()
    who, audience = identity.enrolment, identity.ledger_key
    tokens = TokenSource(HttpGate(wire), who, opened.signer, skew, audience=audience)
    desk = StationDesk(workstation.station, opened.store, opened.signer, clock)
    exchange = Exchange(desk, HttpLedger(wire, tokens, skew))
    took = []
    with workstation:
        for _ in range(NOOPS):
            begun = time.perf_counter()
            exchange.push()
            exchange.pull(0)
            took.append((time.perf_counter() - begun) * 1e3)
    wire.close()
    return took[20:]


# --------------------------------------------------------------------------------- a fresh start


def _bootstrap(folder: Path) -> Iterator[Row]:
    service = LedgerService(Database.in_folder(folder / "ledger"))
    hall.fill(service, items=ITEMS, balances=BALANCES, lines=0)
    station = BenchStation(folder / "station", service, hall.SITE, "pack-1")
    service.close()
    with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger:
        neighbours, used = Neighbours(), time.process_time() + ledger.cpu_s
        with station.hand_over(ledger=ledger.url) as workstation:
            took = wait_for(lambda: workstation.views.health().cursor > 0, 0.05)
            spent = time.process_time() + ledger.cpu_s - used
            size = workstation.views.health().book_bytes
    yield Row(
        "bootstrap_s",
        took,
        "s",
        1,
        {
            "items": ITEMS,
            "balances": BALANCES,
            "book_mb": round(size / 1e6),
            "cpu_s": round(spent, 2),
            "others_cpu_percent": neighbours.percent(spent),
        },
    )
