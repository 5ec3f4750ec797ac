"""Asked at one bench, approved at another, over HTTP against the real ledger: two signatures."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.contract.messages import Signed
from app.domain.scan import Scan
from app.identity.userkey import is_signed
from app.ledger.credentials import Secrets
from app.ledger.imports import StockLine
from app.ledger.people import Wanted
from app.ledger.tables import credential, operation, signed
from app.station.events import Event, Recorded, ScreenChanged
from app.station.inbox import Do, Intent
from app.station.screen import Screen
from tests.support.synced import DOCK, MUG, SITE, RealLedger, SyncedBench, eventually

pytestmark = pytest.mark.system

ANNA, SVEN = "PHB-0123456789ABCDEFGHJKMNPQRS", "PHB-ZYXWVTSRQPNMKJHGFEDCBA9876"
PIN = "274951"


class Desk:
    """Somebody at a bench: scans, presses keys, looks at the screen."""

    def __init__(self, bench: SyncedBench) -> None:
        self.bench = bench
        self._events: list[Event] = []
        bench.station.call(lambda: bench.station.subscribe(self._hear)).result(10)
        self._at_ns = 1

    def _hear(self, event: Event) -> None:
        """What the program does with it: show it, and let the sync send what was recorded."""
        self._events.append(event)
        if isinstance(event, Recorded) and self.bench.sync is not None:
            self.bench.sync.wake()

    @property
    def screen(self) -> Screen:
        return next(e.screen for e in reversed(self._events) if isinstance(e, ScreenChanged))

    def scan(self, code: str) -> None:
        self._at_ns += 1_000_000_000
        self.bench.station.put(Scan(code.encode() + b"\r", code, at_ns=self._at_ns))

    def do(self, intent: Intent, argument: str = "") -> None:
        self.bench.station.put(Do(intent, argument))

    def prove(self, badge: str) -> None:
        self.scan(badge)
        self.do(Intent.SIGN_IN_PIN, PIN)

    def sees(self, true: Callable[[Screen], bool]) -> bool:
        return eventually(lambda: true(self.screen))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    made.service.imports.stock(SITE, [StockLine(DOCK, MUG, 40)])
    people = made.service.people
    wanted = [
        (Wanted("p-anna", "Anna", "clerk", SITE), Secrets(ANNA, PIN)),
        (Wanted("p-sven", "Sven", "supervisor", SITE), Secrets(SVEN, PIN)),
    ]
    people.store(people.prepare(wanted), "p-ada")
    yield made
    made.go_down()


@pytest.fixture
def desks(ledger: RealLedger, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    made = []
    for name in ("PACK-01", "OFFICE-01"):
        code = ledger.service.identity.add_station(SITE, name).code
        bench = SyncedBench(tmp_path / name, ledger.url, code)
        bench.start_sync()
        made.append(Desk(bench))
    yield made[0], made[1]
    for desk in made:
        desk.bench.close()


def sign_in(desk: Desk, badge: str, person: str, place: str = DOCK) -> None:
    """Once the book knows the person and the stock: the first connection fetches them."""

    def known() -> bool:
        def read() -> bool:
            with desk.bench.store.begin() as work:
                return work.credential(person) is not None and bool(work.stock_at(place))

        return desk.bench.station.call(read).result(10)

    assert eventually(known)
    desk.prove(badge)
    assert desk.sees(lambda screen: screen.page.value == "home")


def test_what_one_bench_asks_another_approves_with_two_signatures(
    ledger: RealLedger, desks: tuple[Desk, Desk]
) -> None:
    asking, deciding = desks
    sign_in(asking, ANNA, "p-anna")
    for code in ("CMD:ADJUST", MUG, f"LOC:{DOCK}"):
        asking.scan(code)
    asking.do(Intent.CODE, "28")
    asking.do(Intent.REASON, "damaged")
    asking.do(Intent.MAIN)
    assert asking.sees(lambda screen: screen.prompt.title.code == "adjust.waits_now")

    sign_in(deciding, SVEN, "p-sven")
    deciding.scan("CMD:APPROVALS")
    assert deciding.sees(lambda screen: [row.change for row in screen.waiting] == [-12])
    deciding.do(Intent.MAIN)
    deciding.prove(SVEN)

    assert deciding.sees(lambda screen: screen.prompt.title.code == "approvals.approved")
    assert eventually(lambda: asking.bench.at_dock() == deciding.bench.at_dock() == 28)
    assert deciding.sees(lambda screen: screen.waiting == ())
    assert _proven(ledger) == {("adjust", "p-anna"), ("decide", "p-sven")}


def _proven(ledger: RealLedger) -> set[tuple[str, str]]:
    """Kinds and people whose signatures in the ledger hold under the keys it has issued."""
    s, o, c = signed.c, operation.c, credential.c
    with ledger.service.database.read() as connection:
        rows = connection.execute(
            sa.select(o.kind, o.content_hash, s.person, s.version, s.signature, c.public_key)
            .join(operation, o.id == s.operation)
            .join(credential, sa.and_(c.person == s.person, c.version == s.version))
        ).all()
    return {
        (row.kind, row.person)
        for row in rows
        if is_signed(
            Signed(row.person, row.version, row.signature), row.public_key, row.content_hash
        )
    }
