"""A packing bench for tests: a real station on a real book, made-up goods, a hand to scan with.

Vivid goods: the enamel mugs, bamboo trays and tea towels of Halle Nord, site HAM.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Raw

from app.cache.database import Book
from app.cache.store import IDENTITY, CacheStore
from app.cache.work import NUMBERS, Numbers
from app.contract.messages import (
    Answer,
    BalanceRow,
    BoxRow,
    ChangesPage,
    FeedRow,
    ItemRow,
    LocationRow,
    MasterPage,
    OrderedLine,
    OrderRow,
    Pack,
    SnapshotPage,
)
from app.domain.barcode import Meaning, Parcel, PlainCode, TradeItem, own_code
from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.domain.gtin import gtin14, is_sscc
from app.domain.scan import Scan
from app.domain.weight import Reading, WeightState
from app.gs1 import gate
from app.identity.userkey import CHEAP
from app.keys.signing import DeviceSigner
from app.station.events import Event, ReadingShown, ScanDecided, ScreenChanged, Sounded
from app.station.inbox import Do, Intent, Printed, PrintState, Tick
from app.station.ports import Applied, Identity
from app.station.screen import Screen, Sound
from app.station.sessions import load_session
from app.station.station import Station
from app.station.unlocking import DirectUnlocker
from tests.fakes.clock import CountingIds, FakeClock
from tests.support import prepared, reach
from tests.support.people import (
    BADGE,
    CREDENTIALS,
    LEDGER_KEY,
    PEOPLE,
    PEPPER,
    PINS,
    WHOSE,
)

MUG = ItemRow(
    "SKU-10221", "Enamel mug, blue 350 ml", packs=(Pack("02900000000018", 1),), weight_mg=310_000
)
TRAY = ItemRow(
    "SKU-10987",
    "Bamboo tray, large",
    packs=(Pack("02900000000025", 1), Pack("02900000000032", 6)),
    weight_mg=820_000,
    spread_mg=4_000,
)
TOWEL = ItemRow(
    "SKU-11450", "Tea towel, striped", packs=(Pack("02900000000049", 1),), weight_mg=95_000
)
SMALL_TRAY = ItemRow(
    "SKU-20444", "Bamboo tray, small", packs=(Pack("02900000000056", 1),), weight_mg=430_000
)
ITEMS = (MUG, TRAY, TOWEL, SMALL_TRAY)
BOXES = (
    BoxRow("S", "Small box", 120_000, 300, 200, 150, 5_000_000),
    BoxRow("M", "Medium box", 210_000, 400, 300, 200, 10_000_000),
)
PLACES = ("A-04-2", "B-11-1", "A-02-5", "C-07-3", "BENCH-3")
EPOCH = "epoch-one"
KEY = b"\x05" * 32


def understand(scanned: Scan) -> Meaning:
    """Enough of a gate for these tests: own codes, SSCCs, bracketed GS1, GTINs, else plain."""
    own = own_code(scanned.text)
    if own is not None:
        return own
    if len(scanned.text) == 20 and scanned.text.startswith("00") and is_sscc(scanned.text[2:]):
        return Parcel(scanned.text[2:])
    if scanned.text.startswith("(01)"):
        return gate.understand(scanned.text, None, 2026)
    known = gtin14(scanned.text)
    return TradeItem(known) if known else PlainCode(scanned.text)


def order_row(number: str = "ORD-48213", **changes: object) -> OrderRow:
    """An order of two mugs, three trays and a towel; `changes` replace fields."""
    row = OrderRow(
        order=number,
        version=1,
        state="released",
        policy="each",
        priority=5,
        ship_before="2026-11-23T14:00:00",
        carrier="DPD Classic",
        ship_to=("Jonna Berg", "Sandweg 4", "24103 Kiel", "DE"),
        note="",
        lines=(
            OrderedLine(1, MUG.sku, 2),
            OrderedLine(2, TRAY.sku, 3),
            OrderedLine(3, TOWEL.sku, 1),
        ),
    )
    return msgspec.structs.replace(row, **changes)


class TestBench:
    """One bench. Everything goes through `Station.handle`, as in the program.

    Args:
        folder: Where the book lies; a second bench on it is the same station restarted.
    """

    __test__ = False

    def __init__(
        self,
        folder: Path,
        *,
        orders: Sequence[OrderRow] = (),
        fresh: bool = True,
        ids: CountingIds | None = None,
        synchronous: str = "FULL",
    ) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.ids = ids or CountingIds()
        self.signer = DeviceSigner(b"\x07" * 32)
        if fresh:
            (folder / "book.db").write_bytes(_stocked(tuple(orders) or (order_row(),)))
        self.book = Book(folder / "book.db", KEY, synchronous=synchronous)
        self.store = CacheStore(self.book)
        self.events: list[Event] = []
        self.station = Station(
            self.store, self.clock, self.ids, understand, DirectUnlocker(lambda: PEPPER, CHEAP)
        )
        self.station.subscribe(self._see)
        self.station.open()

    def _see(self, event: Event) -> None:
        """Every page any test comes to can be worked without a mouse, and with cards alone."""
        self.events.append(event)
        if isinstance(event, ScreenChanged):
            reach.check(event.screen)

    # ---------------------------------------------------------------------------- the hand

    def scan(self, code: str) -> None:
        """Pull the trigger; half a second passes between two pulls."""
        self.clock.pass_ms(500)
        self.station.handle([Scan(code.encode() + b"\r", code, at_ns=self.clock.monotonic_ns())])

    def do(self, intent: Intent, argument: str = "", extra: str = "") -> None:
        """Press a key."""
        self.clock.pass_ms(200)
        self.station.handle([Do(intent, argument, extra)])

    def sign_in(self, badge: str = BADGE) -> None:
        """Scan a badge and enter its PIN."""
        self.scan(badge)
        self.enter_pin(PINS[badge])

    def enter_pin(self, pin: str, person: str = "") -> None:
        """Type a PIN; with a person chosen from the list when no badge was scanned."""
        self.do(Intent.SIGN_IN_PIN, pin, person)

    def pass_s(self, seconds: int) -> None:
        """Nobody touches anything for so long; the ticker ticks."""
        for _ in range(seconds):
            self.clock.pass_ms(1_000)
            self.station.handle([Tick()])

    def master(self, *rows: Answer) -> None:
        """The ledger sends master rows."""
        where = self.store.position()
        cursor = where.master_cursor + len(rows)
        page = MasterPage(epoch=EPOCH, rows=raws(*rows), cursor=cursor, head=cursor)
        refused = self.store.apply_master(page)
        self.station.followed(Applied(distrusted=refused), self.store.position())

    def weigh(self, weight_mg: int, state: WeightState = WeightState.STABLE) -> None:
        """A reading of the scale; the device is announced ready first."""
        ready = DeviceChanged("scale-1", DeviceKind.SCALE, DeviceState.READY)
        moving = Reading(
            WeightState.MOVING, weight_mg // 2, 1_000, "kg", at_ns=self.clock.monotonic_ns()
        )
        self.station.handle([ready, moving])
        self.clock.pass_ms(200)
        self.station.handle(
            [Reading(state, weight_mg, 1_000, "kg", at_ns=self.clock.monotonic_ns())]
        )

    def printed(self, state: PrintState = PrintState.PRINTED) -> None:
        """The printer answers the latest job."""
        with self.store.begin() as work:
            job = work.open_prints()[-1][0]
        self.station.handle([Printed(job, state)])

    def feed(self, *rows: Answer) -> None:
        """The ledger sends rows."""
        where = self.store.position()
        page = ChangesPage(
            epoch=EPOCH,
            rows=tuple(
                FeedRow(seq=where.cursor + n, body=Raw(msgspec.json.encode(row)))
                for n, row in enumerate(rows, 1)
            ),
            cursor=where.cursor + len(rows),
            chain="c1",
            head=where.cursor + len(rows),
            master_head=20,
            at="2026-11-23T07:31:00Z",
        )
        applied = self.store.apply_changes(page)
        self.station.followed(applied, self.store.position())

    def crash_and_restart(self) -> "TestBench":
        """Drop everything in memory, as kill -9 does; start again, whoever worked here signs in."""
        again = self.crash()
        if who := again.whose():
            again.sign_in(next(badge for badge, one in WHOSE.items() if one == who))
        return again

    def crash(self) -> "TestBench":
        """Drop everything in memory, and start again on the same book; nobody is signed in."""
        self.book.close()
        return TestBench(self.folder, fresh=False, ids=self.ids)

    def whose(self) -> str:
        """Account of whoever is signed in, or locked the station."""
        with self.store.begin() as work:
            found = load_session(work)
        return found.person if found is not None else ""

    # --------------------------------------------------------------------------- the eyes and ears

    @property
    def screen(self) -> Screen:
        """What the page shows now."""
        return next(e.screen for e in reversed(self.events) if isinstance(e, ScreenChanged))

    @property
    def page(self) -> str:
        """Which page is open."""
        return self.screen.page.value

    @property
    def title(self) -> str:
        """Code of the prompt's title."""
        return self.screen.prompt.title.code

    @property
    def sounds(self) -> list[Sound]:
        """Every sound so far."""
        return [event.sound for event in self.events if isinstance(event, Sounded)]

    @property
    def fates(self) -> list[str]:
        """Fate of every scan so far."""
        return [event.fate for event in self.events if isinstance(event, ScanDecided)]

    @property
    def last_reading(self) -> Reading:
        """What the scale said last."""
        return next(e.reading for e in reversed(self.events) if isinstance(e, ReadingShown))

    def kinds(self) -> list[str]:
        """Kinds of all recorded operations, in order."""
        with self.book.reader.connect() as connection:
            return [
                row[0]
                for row in connection.exec_driver_sql("SELECT kind FROM operation ORDER BY n")
            ]

    def stock(self, place: str) -> dict[str, int]:
        """Confirmed and pending quantity by SKU at a place, of every lot and condition."""
        units = Counter[str]()
        with self.store.begin() as work:
            for row in work.stock_at(place):
                units[row.item] += row.quantity
        return dict(units)


def raws(*rows: Answer) -> tuple[Raw, ...]:
    """Rows as the wire carries them."""
    return tuple(Raw(msgspec.json.encode(row)) for row in rows)


@cache
def _stocked(orders: tuple[OrderRow, ...]) -> bytes:
    """The file of a book that has taken in Halle Nord: made once, copied for every bench."""
    with TemporaryDirectory() as folder:
        book = prepared.book(Path(folder) / "book.db", KEY)
        stock_up(CacheStore(book), orders)
        book.close()
        return book.path.read_bytes()


def stock_up(store: CacheStore, orders: Sequence[OrderRow]) -> None:
    """Let an empty book take in Halle Nord."""
    with store.begin() as work:
        identity = Identity("enr-1", "PACK-03", "HAM", EPOCH, LEDGER_KEY)
        work.set_note(IDENTITY, msgspec.json.encode(identity).decode())
        work.set_note(NUMBERS, msgspec.json.encode(Numbers(34012345000000000, 100)).decode())
        work.commit()
    places = tuple(LocationRow("HAM", place, "bin") for place in PLACES)
    rows = raws(*ITEMS, *PEOPLE, *CREDENTIALS, *BOXES, *places)
    store.apply_master(MasterPage(epoch=EPOCH, rows=rows, cursor=20, head=20))
    balances = (
        BalanceRow("A-04-2", MUG.sku, 40),
        BalanceRow("B-11-1", TRAY.sku, 25),
        BalanceRow("A-02-5", TOWEL.sku, 60),
        BalanceRow("C-07-3", SMALL_TRAY.sku, 9),
    )
    page = SnapshotPage(
        snapshot="s1",
        epoch=EPOCH,
        cursor=10,
        chain="c0",
        master_cursor=20,
        page=0,
        pages=1,
        rows=raws(*balances, *orders),
    )
    store.begin_snapshot(page)
    store.finish_snapshot(page)
