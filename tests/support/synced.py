"""A real ledger on a real port, and real benches (book, station, sync threads) that follow it."""

import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import sqlalchemy as sa
from typing_extensions import override

from app.cache.store import IDENTITY, CacheStore
from app.cache.tables import balance, item, operation
from app.cache.work import NUMBERS, Numbers
from app.clock import SystemClock, UuidSource
from app.contract.messages import AsOf, FeedBody, ItemRow, Line, LocationRow, Operation, feed_body
from app.domain.operation import Kind, postings
from app.identity.userkey import CHEAP
from app.keys.signing import DeviceSigner
from app.ledger import setup
from app.ledger.clock import SystemIds
from app.ledger.service import LedgerService
from app.ledger.tls.serving import Serving
from app.ledger.web.server import ServerThread
from app.station.desk import StationDesk
from app.station.inbox import Stop
from app.station.ports import Clock
from app.station.station import Station
from app.station.unlocking import DirectUnlocker
from app.sync.dialling import Address, Dialled
from app.sync.enrol import enrol
from app.sync.http_ledger import HttpLedger
from app.sync.pins import Pins
from app.sync.runner import Pace, SyncThreads
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from tests.support import prepared
from tests.support.bench import understand

SITE = "HAM"
MUG = "SKU-10221"
DOCK = "DOCK-1"
# Far beyond what any promise needs; reaching it is a failure, not a slow machine.
PATIENCE_S = 20.0


def eventually(true: Callable[[], bool], within_s: float = PATIENCE_S) -> bool:
    """Whether it becomes true in time."""
    until = time.monotonic() + within_s
    pause = threading.Event()
    while not true():
        if time.monotonic() > until:
            return False
        pause.wait(0.005)
    return True


def set_up(folder: Path, *stations: str) -> list[str]:
    """A new ledger in a folder, with a site, an item and a dock; the stations' one-time codes."""
    service = LedgerService(prepared.ledger(folder))
    service.add_site(SITE, company_prefix="4012345")
    service.imports.items([ItemRow(sku=MUG, name="Enamel mug, blue 350 ml")])
    service.imports.locations([LocationRow(site=SITE, location=DOCK, kind="dock")])
    issued = [service.identity.add_station(SITE, station).code for station in stations]
    service.close()
    return issued


def feed_of(folder: Path) -> list[FeedBody]:
    """Every row of the only site's feed, from the ledger's own database."""
    database = prepared.ledger(folder)
    with database.reader.begin() as connection:
        rows = connection.execute(sa.text("select seq, body from feed order by seq")).all()
    database.close()
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    return [feed_body.decode(row.body) for row in rows]


class RealLedger:
    """A ledger in a folder, served over HTTP; it can go down, come back, and be restored.

    Args:
        folder: Its data folder.
        tls: Certificates to serve https with; plain http without.
    """

    def __init__(self, folder: Path, tls: Serving | None = None) -> None:
        self.folder = folder
        self._port = 0
        self._tls = tls
        set_up(folder)
        self._open()

    def _open(self) -> None:
        self.service = LedgerService(prepared.ledger(self.folder))
        self._server = ServerThread(self.service, port=self._port, tls=self._tls)
        self.url = self._server.start()
        self._port = int(self.url.rpartition(":")[2])

    def go_down(self) -> None:
        """Stop serving and close the database."""
        self._server.stop()
        self.service.close()

    def come_back(self) -> None:
        """Serve the same folder on the same port again."""
        self._open()

    def backup(self, name: str) -> Path:
        """A copy of the folder; the ledger must be down."""
        copy = self.folder.with_name(name)
        shutil.copytree(self.folder, copy)
        return copy

    def restore(self, copy: Path, *, announced: bool) -> None:
        """Come back from a copy, with or without saying so."""
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        if announced:
            database = prepared.ledger(self.folder)
            setup.new_epoch(database, SystemIds())
            database.close()
        self.come_back()

    def posted(self) -> list[str]:
        """Ids of outcome rows, in feed order."""
        with self.service.database.reader.begin() as connection:
            bodies = connection.execute(sa.text("select body from feed order by seq")).scalars()
            rows = [msgspec.json.decode(body) for body in bodies]
        return [row["id"] for row in rows if row["type"] == "outcome"]

    def feed_is_dense(self) -> bool:
        """Whether the feed is 1, 2, 3 … without a hole."""
        with self.service.database.reader.begin() as connection:
            seqs = list(connection.execute(sa.text("select seq from feed order by seq")).scalars())
        return seqs == list(range(1, len(seqs) + 1))


class ListeningDesk(StationDesk):
    """The station's real desk, and a note of what it is told about the link."""

    def __init__(
        self, station: Station, store: CacheStore, signer: DeviceSigner, clock: Clock
    ) -> None:
        super().__init__(station, store, signer, clock)
        self.links: list[str] = []
        self.sentences: list[str] = []

    @override
    def link_changed(self, state: str, sentence: str, skew_ms: int | None) -> None:
        self.links.append(state)
        self.sentences.append(sentence)
        super().link_changed(state, sentence, skew_ms)


class SyncedBench:
    """A station with its own thread, book and sync; no screen.

    Args:
        folder: Where its book lies.
        url: Where its ledger, or something in between, answers.
        code: One-time enrolment code; empty when the book is of a station that is enrolled.
        enrol_url: Where to enrol, when something unreliable stands between.
        ca: For https: file of the authority to pin.
        clock: The system's unless handed in.
    """

    def __init__(
        self,
        folder: Path,
        url: str,
        code: str,
        enrol_url: str = "",
        ca: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=not code)
        if ca is not None:
            Pins(folder).pin_file(ca)
        self._folder = folder
        self._clock: Clock = clock or SystemClock()
        self._ids = UuidSource()
        self.signer = DeviceSigner(self._device_key(folder))
        self._book = prepared.book(folder / "book.db", b"\x05" * 32)
        self.store = CacheStore(self._book)
        if code:
            self._enrol(enrol_url or url, code)
        self.identity = self.store.identity()
        self.station = Station(
            self.store, self._clock, self._ids, understand, DirectUnlocker(lambda: b"", CHEAP)
        )
        self.desk = ListeningDesk(self.station, self.store, self.signer, self._clock)
        self._thread = threading.Thread(target=self.station.run, name="station")
        self._thread.start()
        self.ledger = self.dial(url)
        self.sync: SyncThreads | None = None

    def _enrol(self, url: str, code: str) -> None:
        dialled = Dialled(Address(url, self._folder))
        enrolled = enrol(dialled.gate, code, self.signer)
        dialled.wire.close()
        numbers = Numbers(int(enrolled.numbers.first), enrolled.numbers.count)
        with self.store.begin() as work:
            work.set_note(IDENTITY, msgspec.json.encode(enrolled.identity).decode())
            work.set_note(NUMBERS, msgspec.json.encode(numbers).decode())
            work.commit()

    @staticmethod
    def _device_key(folder: Path) -> bytes:
        """Kept beside the book, so that a copy of the folder is a copy of the station."""
        path = folder / "device.key"
        if not path.exists():
            path.write_bytes(sum(folder.name.encode()).to_bytes(32))
        return path.read_bytes()

    def dial(self, url: str) -> HttpLedger:
        """A ledger over a wire of its own."""
        dialled, skew = Dialled(Address(url, self._folder)), Skew(self._clock)
        who, audience = self.identity.enrolment, self.identity.ledger_key
        tokens = TokenSource(dialled.gate, who, self.signer, skew, audience=audience)
        return HttpLedger(dialled.wire, tokens, skew)

    def start_sync(self, pace: Pace | None = None) -> None:
        """Start the two threads of the sync."""
        self.sync = SyncThreads(self.desk, self.ledger, Random(3), threading.Thread, pace)
        self.sync.start()

    def close(self) -> None:
        """Stop sync, station and book."""
        if self.sync is not None:
            self.sync.stop()
        else:
            self.ledger.close()
        self.station.put(Stop())
        self._thread.join(10)
        self._book.close()

    def receive(self, quantity: int = 1) -> str:
        """Record goods in at the dock, as a flow does; the sync is woken."""
        return self.receive_many(1, quantity)[0]

    def receive_many(self, count: int, quantity: int = 1) -> list[str]:
        """The same, `count` times in one transaction; the ids in order."""
        return self.station.call(lambda: self._record(count, quantity)).result(10)

    def _record(self, count: int, quantity: int) -> list[str]:
        bodies = [self._receipt(quantity) for _ in range(count)]
        with self.store.begin() as work:
            for body in bodies:
                work.append(body, postings(body.lines), "")
            work.commit()
        if self.sync is not None:
            self.sync.wake()
        return [body.id for body in bodies]

    def _receipt(self, quantity: int) -> Operation:
        lines = (Line(item=MUG, quantity=quantity, source="supplier", target=DOCK),)
        where = self.store.position()
        return Operation(
            id=self._ids.new_id(),
            kind=Kind.RECEIVE.value,
            contract_version=1,
            site=SITE,
            actor="p-novak",
            role="clerk",
            source_system="station",
            correlation_id=self._ids.new_id(),
            recorded_at=self._clock.now().isoformat(timespec="milliseconds"),
            as_of=AsOf(epoch=where.epoch, cursor=where.cursor),
            lines=lines,
        )

    # ---------------------------------------------------------------- what the book says

    def transports(self) -> Mapping[str, int]:
        """How many operations are unsent, acknowledged, confirmed."""
        counted = sa.select(operation.c.transport, sa.func.count()).group_by(operation.c.transport)
        return {str(transport): int(count) for transport, count in self._read(counted)}

    def confirmed(self) -> bool:
        """Whether the ledger has confirmed everything."""
        return set(self.transports()) <= {"confirmed"}

    def at_dock(self) -> int:
        """Confirmed mugs at the dock."""
        rows = self._read(
            sa.select(balance.c.quantity).where(balance.c.location == DOCK, balance.c.item == MUG)
        )
        return sum(int(quantity) for (quantity,) in rows)

    def items(self) -> int:
        """How many items the book knows."""
        return len(self._read(sa.select(item.c.sku)))

    def _read(self, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
        def read() -> list[tuple[Any, ...]]:
            with self.store.begin() as work:
                return [tuple(row) for row in work.connection.execute(statement)]

        return self.station.call(read).result(10)
