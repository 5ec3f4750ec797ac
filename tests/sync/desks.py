"""Somebody at a synced bench of a real ledger: who there is, what they see, how they sign in."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa

from app.cache.work import CacheWork
from app.contract.messages import Signed
from app.domain.scan import Scan
from app.identity.userkey import is_signed
from app.ledger.credentials import Secrets
from app.ledger.people import Wanted
from app.ledger.tables import credential, operation, signed
from app.station.events import Event, Recorded, ScreenChanged
from app.station.inbox import Do, Intent
from app.station.screen import Screen
from tests.support.synced import SITE, RealLedger, SyncedBench, eventually

ANNA, SVEN = "PHB-0123456789ABCDEFGHJKMNPQRS", "PHB-ZYXWVTSRQPNMKJHGFEDCBA9876"
PIN = "274951"
CLERK = (Wanted("p-anna", "Anna", "clerk", SITE), Secrets(ANNA, PIN))
BOSS = (Wanted("p-sven", "Sven", "supervisor", SITE), Secrets(SVEN, PIN))
T = TypeVar("T")


def hire(ledger: RealLedger, *people: tuple[Wanted, Secrets]) -> None:
    """Give people badge and PIN."""
    here = ledger.service.people
    here.store(here.prepare(list(people)), "p-ada")


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

    def ask(self, question: Callable[[CacheWork], T]) -> T:
        """A question to the book of the bench."""

        def read() -> T:
            with self.bench.store.begin() as work:
                return question(work)

        return self.bench.station.call(read).result(10)

    def sign_in(
        self, badge: str, person: str, knows: Callable[[CacheWork], object] = lambda _: True
    ) -> None:
        """Once the book knows the person and what they need: the first connection fetches that."""

        def ready(work: CacheWork) -> bool:
            return work.credential(person) is not None and bool(knows(work))

        assert eventually(lambda: self.ask(ready))
        self.prove(badge)
        assert self.sees(lambda screen: screen.page.value == "home")


class Desks:
    """Benches of a ledger, each following it.

    Args:
        ledger: The real one.
        folder: Where their books lie.
    """

    def __init__(self, ledger: RealLedger, folder: Path) -> None:
        self._ledger = ledger
        self._folder = folder
        self._open: list[Desk] = []

    def open(self, name: str, site: str = SITE) -> Desk:
        """One more, enrolled and synced."""
        code = self._ledger.service.identity.add_station(site, name).code
        bench = SyncedBench(self._folder / f"{site}-{name}", self._ledger.url, code)
        bench.start_sync()
        self._open.append(Desk(bench))
        return self._open[-1]

    def close(self) -> None:
        """All of them."""
        for desk in self._open:
            desk.bench.close()


def proven(ledger: RealLedger) -> set[tuple[str, str]]:
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
