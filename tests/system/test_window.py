"""The real window on a real screen: xdotool at the keyboard, pseudo-terminals for the devices.

The ledger is a process of its own, and without a link it is really stopped.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.demo import checker
from app.devices.sim.bench import SimBench
from app.ledger.database import FILE_NAME
from tests.support import hall
from tests.support.display import MISSING, Display
from tests.support.keys import passphrase_file
from tests.support.processes import LedgerProcess
from tests.support.window import WindowStation
from tests.system import floor_work

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"run `make setup-tests`: no {' '.join(MISSING)}"),
]
PICTURES = Path(__file__).resolve().parents[2] / "out" / "window"


@dataclass
class Site:
    """A ledger that can be stopped, devices, and a screen."""

    folder: Path
    bench: SimBench
    display: Display
    code: str
    ledger: LedgerProcess | None = None
    port: int = field(default=0)

    def start_ledger(self) -> str:
        """Start it, where it was before."""
        self.ledger = LedgerProcess(self.folder / "ledger", self.port)
        self.port = self.ledger.port
        return self.ledger.url

    def stop_ledger(self) -> None:
        """End its process."""
        if self.ledger is not None:
            self.ledger.__exit__(None, None, None)
            self.ledger = None

    def differences(self) -> list[str]:
        """What the books do not agree on, from a checker that shares nothing with the program."""
        station = self.folder / "station"
        said = [station / "book.db", station / "keys.json", passphrase_file(self.folder)]
        said.append(self.folder / "ledger" / FILE_NAME)
        command = [sys.executable, checker.__file__, *map(str, said)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stdout, done.stderr
        found: list[str] = json.loads(done.stdout)["differences"]
        return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    code = hall.furnish(tmp_path / "ledger")
    bench = SimBench(tmp_path / "devices", 1)
    with Display() as display:
        made = Site(tmp_path, bench, display, code)
        yield made
        made.stop_ledger()
    bench.close()


def work(window: WindowStation, task: str, day: int) -> None:
    """A task, from the board to the board."""
    play, papers = floor_work.TASKS[task]
    play(window, *papers[day])
    window.until(lambda: window.page == "home", f"the board after {task}")
    assert window.faults == []


def drained(window: WindowStation) -> bool:
    """Everything is with the ledger."""
    return window.link == "online" and window.footer["outbox"] == 0


def test_a_clerk_works_at_the_real_window_while_the_ledger_goes_and_comes_back(site: Site) -> None:
    url = site.start_ledger()
    with WindowStation(
        site.folder / "station", url, site.bench, site.display, site.code, PICTURES / "journey"
    ) as window:
        window.sign_in(*hall.CLERK)
        for task in ("receive", "pack"):
            work(window, task, 0)
        window.until(lambda: drained(window), "an empty outbox")
        site.stop_ledger()
        window.until(lambda: window.link != "online", "the link is gone")
        for task in ("count", "adjust", "pack"):
            work(window, task, 1)
        assert window.footer["outbox"] > 0
        site.start_ledger()
        window.until(lambda: drained(window), "an empty outbox")

    assert hall.own(site.differences()) == []
    kinds = {"receive", "reverse", "short", "pack", "seal", "ship", "count", "adjust"}
    assert kinds <= set(window.recorded)


@pytest.mark.long
@pytest.mark.parametrize("day", [0, 1], ids=["online", "offline"])
def test_every_task_is_done_at_the_real_window(site: Site, day: int) -> None:
    url = site.start_ledger()
    pictures = PICTURES / ("offline" if day else "online")
    with WindowStation(
        site.folder / "station", url, site.bench, site.display, site.code, pictures
    ) as window:
        window.sign_in(*hall.CLERK)
        window.until(lambda: drained(window), "an empty outbox")
        if day:
            site.stop_ledger()
            window.until(lambda: window.link != "online", "the link is gone")
        for task in floor_work.TASKS:
            work(window, task, day)
        window.key("F8")
        window.sign_in(*hall.BOSS)
        floor_work.decide(window)
        if day:
            site.start_ledger()
        window.until(lambda: drained(window), "an empty outbox")

    assert hall.own(site.differences()) == []
    assert window.faults == []
