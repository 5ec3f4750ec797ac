"""The program's own processes killed at random moments while a clerk packs: -9, station or ledger.

`packhouse station --headless` and `packhouse ledger serve` over real files and sockets. Nothing
waits for a kill: scans are on their way, commits half done, batches in flight. At the end an
independent reader compares the two books (`app.demo.checker`).
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from app.contract.messages import OutcomeRow
from app.ledger.database import FILE_NAME
from tests.support.keys import passphrase_file
from tests.support.packing_site import CODES, ORDER, footer, open_site
from tests.support.people import BADGE
from tests.support.processes import HeadlessStation, LedgerProcess
from tests.support.proxy import FaultProxy
from tests.support.synced import feed_of

pytestmark = [pytest.mark.system, pytest.mark.slow]

# More than any run packs, so that no order is finished under way.
UNITS = 2_000
FEW, MANY = 4, 200
# A scan and what follows from it, to the ledger and back, take about a fifth of a second.
LONGEST_WAIT_S = 0.4


class Floor:
    """A ledger and a station that may die at any moment, and are started again.

    Args:
        folder: Theirs alone.
        stack: Stops what runs at the end.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        self._code = open_site(folder / "ledger", UNITS)
        self.ledger = stack.enter_context(LedgerProcess(folder / "ledger"))
        self.proxy = stack.enter_context(FaultProxy(self.ledger.port))
        self.announced: list[str] = []
        self.start_station()

    def start_station(self) -> None:
        """Start it, sign in, and go on with the order."""
        station = HeadlessStation(self.folder / "station", self.proxy.url, self._code)
        self.station = self._stack.enter_context(station)
        if self._code:
            station.until(lambda event: footer(event, link="online"))
        else:
            station.until(lambda event: event["event"] == "Ready")
        station.say(scan=BADGE)
        station.until(lambda event: footer(event, person="A. Novak"))
        if self._code:
            station.say(scan=ORDER)
            station.until(lambda event: event["event"] == "Recorded")
        self._code = ""

    def kill_station(self) -> None:
        """-9, and start it again on what it left."""
        os.kill(self.station.pid, signal.SIGKILL)
        self.station.gone()
        self.announced += self.station.recorded()
        self.start_station()

    def kill_ledger(self) -> None:
        """-9, and start it again on what it left."""
        os.kill(self.ledger.pid, signal.SIGKILL)
        self.ledger = self._stack.enter_context(LedgerProcess(self.folder / "ledger"))
        self.proxy.divert(self.ledger.port)

    def bring_through(self) -> None:
        """Wait until nothing waits, and stop both."""
        self.station.until(lambda event: footer(event, outbox=0, link="online"))
        self.announced += self.station.recorded()


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with ExitStack() as stack:
        yield Floor(tmp_path, stack)


@pytest.mark.parametrize("kills", [FEW, pytest.param(MANY, marks=pytest.mark.long)])
def test_killed_at_random_moments_nothing_is_lost_or_doubled(floor: Floor, kills: int) -> None:
    chance, pause, codes = Random(9), threading.Event(), cycle(CODES)
    for _ in range(kills):
        for _ in range(chance.randrange(1, 5)):
            floor.station.say(scan=next(codes))
            pause.wait(chance.random() * LONGEST_WAIT_S)
        chance.choice((floor.kill_station, floor.kill_ledger))()
    floor.bring_through()
    station = floor.folder / "station"

    floor.station.__exit__(None, None, None)
    floor.ledger.__exit__(None, None, None)

    outcomes = [row.id for row in feed_of(floor.folder / "ledger") if isinstance(row, OutcomeRow)]
    assert len(outcomes) == len(set(outcomes))
    assert set(floor.announced) <= set(outcomes)
    ours = [station / "book.db", station / "keys.json", passphrase_file(floor.folder)]
    books = [*ours, floor.folder / "ledger" / FILE_NAME]
    compared = subprocess.run(
        [sys.executable, "-m", "app.demo.checker", *map(str, books)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert compared.returncode == 0, compared.stdout
    said = json.loads(compared.stdout)
    assert said["differences"] == []
