"""The program of the version before, run against today's ledger: it signs in, packs and is in step.

Not a test: it needs the history of this repository, which a package or a shallow clone has not.
`make drill-previous` takes the last revision of protocol 1 out of the history, runs its
`packhouse station --headless` as a process of its own, and says what became of what it recorded.
"""

import json
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import Any

from app.contract.messages import LocationRow, OutcomeRow, PersonRow
from app.domain.secrets import badge_hash
from app.ledger.database import Database
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from tests.support.bench import ITEMS, MUG, TOWEL, TRAY, order_row
from tests.support.processes import LedgerProcess
from tests.support.synced import SITE, feed_of

# The last commit whose programs speak protocol 1.
PREVIOUS = "04bdedd"
ORDER = "ORD-48213"
BADGE = "PHB-novak-1234567890"
# Two mugs, three trays and a towel, as the order wants them, unit by unit; three codes in turn keep
# each one beyond the time in which it would be a bounce of the trigger.
_MUG, _TRAY, _TOWEL = "2900000000018", "2900000000025", "2900000000049"
SCANS = (_MUG, _TRAY, _TOWEL, _MUG, _TRAY, _TRAY)
BOUNCE_S = 0.4
ANSWER_S = 60.0


class OldStation:
    """`packhouse station --headless` of an earlier revision.

    Args:
        source: Where that revision was unpacked.
        folder: Its data folder.
        url: Today's ledger.
        code: One-time enrolment code.
    """

    def __init__(self, source: Path, folder: Path, url: str, code: str) -> None:
        command = [sys.executable, "-m", "ui", "station", "--headless", "--data-dir", str(folder)]
        self._process = subprocess.Popen(
            [*command, "--ledger", url, "--enrol", code],
            cwd=source,
            env={**os.environ, "PYTHONPATH": str(source)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def say(self, **line: object) -> None:
        """One line of input."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()

    def until(self, event: str, **wanted: object) -> dict[str, Any]:
        """The next event of this name with these values."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            parts = told.get("footer") if event == "footer" else told
            named = event == "footer" or told.get("event") == event
            if named and isinstance(parts, dict) and wanted.items() <= parts.items():
                return dict(told)
        raise AssertionError(f"it ended before {event} {wanted}")

    def stop(self) -> None:
        """End it and wait."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(ANSWER_S)


def unpack(revision: str, to: Path) -> None:
    """Take a revision out of the history."""
    packed = subprocess.run(
        ["git", "archive", "--format=tar", revision], capture_output=True, check=True
    )
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(to, filter="data")


def prepare(folder: Path) -> str:
    """A ledger with goods, an order and a person; returns a code for the old station."""
    service = LedgerService(Database.in_folder(folder))
    service.add_site(SITE, company_prefix="4012345")
    service.imports.items(ITEMS)
    service.imports.people(
        [PersonRow(person="p-novak", name="A. Novak", role="clerk", site=SITE,
                   badge_hash=badge_hash(BADGE))]
    )  # fmt: skip
    service.imports.locations([LocationRow(SITE, "A-04-2", "bin")])
    goods = (MUG.sku, TRAY.sku, TOWEL.sku)
    service.imports.stock(SITE, [StockLine("A-04-2", sku, 100) for sku in goods])
    code = service.identity.add_station(SITE, "pack-1").code
    service.imports.orders(SITE, [order_row(ORDER)])
    service.close()
    return code


def shift(station: OldStation) -> None:
    """Sign in, pack the order, and wait until the ledger has confirmed everything."""
    station.until("footer", link="online")
    station.say(scan=BADGE)
    station.until("footer", person="A. Novak")
    station.say(scan=ORDER)
    station.until("Recorded", kind="claim")
    pause = threading.Event()
    for code in SCANS:
        station.say(scan=code)
        station.until("Recorded", kind="pack")
        pause.wait(BOUNCE_S)
    station.until("footer", outbox=0, link="online")


def main() -> int:
    """Run the drill; 0 when everything the old program recorded is posted once."""
    with tempfile.TemporaryDirectory(prefix="packhouse-previous-") as name:
        folder = Path(name)
        unpack(PREVIOUS, folder / "source")
        code = prepare(folder / "ledger")
        with LedgerProcess(folder / "ledger") as ledger:
            station = OldStation(folder / "source", folder / "station", ledger.url, code)
            try:
                shift(station)
            finally:
                station.stop()
        rows = [row for row in feed_of(folder / "ledger") if isinstance(row, OutcomeRow)]
    outcomes = Counter((row.kind, row.outcome) for row in rows if row.actor == "p-novak")
    packed = sum(step.packed for row in rows for step in row.progress)
    sys.stdout.write(f"station of {PREVIOUS}, ledger of today\n")
    for (kind, outcome), count in sorted(outcomes.items()):
        sys.stdout.write(f"  {kind:<10} {outcome:<10} {count}\n")
    sys.stdout.write(f"  packed     {packed} of {len(SCANS)} units\n")
    good = packed == len(SCANS) and all(outcome == "posted" for _, outcome in outcomes)
    sys.stdout.write("in step\n" if good else "NOT in step\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
