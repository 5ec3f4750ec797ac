"""Backup and restore of an embedded ledger: verified, never over a live one, always a new epoch."""

import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from app.clock import SystemClock
from app.conformance.floor import stock
from app.domain.operation import StockKey
from app.errors import Refusal, Trouble
from app.instance import InstanceLock
from app.ledger import backup, files, mark
from app.ledger.clock import SystemIds
from app.ledger.database import FILE_NAME, Database
from app.ledger.service import LedgerService
from tests.engine.shop import Shop, epoch, ids, in_folder, packhouse, sends_again
from tests.ledger.conftest import MUG, enrolled

B11 = StockKey("B-11-1", MUG.sku)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "srv"


@pytest.fixture
def shop(folder: Path) -> Iterator[Shop]:
    made = in_folder(folder)
    made.work()
    yield made
    made.close()


def _back_up(folder: Path, name: str = "kept.sqlite") -> backup.Backup:
    return backup.back_up(folder, folder.parent / name, SystemClock())


def _restore(folder: Path, source: Path) -> backup.Restored:
    return backup.restore(folder, source, SystemClock(), SystemIds())


def test_a_backup_taken_while_stations_post_is_one_moment_and_adds_up(
    shop: Shop, folder: Path
) -> None:
    stop = threading.Event()

    def go_on() -> None:
        while not stop.is_set():
            shop.work(20)

    poster = threading.Thread(target=go_on)
    poster.start()
    made = [_back_up(folder, f"kept-{n}.sqlite") for n in range(3)]
    stop.set()
    poster.join()

    counts = [one.counts["operation"] for one in made]
    assert counts == sorted(set(counts))  # the shop went on between them
    assert all(one.counts["feed"] >= one.counts["operation"] for one in made)


def test_a_backup_is_one_private_file(shop: Shop, folder: Path) -> None:
    made = _back_up(folder)

    assert [path.name for path in folder.parent.glob("*kept*")] == ["kept.sqlite"]
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.counts["operation"] == len(ids(shop.service.database))


def test_a_backup_never_writes_over_a_file(shop: Shop, folder: Path) -> None:
    made = _back_up(folder)
    before = made.path.read_bytes()

    with pytest.raises(Refusal) as refused:
        _back_up(folder)

    assert refused.value.code == "file_exists"
    assert made.path.read_bytes() == before


def test_nothing_is_served_from_a_backup_put_in_place_by_hand(
    shop: Shop, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = _back_up(folder)
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(made.path, elsewhere / FILE_NAME)

    assert packhouse("ledger", "station", "list", "--data-dir", elsewhere) == 1
    assert "ledger restored" in capsys.readouterr().err

    assert packhouse("ledger", "restored", "--data-dir", elsewhere) == 0
    service = LedgerService(Database.in_folder(elsewhere))
    assert epoch(service.database) != epoch(shop.service.database)
    service.close()


def test_restoring_moves_the_old_one_aside_and_begins_an_epoch(shop: Shop, folder: Path) -> None:
    old_epoch = epoch(shop.service.database)
    made = _back_up(folder)
    kept = ids(shop.service.database)
    shop.work()
    lost = ids(shop.service.database)
    # Killed: its journal still lies there, with the newest work in it.
    _copy_as_killed(folder)
    shop.close()
    _put_killed_back(folder)

    done = _restore(folder, made.path)

    database = Database.in_folder(folder)
    assert ids(database) == kept
    assert epoch(database) == done.epoch != old_epoch
    database.close()
    assert done.aside is not None
    assert {f"{FILE_NAME}-wal", FILE_NAME} <= {path.name for path in done.aside.iterdir()}
    aside = Database.in_folder(done.aside)
    assert ids(aside) == lost
    aside.close()


def test_a_station_brings_back_what_the_backup_has_not_seen(shop: Shop, folder: Path) -> None:
    made = _back_up(folder)
    shop.work()
    before = stock(shop.station)
    shop.close()

    _restore(folder, made.path)

    service = LedgerService(Database.in_folder(folder))
    assert sends_again(shop.station, service, shop.station.sent) == ["posted"] * 10
    assert stock(shop.station) == before
    assert before[B11] == 10
    service.close()


STEPS: dict[str, tuple[object, str]] = {
    "copying": (backup, "_copy"),
    "checking": (backup, "_inspect"),
    "the epoch": (backup, "_begin_epoch"),
    "moving aside": (backup, "_move_aside"),
    "naming": (files, "put_in_place"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_restore_that_breaks_off_leaves_the_old_or_says_what_to_do(
    step: str, shop: Shop, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _back_up(folder)
    database = shop.service.database
    mark.begin(folder, database, SystemIds())
    shop.work()
    expected = ids(database)
    shop.close()
    where, name = STEPS[step]

    def power_cut(*_: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(where, name, power_cut)
        with pytest.raises(Trouble):
            _restore(folder, made.path)

    assert not list(folder.glob(".*part*"))
    if step == "naming":
        with pytest.raises(Trouble, match="restore"):
            mark.refuse_missing(folder)
        _restore(folder, made.path)
        expected = ids(_opened(next(folder.glob("replaced-*"))))
    else:
        mark.refuse_missing(folder)
        assert ids(_opened(folder)) == expected
    assert len(expected) == 12


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda raw: raw[: len(raw) // 2],
    "a page of zeros": lambda raw: raw[:8192] + bytes(4096) + raw[12288:],
    "another file": lambda _raw: b"a shopping list, not a ledger" * 200,
    "empty": lambda _raw: b"",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_backup_is_refused_and_changes_nothing(
    kind: str, shop: Shop, folder: Path
) -> None:
    made = _back_up(folder)
    before = ids(shop.service.database)
    made.path.write_bytes(DAMAGE[kind](made.path.read_bytes()))
    shop.close()

    with pytest.raises(Trouble):
        _restore(folder, made.path)

    assert ids(_opened(folder)) == before
    assert not list(folder.glob("replaced-*"))


def test_a_backup_whose_books_do_not_add_up_is_not_kept(shop: Shop, folder: Path) -> None:
    """Sound pages, wrong numbers: only counting finds it."""
    shop.close()
    with sqlite.connect(str(folder / FILE_NAME)) as other:
        other.execute("UPDATE balance SET quantity = quantity + 1 WHERE location = 'B-11-1'")
    other.close()

    with pytest.raises(Trouble) as trouble:
        _back_up(folder)

    assert "sum of its postings" in str(trouble.value)
    assert not (folder.parent / "kept.sqlite").exists()


def test_an_older_database_put_back_by_hand_is_noticed_until_it_is_said(
    shop: Shop, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mark.begin(folder, shop.service.database, SystemIds())
    shop.close()
    shutil.copy(folder / FILE_NAME, folder.parent / "tuesday.sqlite")
    later = LedgerService(Database.in_folder(folder))
    shop.station.ledger = later.as_seen_by(shop.station.who.enrolment)
    shop.work()
    mark.note(folder, later.database)
    later.close()

    shutil.copy(folder.parent / "tuesday.sqlite", folder / FILE_NAME)
    listed = ("ledger", "station", "list", "--data-dir", folder)

    assert packhouse(*listed) == 1
    assert "restored or exchanged" in capsys.readouterr().err
    assert packhouse("ledger", "restored", "--data-dir", folder) == 0
    assert packhouse(*listed) == 0


def test_a_copy_from_before_the_last_start_is_noticed_even_if_nothing_was_posted(
    shop: Shop, folder: Path
) -> None:
    mark.begin(folder, shop.service.database, SystemIds())
    shop.close()
    shutil.copy(folder / FILE_NAME, folder.parent / "tuesday.sqlite")
    again = Database.in_folder(folder)
    mark.begin(folder, again, SystemIds())
    again.close()
    shutil.copy(folder.parent / "tuesday.sqlite", folder / FILE_NAME)

    with pytest.raises(Trouble, match="restored or exchanged"):
        mark.refuse_another(folder, _opened(folder))


def test_a_server_killed_while_starting_is_no_stranger_afterwards(
    shop: Shop, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = shop.service.database
    mark.begin(folder, database, SystemIds())
    with monkeypatch.context() as patch:
        patch.setattr(mark, "note", _raise_interrupt)
        with pytest.raises(KeyboardInterrupt):
            mark.begin(folder, database, SystemIds())

    mark.refuse_another(folder, database)  # the new name
    assert (folder / mark.MARK_NAME).read_bytes().count(b"-7") >= 2


def test_a_folder_whose_database_is_gone_does_not_get_an_empty_one(
    shop: Shop, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mark.begin(folder, shop.service.database, SystemIds())
    shop.close()
    (folder / FILE_NAME).unlink()

    assert packhouse("ledger", "station", "list", "--data-dir", folder) == 1

    assert "gone" in capsys.readouterr().err
    assert not (folder / FILE_NAME).exists()


def test_the_commands_tell_what_they_did_and_keep_off_a_served_folder(
    shop: Shop, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = folder.parent / "kept.sqlite"
    assert packhouse("ledger", "backup", "--data-dir", folder, "--to", to) == 0
    assert "operation        7" in capsys.readouterr().out
    shop.close()

    with InstanceLock(folder):
        assert packhouse("ledger", "restore", "--data-dir", folder, "--from", to) == 1
    assert "already running" in capsys.readouterr().err
    assert packhouse("ledger", "restore", "--data-dir", folder, "--from", to) == 0
    assert "new epoch" in capsys.readouterr().out
    assert packhouse("ledger", "station", "list", "--data-dir", folder) == 0


def test_parcel_numbers_given_out_since_the_backup_are_not_given_again(
    shop: Shop, folder: Path
) -> None:
    made = _back_up(folder)
    taken = _enrol(shop.service, "PACK-02")
    shop.close()
    _restore(folder, made.path)
    service = LedgerService(Database.in_folder(folder))

    fresh = _enrol(service, "PACK-03")

    assert fresh > taken
    service.close()


def _enrol(service: LedgerService, station: str) -> str:
    return enrolled(service, station).who.sscc.first


def _raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _opened(folder: Path) -> Database:
    database = Database.in_folder(folder)
    database.close()  # connections are made anew when it is asked
    return database


def _copy_as_killed(folder: Path) -> None:
    (folder / "killed").mkdir()
    for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"):
        shutil.copy(folder / name, folder / "killed" / name)


def _put_killed_back(folder: Path) -> None:
    for path in (folder / "killed").iterdir():
        path.rename(folder / path.name)
    (folder / "killed").rmdir()
