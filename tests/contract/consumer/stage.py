"""A ledger that does the same each time it is asked the same: the other side of the golden story.

Ids and secrets are drawn from the name of what is under way, so that a ledger that draws one more
in one place gives out the same ones in every other.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp

from app.clock import uuid7
from app.conformance.hiring import Hiring
from app.identity.userkey import CHEAP, UserKey
from app.ledger import keepers
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE, stocked
from tests.support import prepared

STATION, DECIDES, EDITS = "BENCH-4", "p-sven", "p-weber"
PASSPHRASES = {name: f"a passphrase for {name}" for name in ("p-ada", "p-olu")}
_MORNING_MS = 1_795_419_000_000


class NamedIds:
    """Ids and secrets that follow from a name and a count."""

    def __init__(self) -> None:
        self._name, self._count = "", 0

    def begin(self, name: str) -> None:
        """From here on draw for this."""
        self._name, self._count = name, 0

    def new_id(self) -> str:
        """The next id."""
        return uuid7(_MORNING_MS, int.from_bytes(self.random(9)))

    def random(self, count: int) -> bytes:
        """The next bytes; what the ledger does by time draws from a name of its own."""
        name = self._name
        if threading.current_thread().name.startswith("jobs"):
            name = "jobs"
        self._count += 1
        drawn = (sha256(f"{name} {self._count} {n}".encode()).digest() for n in range(count))
        return b"".join(drawn)[:count]


@dataclass(frozen=True)
class Given:
    """What people brought to the station: a code on paper, an authenticator, their own keys."""

    code: str
    totp: str
    decides: UserKey
    edits: UserKey


@dataclass(frozen=True)
class Stage:
    """The ledger, and what it was told before the story begins."""

    service: LedgerService
    ids: NamedIds
    clock: FakeClock
    given: Given


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A warehouse with goods, a station to enrol, two people, and custody of keys."""
    clock, ids = FakeClock(), NamedIds()
    ids.begin("the first start")
    made = LedgerService(prepared.ledger(folder), clock=clock, ids=ids, cost=CHEAP)
    try:
        ids.begin("the warehouse")
        service = stocked(made)
        hiring = Hiring(service, SITE)
        ids.begin("people")
        decides = hiring.put_person(DECIDES, "supervisor", "p-office", "", "")
        edits = hiring.put_person(EDITS, "controller", "p-office", "", "")
        ids.begin("an authenticator")
        uri = urlsplit(service.second_factors.add(DECIDES).uri)
        totp = pyotp.TOTP(parse_qs(uri.query)["secret"][0]).at(clock.now())
        ids.begin("custody")
        service.escrow.set_up(keepers.set_up(PASSPHRASES, ids, CHEAP))
        ids.begin("a code")
        code = service.identity.add_station(SITE, STATION).code
        yield Stage(service, ids, clock, Given(code, totp, decides, edits))
    finally:
        made.close()
