"""A station's files from outside: the doctor, a restore, and what a copied folder gives away."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cache import backups
from app.cache.backing_up import BackupMaker
from app.clock import SystemClock
from app.contract.messages import LocationRow, OrderedLine
from app.keys.keyfile import NAME
from app.ledger.database import Database
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from app.opened import OpenBook
from app.settings import StationSettings
from tests.support.bench import ITEMS, MUG, TOWEL, TRAY, order_row
from tests.support.keys import passphrase_file
from tests.support.people import BADGE, PEOPLE
from tests.support.processes import PACKHOUSE, HeadlessStation, LedgerProcess

pytestmark = [pytest.mark.system]

SITE = "HAM"
ORDER = "ORD-48213"
# Everything a thief would look for: goods, people, orders, addresses, places, badges.
KNOWN = (
    *(item.sku for item in (MUG, TRAY, TOWEL)),
    *(item.name for item in (MUG, TRAY, TOWEL)),
    *(person.name for person in PEOPLE),
    "p-novak", "p-okafor", BADGE.removeprefix("PHB-"), ORDER, "Jonna Berg", "Sandweg 4",
    "24103 Kiel", "DPD Classic", "2900000000018", "A-04-2", "SQLite format 3",
)  # fmt: skip


@dataclass
class Place:
    """A ledger that serves, and the folder of a station that has packed and stopped."""

    folder: Path
    ledger: LedgerProcess

    @property
    def settings(self) -> StationSettings:
        passphrase = str(passphrase_file(self.folder.parent))
        return StationSettings(self.folder, ledger=self.ledger.url, passphrase_file=passphrase)

    def back_up(self) -> None:
        opened = OpenBook(self.settings)
        folder = backups.folder_of(self.folder)
        BackupMaker(folder, opened.vault, SystemClock().now, lambda _: 1 << 40).make(opened.book)
        opened.close()

    def packhouse(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PACKHOUSE, *words, "--data-dir", str(self.folder)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    service = LedgerService(Database.in_folder(tmp_path / "ledger"))
    service.add_site(SITE, company_prefix="4012345")
    service.imports.items(ITEMS)
    service.imports.people(PEOPLE)
    service.imports.locations([LocationRow(SITE, "A-04-2", "bin")])
    service.imports.stock(SITE, [StockLine("A-04-2", MUG.sku, 100)])
    code = service.identity.add_station(SITE, "pack-1").code
    service.imports.orders(SITE, [order_row(ORDER, lines=(OrderedLine(1, MUG.sku, 2),))])
    service.close()
    folder = tmp_path / "station"
    with LedgerProcess(tmp_path / "ledger") as ledger:
        with HeadlessStation(folder, ledger.url, code) as station:
            station.until(lambda event: event["event"] == "Ready")
            station.until(
                lambda event: (
                    event["event"] == "FooterChanged" and bool(event["footer"]["last_sync"])
                )
            )
            for scan in (BADGE, ORDER, "2900000000018", "2900000000018"):
                station.say(scan=scan)
                station.until(lambda event: event["event"] == "ScanDecided")
        yield Place(folder, ledger)


def test_the_doctor_says_what_is_wrong_and_ends_with_nothing_to_say(place: Place) -> None:
    before = place.packhouse("doctor")
    place.back_up()
    well = place.packhouse("doctor")
    place.settings.book.write_bytes(b"Dear Anna" * 2_000)
    (place.folder / "log" / "packhouse.log").chmod(0o644)
    ill = place.packhouse("doctor")

    assert (before.returncode, well.returncode, ill.returncode) == (1, 0, 1), well.stdout
    assert [line for line in before.stdout.splitlines() if line.startswith("BAD")] == [
        "BAD  backups      none yet. Leave the station running for an hour."
    ]
    names = [line.split()[1] for line in well.stdout.splitlines()]
    assert names == [
        "folder", "station", "keys", "book", "backups", "disk", "certificate", "ledger", "clock",
    ]  # fmt: skip
    bad = [line.split()[1] for line in ill.stdout.splitlines() if line.startswith("BAD")]
    assert bad == ["folder", "book"]


def test_the_doctor_answers_without_a_window_system(place: Place) -> None:
    code = (
        "import sys; from ui.__main__ import main\n"
        "main(sys.argv[1:])\n"
        "print([name for name in sys.modules if name.startswith('PySide6')])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "doctor", "--data-dir", str(place.folder)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_a_damaged_book_is_told_without_a_window_and_restored_by_one_command(place: Place) -> None:
    place.back_up()
    place.settings.book.write_bytes(b"Dear Anna" * 2_000)

    told = place.packhouse("station", "--headless")
    done = place.packhouse("station", "--restore")

    assert told.returncode == 1
    assert "packhouse station --restore" in told.stderr
    assert told.stderr.count("\n") == 1
    assert done.returncode == 0, done.stderr
    assert "--enrol CODE --again" in done.stdout
    with HeadlessStation(place.folder, place.ledger.url) as station:
        station.until(lambda event: event["event"] == "Ready")
        station.say(scan=BADGE)
        decided = station.until(lambda event: event["event"] == "ScanDecided")
    assert decided["fate"] == "applied"


def test_a_copied_folder_gives_away_none_of_what_a_thief_looks_for(place: Place) -> None:
    place.back_up()
    passphrase_file(place.folder.parent)
    with HeadlessStation(place.folder, place.ledger.url) as station:
        station.until(lambda event: event["event"] == "Ready")
        station.say(scan=BADGE)
        station.until(lambda event: event["event"] == "ScanDecided")
        copied = {
            path.relative_to(place.folder): path.read_bytes()
            for path in place.folder.rglob("*")
            if path.is_file()
        }

    found = [
        (known, str(path))
        for known in KNOWN
        for path, content in copied.items()
        if known.encode() in content or known.encode("utf-16-le") in content
    ]

    assert len(KNOWN) >= 20
    assert {"book.db", "book.db-wal", NAME, "backups", "log"} <= {path.parts[0] for path in copied}
    assert found == []


def test_every_file_of_a_station_and_a_ledger_is_its_owners_alone(place: Place) -> None:
    place.back_up()

    open_to_others = [
        (str(path), oct(mode))
        for folder in (place.folder, place.folder.parent / "ledger")
        for path in (folder, *folder.rglob("*"))
        if (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077
    ]

    assert open_to_others == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as another account")
def test_another_account_is_told_in_one_sentence(place: Place) -> None:
    os.chown(place.folder, 65_534, 65_534)

    told = place.packhouse("station", "--headless")

    os.chown(place.folder, 0, 0)
    assert told.returncode == 1
    assert "belongs to the account" in told.stderr
    assert told.stderr.count("\n") == 1
