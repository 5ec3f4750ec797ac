"""A bench worked by hand for a week: every task through the station's own flows, card by card.

The real book, station, gate and flows, without threads and window. The clock is simulated; each
scan is one turn of the station, as in the program, and takes the time it takes.
"""

import time
from collections import Counter
from datetime import datetime, timedelta

from app.cache.store import CacheStore
from app.clock import UuidSource
from app.domain.scan import Scan
from app.gs1.gate import reader
from app.identity.userkey import CHEAP
from app.station.events import Event, ScanDecided, ScreenChanged
from app.station.inbox import Do, Intent, Message, Printed, PrintState
from app.station.screen import Screen
from app.station.station import Station
from app.station.unlocking import DirectUnlocker
from bench import hall

# Between two pulls of the trigger; sooner, the same code is one pull.
BETWEEN = timedelta(seconds=1)
# Goods of each task, so many each; no two tasks touch the same, and each round takes the next ones.
SPREAD = 200
PACKED, PICKED, RECEIVED, MOVED, RETURNED, COUNTED, ADJUSTED, SENT = range(0, 8 * SPREAD, SPREAD)
# Lines of an order, scans of a delivery.
LINES = 10
DOCK, SHELF = "DOCK-1", "S01-01"
# Pages that list what there is to do, what waits, and where an item lies.
LISTS = ("CMD:TASKS", "CMD:APPROVALS", "CMD:LOOKUP", "CMD:TASK-RECEIVE", "CMD:TASK-PICK")
LOOKS = 8


class WeekClock:
    """A clock that moves when told to."""

    def __init__(self, begins: datetime) -> None:
        self._begins = begins
        self._now = begins

    def now(self) -> datetime:
        """What the clock on the wall shows."""
        return self._now

    def monotonic_ns(self) -> int:
        """Nanoseconds that only grow."""
        return 1 + int((self._now - self._begins) / timedelta(microseconds=1)) * 1_000

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by


def goods(first: int, number: int, count: int = LINES) -> list[int]:
    """The goods of a task in round `number`."""
    start = number * LINES % SPREAD
    return list(range(first + start, first + start + count))


class WeekBench:
    """One station and whoever works there.

    Args:
        store: Its book.
        clock: The time it lives in.
    """

    def __init__(self, store: CacheStore, clock: WeekClock) -> None:
        self._store, self._clock = store, clock
        # Milliseconds of each turn: scans of goods and places, and pages with a list.
        self.turns: list[float] = []
        self.lists: list[float] = []
        # Processor time of each turn of goods and places, which neighbours hardly touch.
        self.cpu: list[float] = []
        self.fates: Counter[str] = Counter()
        self._screen: Screen | None = None
        self._station = Station(
            store,
            clock,
            UuidSource(),
            reader(lambda: clock.now().year),
            DirectUnlocker(lambda: b"", CHEAP),
        )
        self._station.subscribe(self._see)
        self._station.open()

    def _see(self, event: Event) -> None:
        if isinstance(event, ScreenChanged):
            self._screen = event.screen
        elif isinstance(event, ScanDecided):
            self.fates[event.fate] += 1

    @property
    def screen(self) -> Screen:
        """What the page shows."""
        assert self._screen is not None
        return self._screen

    @property
    def at(self) -> str:
        """Page and title, for who is lost."""
        return f"{self.screen.page.value} {self.screen.prompt.title.code}"

    # ---------------------------------------------------------------- the hand

    def card(self, *codes: str) -> None:
        """Scan one after the other."""
        for code in codes:
            self._clock.advance(BETWEEN)
            used = time.thread_time()
            took = self._put(Scan(code.encode(), code, at_ns=self._clock.monotonic_ns()))
            if not code.startswith("CMD:"):
                self.turns.append(took)
                self.cpu.append((time.thread_time() - used) * 1e3)

    def do(self, intent: Intent, argument: str = "") -> None:
        """Press a key."""
        self._clock.advance(BETWEEN)
        self._put(Do(intent, argument))

    def _put(self, message: Message) -> float:
        begun = time.perf_counter()
        self._station.handle([message])
        return (time.perf_counter() - begun) * 1e3

    def printed(self) -> None:
        """The printer has printed what it was asked to."""
        with self._store.begin() as work:
            jobs = [job for job, _, _ in work.open_prints()]
        for job in jobs:
            self._put(Printed(job, PrintState.PRINTED))

    def sign_in(self) -> None:
        """Badge and PIN."""
        self.card(hall.BADGE)
        self.do(Intent.SIGN_IN_PIN, hall.PIN)
        self.at_home("signing in")

    def at_home(self, after: str) -> None:
        """Whoever ends a task stands before the board again.

        Raises:
            RuntimeError: Something else is on the screen.
        """
        if self.screen.page.value != "home":
            raise RuntimeError(f"after {after}: {self.at}")

    # ---------------------------------------------------------------- the tasks

    def round(self, number: int) -> None:
        """Every task once."""
        for task in (
            self.pack, self.pick, self.receive, self.put_away, self.move, self.take_back,
            self.count, self.adjust, self.send,
        ):  # fmt: skip
            task(number)
            self.at_home(task.__name__)

    def look_round(self) -> None:
        """Every page that lists something, opened a few times."""
        for _ in range(LOOKS):
            for card in LISTS:
                self._clock.advance(BETWEEN)
                scan = Scan(card.encode(), card, at_ns=self._clock.monotonic_ns())
                self.lists.append(self._put(scan))
                if self.screen.page.value != "home":
                    self.card("CMD:HOME")
                self.at_home(card)

    def pack(self, number: int) -> None:
        """An order, unit by unit, one of them taken back and packed again."""
        codes = [hall.gtin13(n) for n in goods(PACKED, number)]
        self.card(f"PACK-{number}", *codes[:1], "CMD:UNDO", *codes, "CMD:OVERRIDE")
        self.printed()
        self.card("CMD:MAIN")

    def pick(self, number: int) -> None:
        """An order into a tote, in the order the page asks for."""
        self.card("CMD:TASK-PICK", f"PICK-{number}", f"TOTE:T-{number}", "CMD:MAIN")
        for _ in range(LINES):
            screen = self.screen
            sku = next(line.sku for line in screen.lines if line.line == screen.current)
            self.card(hall.gtin13(int(sku.rpartition("-")[2])))
        self.card("CMD:MAIN")

    def receive(self, number: int) -> None:
        """A delivery nobody announced; one unit was taken back again."""
        codes = [hall.gtin13(n) for n in goods(RECEIVED, number)]
        self.card("CMD:TASK-RECEIVE", "CMD:BLIND", *codes, "CMD:UNDO", "CMD:MAIN")
        if self.screen.page.value == "receive":
            self.card("CMD:MAIN")

    def put_away(self, number: int) -> None:
        """From the dock to a shelf."""
        self.card("CMD:TASK-MOVE")
        for n in goods(RECEIVED, number, LINES // 2):
            self.card(f"LOC:{DOCK}", hall.gtin13(n), f"LOC:{SHELF}")
        self.card("CMD:HOME")

    def move(self, number: int) -> None:
        """From one shelf to another."""
        self.card("CMD:TASK-MOVE")
        for n in goods(MOVED, number, LINES // 2):
            self.card(f"LOC:{hall.home(n)}", "CMD:QTY-2", hall.gtin13(n), f"LOC:{SHELF}")
        self.card("CMD:HOME")

    def take_back(self, _number: int) -> None:
        """What a customer sent without asking."""
        self.card("CMD:TASK-RETURN", "CMD:BLIND", hall.gtin13(RETURNED))
        for _ in range(3):
            if self.screen.page.value == "return":
                self.card("CMD:MAIN")

    def count(self, number: int) -> None:
        """One place."""
        self.card(
            "CMD:TASK-COUNT",
            f"LOC:{hall.home(COUNTED + number % LINES)}",
            "CMD:QTY-40",
            "CMD:QTY-40",
        )
        self.card(hall.gtin13(COUNTED), "CMD:MAIN", "CMD:HOME")

    def adjust(self, _number: int) -> None:
        """What somebody found broken."""
        self.card("CMD:ADJUST", hall.gtin13(ADJUSTED), f"LOC:{hall.home(ADJUSTED)}")
        self.do(Intent.CODE, "-1")
        self.card("CMD:REASON-DAMAGED", "CMD:MAIN", "CMD:HOME")

    def send(self, number: int) -> None:
        """A transfer to the other site."""
        codes = [hall.gtin13(SENT + n) for n in range(3)]
        self.card(f"TR-{number}", *codes, "CMD:MAIN", "CMD:MAIN")
