"""`packhouse station` and `packhouse ledger serve` as processes, on a line that is bad for a while.

Reset, half-open, slow, truncated, taken and never answered, one way or both. A clerk packs all the
time. Nothing is lost or doubled, every scan is answered at once, the station comes back by itself
when the line does, and neither process has more threads or sockets than before.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from random import Random

import pytest

from app.contract.messages import OutcomeRow
from app.ledger.web.connection import HEADERS_S
from app.ledger.web.server import KEEP_ALIVE_S
from app.sync.backoff import CAP_S
from app.sync.http_ledger import PICTURE_S, TRANSFER_S
from app.sync.transport import MAX_CONNECTIONS
from tests.support.bad_line import Bad, BadLine, Weather, stopwatch
from tests.support.keys import passphrase_file
from tests.support.packing_site import CODES, ORDER, footer, open_site
from tests.support.people import BADGE
from tests.support.processes import PACKHOUSE, HeadlessStation, LedgerProcess
from tests.support.synced import eventually, feed_of

pytestmark = [pytest.mark.system, pytest.mark.slow]

UNITS = 120
# Three codes in turn keep each one beyond the 300 ms in which it would be a bounce of the trigger.
BETWEEN_SCANS_S = 0.15
# A scan is answered in milliseconds; a machine that is busy with other tests may need this long.
SCAN_S = 5.0
# What goes either way in a second with two scans in it.
SURE_BYTES = 700
# Half a second each.
SIGN_IN_TRIES = 40
# Stopping cuts off what is under way; what is left is the end of a process.
END_S = 15.0
# A question that was put before the line came back ends within its time; then it is the turn of a
# wait between two tries.
BACK_S = TRANSFER_S + CAP_S

# A request has some 250 bytes of head and some 1,500 of body, an answer some 200 and 600.
SHORT: Sequence[tuple[Weather, float]] = (
    (Weather(Bad.RESET_UP, after=100), 1.0),
    (Weather(Bad.RESET_DOWN, after=300), 1.0),
    (Weather(Bad.CUT_UP, after=700), 1.0),
    (Weather(Bad.CUT_DOWN, after=20), 1.0),
    (Weather(Bad.CUT_DOWN, after=400), 1.0),
    (Weather(Bad.DRIP), 3.0),
    (Weather(Bad.MUTE_DOWN), 4.0),
    (Weather(Bad.MUTE_UP), 4.0),
    (Weather(Bad.DEAD), 4.0),
)

ENROLLING = (
    Weather(Bad.DEAD),
    Weather(Bad.MUTE_DOWN),
    Weather(Bad.CUT_DOWN, after=30),
    Weather(Bad.RESET_UP, after=50),
    # Through the greeting, and into the answer with the identity.
    Weather(Bad.CUT_DOWN, after=600),
    Weather(Bad.DRIP, every_s=0.1),
)


def _long() -> Iterator[tuple[Weather, float]]:
    """Every kind, at bytes from a seed; and silence for longer than any question waits."""
    chance = Random(8)
    for bad in (Bad.RESET_UP, Bad.RESET_DOWN, Bad.CUT_UP, Bad.CUT_DOWN):
        for _ in range(6):
            yield Weather(bad, after=chance.randrange(2_000)), 1.5
    yield Weather(Bad.DRIP, every_s=0.1), 40.0
    for bad in (Bad.MUTE_DOWN, Bad.MUTE_UP, Bad.DEAD):
        yield Weather(bad), PICTURE_S + TRANSFER_S + 5


@dataclass
class Pair:
    """Both processes, the line, and what was scanned."""

    folder: Path
    line: BadLine
    ledger: LedgerProcess
    station: HeadlessStation
    scanned: int = 0
    codes: Iterator[str] = field(default_factory=lambda: cycle(CODES))

    def scan(self) -> None:
        """One unit; it is answered whatever the line does."""
        passed = stopwatch()
        self.station.say(scan=next(self.codes))
        decided = self.station.until(lambda event: event["event"] == "ScanDecided")
        assert decided["fate"] == "applied", decided
        assert passed() < SCAN_S
        self.scanned += 1
        threading.Event().wait(BETWEEN_SCANS_S)

    def settled(self) -> bool:
        """Whether the newest footer says online, and that nothing waits."""
        self.station.recorded()  # takes what has come
        footers = (event for event in reversed(self.station.seen) if "footer" in event)
        return any(footer(event, outbox=0, link="online") for event in islice(footers, 1))

    def back_in(self, most_s: float) -> float | None:
        """Seconds until it has settled; None when that takes too long."""
        passed, pause = stopwatch(), threading.Event()
        while not self.settled():
            if passed() > most_s:
                return None
            pause.wait(0.1)
        return passed()


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def _sockets(pid: int) -> int:
    found = 0
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found += str(handle.readlink()).startswith("socket:")
        except OSError:
            continue  # closed since it was listed
    return found


def _sign_in(station: HeadlessStation) -> None:
    """Once the station has heard of its people, which comes behind being online."""
    for _ in range(SIGN_IN_TRIES):
        station.say(scan=BADGE)
        decided = station.until(lambda event: event["event"] == "ScanDecided")
        if decided["fate"] not in {"refused", "held"}:
            station.until(lambda event: footer(event, person="A. Novak"))
            return
        threading.Event().wait(0.5)
    raise AssertionError("nobody knows the badge")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    code = open_site(tmp_path / "ledger", UNITS)
    with (
        LedgerProcess(tmp_path / "ledger") as ledger,
        BadLine(ledger.port) as line,
        HeadlessStation(tmp_path / "station", line.url, code) as station,
    ):
        station.until(lambda event: footer(event, link="online"))
        _sign_in(station)
        station.say(scan=ORDER)
        station.until(lambda event: event["event"] == "Recorded" and event["kind"] == "claim")
        yield Pair(tmp_path, line, ledger, station)


@pytest.mark.parametrize(
    ("faults", "half_open", "within_s"),
    [
        (SHORT, 4 * MAX_CONNECTIONS, 1.0),
        # Long enough for the ledger to let go of everybody who vanished.
        pytest.param(
            tuple(_long()),
            MAX_CONNECTIONS,
            KEEP_ALIVE_S + HEADERS_S,
            marks=pytest.mark.long,
        ),
    ],
    ids=["short", "long"],
)
def test_on_a_line_that_is_bad_for_a_while_nothing_is_lost_and_nothing_piles_up(
    pair: Pair,
    faults: Sequence[tuple[Weather, float]],
    half_open: int,
    within_s: float,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pair.scan()
    assert pair.back_in(BACK_S) is not None
    station, ledger = pair.station.pid, pair.ledger.pid
    threads, sockets = _threads(station), _sockets(station)
    ledger_threads, ledger_sockets = _threads(ledger), _sockets(ledger)

    for weather, seconds in faults:
        with pair.line.bad(weather):
            passed = stopwatch()
            for _ in range(2):
                pair.scan()
            threading.Event().wait(max(0.0, seconds - passed()))
            # So many bytes pass in a second; more may not.
            assert pair.line.harmed or weather.after > SURE_BYTES, weather
        pair.scan()
        back_s = pair.back_in(BACK_S)
        assert back_s is not None, weather
        with capsys.disabled():
            sys.stdout.write(f"{weather.bad} after {weather.after}: {back_s:.1f} s\n")
        assert _threads(station) <= threads, weather
        assert _sockets(station) <= sockets + MAX_CONNECTIONS, weather
        assert _threads(ledger) <= ledger_threads, weather

    assert eventually(lambda: _sockets(ledger) <= ledger_sockets + half_open, within_s)
    with pair.line.bad(Weather(Bad.DEAD)):
        passed = stopwatch()
        pair.station.stop()
        assert passed() < END_S
    rows = feed_of(pair.folder / "ledger")
    announced = pair.station.recorded()
    outcomes = [row for row in rows if isinstance(row, OutcomeRow)]
    assert [row.id for row in outcomes if row.id in set(announced)] == announced
    assert sum(step.packed for row in outcomes for step in row.progress) == pair.scanned


@pytest.mark.long
def test_an_enrolment_on_a_bad_line_ends_with_a_sentence_and_its_code_stays_good(
    tmp_path: Path,
) -> None:
    code = open_site(tmp_path / "ledger", 1)
    with LedgerProcess(tmp_path / "ledger") as ledger, BadLine(ledger.port) as line:
        for weather in ENROLLING:
            with line.bad(weather):
                passed = stopwatch()
                ended = _enrol(tmp_path, line.url, code)
            assert passed() < END_S, weather
            assert (ended.returncode, ended.stdout) == (1, ""), weather
            assert ended.stderr.startswith("packhouse: The ledger's answer did not arrive."), (
                weather
            )
        ended = _enrol(tmp_path, line.url, code)

    assert ended.returncode == 0
    assert "Enrolled as pack-1" in ended.stderr


def _enrol(folder: Path, url: str, code: str) -> "subprocess.CompletedProcess[str]":
    """Start a station that enrols, and has nothing to do."""
    secret = str(passphrase_file(folder))
    told = ["--data-dir", str(folder / "station"), "--passphrase-file", secret]
    return subprocess.run(
        [*PACKHOUSE, "station", "--headless", *told, "--ledger", url, "--enrol", code],
        input="", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
