"""The program on a bad line: `packhouse station --headless` packs against `packhouse ledger serve`.

Faults come at random bytes from a seed while a clerk packs, and once the station is killed. What it
announced as recorded is in the ledger once, in order; what was packed is what was scanned.
"""

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from app.contract.messages import OutcomeRow
from tests.support.packing_site import CODES, ORDER, footer, open_site
from tests.support.people import BADGE
from tests.support.processes import HeadlessStation, LedgerProcess
from tests.support.proxy import Fault, FaultProxy, How, Way
from tests.support.synced import feed_of

pytestmark = [pytest.mark.system, pytest.mark.slow]

UNITS = 16
# Three codes in turn keep each one beyond the 300 ms in which it would be a bounce of the trigger.
BETWEEN_SCANS_S = 0.15
BREAKING = (How.CLOSE, How.RESET, How.DOUBLE, How.AGAIN_LATER, How.DELAY)


@dataclass
class Site:
    """A ledger process with goods, people and one large order; a proxy before it."""

    folder: Path
    proxy: FaultProxy
    ledger: LedgerProcess
    code: str

    def station(self, code: str = "") -> HeadlessStation:
        return HeadlessStation(self.folder / "station", self.proxy.url, code)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "ledger"
    code = open_site(folder, UNITS)
    with LedgerProcess(folder) as ledger, FaultProxy(ledger.port) as proxy:
        yield Site(tmp_path, proxy, ledger, code)


def _pack(station: HeadlessStation, site: Site, scans: int, chance: Random) -> None:
    """Scan units while the line breaks at random bytes; each scan is answered before the next."""
    pause = threading.Event()
    codes = cycle(CODES)
    for _ in range(scans):
        how = chance.choice(BREAKING)
        at = 0 if how in {How.DOUBLE, How.AGAIN_LATER} else chance.randrange(2_000)
        way = Way.REQUEST if at == 0 else chance.choice(list(Way))
        site.proxy.arm(Fault(way, at, how, seconds=0.2))
        station.say(scan=next(codes))
        decided = station.until(lambda event: event["event"] == "ScanDecided")
        assert decided["fate"] == "applied", decided
        pause.wait(BETWEEN_SCANS_S)


def _sign_in(station: HeadlessStation) -> None:
    station.until(lambda event: footer(event, link="online"))
    station.say(scan=BADGE)
    station.until(lambda event: footer(event, person="A. Novak"))


def test_a_clerk_packs_on_a_line_that_breaks_and_every_unit_counts_once(site: Site) -> None:
    chance = Random(11)
    announced: list[str] = []
    with site.station(site.code) as station:
        _sign_in(station)
        station.say(scan=ORDER)
        station.until(lambda event: event["event"] == "Recorded" and event["kind"] == "claim")
        _pack(station, site, 24, chance)
        os.kill(station.pid, signal.SIGKILL)
        announced += station.recorded()

    with site.station() as station:
        station.until(lambda event: event["event"] == "Ready")
        _sign_in(station)
        _pack(station, site, 3 * UNITS - 24, chance)
        site.proxy.arm(None)
        station.until(lambda event: footer(event, outbox=0, link="online"))
        announced += station.recorded()

    rows = feed_of(site.folder / "ledger")
    outcomes = [row for row in rows if isinstance(row, OutcomeRow) and row.id in set(announced)]
    assert [row.id for row in outcomes] == announced
    packed = sum(
        step.packed for row in rows if isinstance(row, OutcomeRow) for step in row.progress
    )
    assert packed == 3 * UNITS
