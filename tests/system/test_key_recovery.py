"""A station forgets its passphrase: two administrators give it its keys back, over the network.

Everything by the program's own commands, as at a bench and in an office. E3 asks for five minutes;
most of the time here is the station's first look at its keys, ten seconds after its start.
"""

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.opened import OpenBook
from app.settings import StationSettings
from tests.support.keys import passphrase_file
from tests.support.processes import PACKHOUSE, START_S, HeadlessStation, LedgerProcess

pytestmark = [pytest.mark.system, pytest.mark.slow]

ANNA, OMAR = ("p-anna", "kettle meadow trolley"), ("p-omar", "lantern gravel pudding")
CUSTODY_S = 60.0


def packhouse(*arguments: object, typed: str = "") -> str:
    done = subprocess.run(
        [*PACKHOUSE, *map(str, arguments)],
        input=typed,
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger with two administrators, and recovery set up."""
    where = tmp_path / "ledger"
    at = ("--data-dir", where)
    packhouse("ledger", "site", "add", "BER1", *at)
    for number, (person, _) in enumerate((ANNA, OMAR)):
        name = f"Admin {number}"
        packhouse("ledger", "user", "add", "*", person, name, "--role", "admin", *at)
    typed = f"{ANNA[1]}\n{OMAR[1]}\n"
    packhouse("ledger", "recover", "setup", ANNA[0], OMAR[0], *at, typed=typed)
    return where


@pytest.fixture
def ledger(folder: Path) -> Iterator[LedgerProcess]:
    with LedgerProcess(folder) as served:
        yield served


def events_of(station: Path) -> str:
    """Bodies of everything in the station's chain, one after another."""
    named = str(passphrase_file(station.parent))
    opened = OpenBook(StationSettings(station, passphrase_file=named))
    with opened.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT body FROM operation ORDER BY n").scalars().all()
    opened.close()
    return b"".join(rows).decode()


def until_in_custody(keys: Path) -> None:
    pause = threading.Event()
    for _ in range(int(CUSTODY_S / 0.2)):
        if keys.exists() and "escrowed" in json.loads(keys.read_text()):
            return
        pause.wait(0.2)
    raise AssertionError("the keys did not get into custody")


def test_two_administrators_give_a_station_its_keys_back(
    tmp_path: Path, folder: Path, ledger: LedgerProcess
) -> None:
    station, at = tmp_path / "station", ("--data-dir", folder)
    code = packhouse("ledger", "station", "add", "BER1", "PACK-01", *at).strip()
    with HeadlessStation(station, ledger.url, code):
        until_in_custody(station / "keys.json")
        # The event follows, on the station's own thread.
        threading.Event().wait(1)
    assert "keys_escrowed" in events_of(station)
    check = json.loads((station / "keys.json").read_text())["active"]["check"]
    forgotten = passphrase_file(tmp_path)
    forgotten.write_text("what was it again, nobody knows")

    with subprocess.Popen(
        [*PACKHOUSE, "keys", "recover", "--data-dir", str(station)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as asking:
        assert asking.stderr is not None
        words = asking.stderr.readline().rpartition(": ")[2].strip()
        listed = packhouse("ledger", "recover", "list", *at)
        packhouse("ledger", "recover", "ask", words, "--as", ANNA[0], *at, typed=ANNA[1] + "\n")
        packhouse("ledger", "recover", "approve", words, "--as", OMAR[0], *at, typed=OMAR[1] + "\n")
        said, complained = asking.communicate(timeout=START_S)

    assert words in listed
    assert (asking.returncode, said) == (0, "the keys are back\n"), complained
    again = json.loads((station / "keys.json").read_text())
    assert again["active"]["check"] == check
    assert "passphrase" in packhouse("keys", "show", "--data-dir", station)
    assert "keys_recovered" in events_of(station)


def test_the_key_of_a_closed_book_is_changed_by_a_command(
    tmp_path: Path, folder: Path, ledger: LedgerProcess
) -> None:
    station = tmp_path / "station"
    code = packhouse("ledger", "station", "add", "BER1", "PACK-01", "--data-dir", folder).strip()
    with HeadlessStation(station, ledger.url, code) as headless:
        headless.until(lambda event: event["event"] == "Ready")
    at = ("--data-dir", station)

    rotated = packhouse("keys", "rotate", *at)
    new = tmp_path / "new"
    new.touch(0o600)
    new.write_text("harbour socket thimble")
    rewrapped = packhouse("keys", "rewrap", "--new-passphrase-file", new, *at)

    assert rotated == "the book has a new key, version 2\n"
    assert rewrapped == "the keys have a new lock: passphrase\n"
    passphrase_file(tmp_path).unlink()
    shown = packhouse("keys", "show", *at)
    assert "version 2, 0 days old" in shown
    with HeadlessStation(station, ledger.url, passphrase=new) as headless:
        headless.until(lambda event: event["event"] == "Ready")
