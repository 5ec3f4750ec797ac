"""Seven days without a ledger: every task works every day, and then the books are equal.

Credentials last as the site's policy says, a grant is carried on day by day, the footer says what
runs out next, and what needs the ledger is told before anybody begins it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from app.demo import checker
from app.domain.text import text
from app.identity.userkey import CHEAP
from app.ledger.database import FILE_NAME
from app.ledger.service import LedgerService
from app.ledger.web.server import ServerThread
from app.station.events import FooterChanged, GrantAsked
from app.station.inbox import (
    Do,
    Granted,
    Intent,
    LinkState,
    Message,
    Printed,
    PrintState,
    Tick,
)
from app.station.ports import Work
from tests.fakes.clock import FakeClock
from tests.support import hall, prepared
from tests.support.synced import SyncedBench, eventually
from tests.sync.desks import Desk

pytestmark = pytest.mark.system
DAYS, DAY_MS, MINUTE_MS = 7, 86_400_000, 60_000
MUG, TRAY, TOWEL = "2900000000018", "2900000000025", "2900000000049"
BOSS = "p-adeyemi"


class Bench(Desk):
    """Somebody at a station whose ledger may be gone; every step is answered before the next."""

    def __init__(self, bench: SyncedBench, clock: FakeClock) -> None:
        super().__init__(bench)
        self.clock = clock

    def put(self, message: Message) -> None:
        """Into the inbox, and wait until it is answered."""
        self.bench.station.put(message)
        self.bench.station.call(lambda: None).result(10)

    def card(self, *codes: str) -> None:
        """Scan one after the other, a second between."""
        for code in codes:
            self.clock.pass_ms(1_000)
            self.scan(code)
            self.bench.station.call(lambda: None).result(10)

    def write(self, entered: str) -> None:
        self.put(Do(Intent.CODE, entered))

    def badge_in(self, who: tuple[str, str]) -> None:
        """Badge and PIN."""
        self.card(who[0])
        self.put(Do(Intent.SIGN_IN_PIN, who[1]))

    @property
    def page(self) -> str:
        return self.screen.page.value

    @property
    def title(self) -> str:
        return self.screen.prompt.title.code

    def footer(self) -> FooterChanged:
        """The footer as it stands."""
        return next(e for e in reversed(self._events) if isinstance(e, FooterChanged))

    def printed(self) -> None:
        """The printer has printed what it was asked to."""
        jobs = self.ask(lambda work: [job for job, _, _ in work.open_prints()])
        assert isinstance(jobs, list)
        for job in jobs:
            self.put(Printed(job, PrintState.PRINTED))


@dataclass
class Place:
    """The ledger and the bench, and the time that both live in."""

    folder: Path
    clock: FakeClock
    service: LedgerService
    server: ServerThread
    desk: Bench

    def lose_link(self) -> None:
        """The ledger cannot be reached any more."""
        bench = self.desk.bench
        assert bench.sync is not None
        bench.sync.stop()
        bench.sync = None
        self.server.stop()
        bench.desk.link_changed(LinkState.OFFLINE.value, "", None)

    def find_link(self) -> None:
        """It answers again, where it was."""
        port = int(self.server.url.rpartition(":")[2])
        self.server = ServerThread(self.service, port=port)
        bench = self.desk.bench
        bench.ledger = bench.dial(self.server.start())
        bench.start_sync()

    def grant(self) -> None:
        """The supervisor asks for what they may approve while there is no link."""
        desk = self.desk
        uri = urlsplit(self.service.second_factors.add(BOSS).uri)
        code = pyotp.TOTP(parse_qs(uri.query)["secret"][0]).at(self.clock.now())
        desk.put(Do(Intent.GRANT))
        desk.badge_in(hall.BOSS)
        desk.put(Do(Intent.SIGN_IN_PIN, code))
        request = next(e.request for e in desk._events if isinstance(e, GrantAsked))
        desk.put(Granted(desk.bench.ledger.grant(request)))

    def differences(self) -> list[str]:
        """What the two books do not agree on."""
        station = checker.open_book(self.folder / "station" / "book.db", (b"\x05" * 32).hex())
        ledger = checker.open_book(self.folder / "ledger" / FILE_NAME)
        _, wrong = checker.station_side(station)
        wrong = [*wrong, *checker.compare(station, ledger)]
        station.close()
        ledger.close()
        return wrong


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    clock = FakeClock()
    code = hall.furnish(tmp_path / "ledger", orders=2 * DAYS, cost=CHEAP, clock=clock)
    service = LedgerService(prepared.ledger(tmp_path / "ledger"), clock=clock, cost=CHEAP)
    server = ServerThread(service, port=0)
    bench = SyncedBench(tmp_path / "station", server.start(), code, clock=clock)
    bench.start_sync()
    made = Place(tmp_path, clock, service, server, Bench(bench, clock))
    assert eventually(lambda: bool(made.desk.ask(lambda work: work.credential(BOSS))))
    assert eventually(lambda: bool(made.desk.ask(lambda work: work.stock_at("A-04-2"))))
    yield made
    bench.close()
    made.server.stop()
    service.close()


# --------------------------------------------------------------------------------- a day's work


def receive(desk: Bench, _day: int) -> None:
    desk.card("CMD:TASK-RECEIVE", "CMD:BLIND", MUG, TRAY, "CMD:MAIN")
    desk.card(*(["CMD:MAIN"] if desk.page == "receive" else []))


def take_back(desk: Bench, _day: int) -> None:
    desk.card("CMD:TASK-RETURN", "CMD:BLIND", MUG, "CMD:MAIN", "CMD:MAIN", "CMD:MAIN")


def move(desk: Bench, _day: int) -> None:
    desk.card("CMD:TASK-MOVE", "CMD:QTY-2", TOWEL, "LOC:C-07-3", "CMD:HOME")


def count(desk: Bench, _day: int) -> None:
    desk.card("CMD:TASK-COUNT", "LOC:R-01-1", "CMD:QTY-400", "CMD:QTY-400", MUG, "CMD:MAIN")
    desk.card("CMD:HOME")


def adjust(desk: Bench, day: int) -> None:
    desk.card("CMD:ADJUST", TOWEL, "LOC:A-02-5")
    desk.write(f"-{day}")
    desk.card("CMD:REASON-DAMAGED", "CMD:MAIN", "CMD:HOME")


def pick(desk: Bench, day: int) -> None:
    desk.card("CMD:TASK-PICK", f"ORD-{48_212 + day}", f"TOTE:T-{day}", "CMD:MAIN", TOWEL)
    desk.card(MUG, MUG, TRAY, TRAY, TRAY, "CMD:MAIN")


def pack(desk: Bench, day: int) -> None:
    desk.card(f"ORD-{48_212 + DAYS + day}")
    if desk.title == "pack.elsewhere":
        desk.card("CMD:NO")
    desk.card(MUG, MUG, TRAY, TRAY, TRAY, TOWEL, "CMD:OVERRIDE")
    desk.printed()
    desk.card("CMD:MAIN")


def ship(desk: Bench, day: int) -> None:
    desk.card("TR-5001", *([MUG] if day <= 4 else [TRAY] if day <= 6 else []))
    desk.card(*(["CMD:PAUSE"] if day < DAYS else ["CMD:MAIN", "CMD:MAIN"]))


def look_up(desk: Bench, _day: int) -> None:
    desk.card("CMD:LOOKUP", MUG, "CMD:WHY", "CMD:NO", "CMD:NO", "CMD:NO")


TASKS = (receive, take_back, move, count, adjust, pick, pack, ship, look_up)


def decide(desk: Bench) -> None:
    """A supervisor lets a request pass, and looks at what went wrong and who holds what."""
    desk.card("CMD:TASK-EXCEPTIONS", "CMD:HOME", "CMD:TASK-CLAIMS", "CMD:HOME")
    desk.card("CMD:APPROVALS", "CMD:MAIN")
    desk.badge_in(hall.BOSS)
    assert desk.title == "approvals.approved_here"
    desk.card("CMD:HOME")


def test_seven_days_without_a_ledger_are_worked_and_then_the_books_are_equal(place: Place) -> None:
    desk = place.desk
    desk.badge_in(hall.BOSS)
    place.grant()
    desk.card("CMD:SIGN-OUT")
    place.lose_link()
    said: list[str] = []

    for day in range(1, DAYS + 1):
        desk.badge_in(hall.CLERK)
        assert desk.page == "home", (day, desk.title)
        for task in TASKS:
            task(desk, day)
            assert desk.page == "home", (day, task.__name__, desk.page, desk.title)
        desk.badge_in(hall.BOSS)
        decide(desk)
        footer = desk.footer().footer
        assert (footer.link, bool(footer.last_sync)) == (LinkState.OFFLINE, True)
        said.append(footer.runs_out.code if footer.runs_out is not None else "")
        barred = {key.key: key.why_not for key in desk.screen.actions if not key.enabled}
        assert barred == {"F7": text("grant.offline")}
        desk.card("CMD:SIGN-OUT")
        place.clock.pass_ms(DAY_MS)
        desk.put(Tick())

    place.find_link()
    assert eventually(desk.bench.confirmed, 60)
    kinds = desk.ask(lambda work: dict(_kinds(work)))
    assert isinstance(kinds, dict)
    assert {kind: kinds[kind] >= DAYS for kind in ("return", "move", "count", "adjust", "decide")}
    assert kinds["seal"] == kinds["ship"] == DAYS
    assert kinds["dispatch"] == 6
    assert said[0] == ""
    assert said[-1] != ""
    desk.bench.sync.stop()  # type: ignore[union-attr]
    assert hall.own(place.differences()) == []


def _kinds(work: Work) -> list[tuple[str, int]]:
    query = "SELECT kind, count(*) FROM operation GROUP BY kind"
    return [tuple(row) for row in work.connection.exec_driver_sql(query)]  # type: ignore[attr-defined]
