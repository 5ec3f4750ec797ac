"""A damaged book at the start: said in words, kept as it is, restored on request; S6, S7, E4."""

import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.cache import backups
from app.cache.backing_up import BackupMaker
from app.cache.database import Book
from app.cache.diagnosis import Diagnosis
from app.cache.keying import PAGE_BYTES
from app.cache.restoring import restored_of
from app.cache.starting import CHECKED
from app.cache.store import CacheStore
from app.clock import SystemClock
from app.errors import Refusal, Trouble
from app.instance import InstanceLock
from app.keys.unlocking import Unlock
from app.opened import BookTrouble, OpenBook, restore
from app.settings import StationSettings
from tests.support.keys import by_keyring
from tests.support.leaks import ExpectedLogs

Damage = Callable[[bytes], bytes]


def swapped(content: bytes) -> bytes:
    """Two genuine pages, each in the place of the other."""
    pages = [content[at : at + PAGE_BYTES] for at in range(0, len(content), PAGE_BYTES)]
    pages[7], pages[11] = pages[11], pages[7]
    return b"".join(pages)


def flipped(content: bytes) -> bytes:
    """One bit."""
    changed = bytearray(content)
    changed[9 * PAGE_BYTES + 123] ^= 8
    return bytes(changed)


DAMAGES: dict[str, tuple[Damage, Diagnosis]] = {
    "no byte": (lambda _: b"", Diagnosis.LOST),
    "one byte": (lambda _: b"P", Diagnosis.LOST),
    "a letter": (lambda _: b"Dear Anna, the kettles are late. " * 400, Diagnosis.NOT_A_BOOK),
    "cut in a page": (lambda content: content[:30_000], Diagnosis.DAMAGED),
    "cut after a page": (lambda content: content[: 8 * PAGE_BYTES], Diagnosis.DAMAGED),
    "only its head": (lambda content: content[:PAGE_BYTES], Diagnosis.DAMAGED),
    "swapped pages": (swapped, Diagnosis.DAMAGED),
    "one bit": (flipped, Diagnosis.DAMAGED),
    "no head": (lambda content: bytes(PAGE_BYTES) + content[PAGE_BYTES:], Diagnosis.DAMAGED),
}


@pytest.fixture
def unlock() -> Unlock:
    return by_keyring()


@pytest.fixture
def settings(tmp_path: Path, unlock: Unlock) -> StationSettings:
    """A station that has run, with a backup; closed in order."""
    made = StationSettings(tmp_path / "station")
    opened = OpenBook(made, unlock)
    with opened.store.begin() as work:
        work.set_note("kettle", "ORD-48213")
        work.commit()
    folder = backups.folder_of(made.data_dir)
    BackupMaker(folder, opened.vault, SystemClock().now, lambda _: 1 << 40).make(opened.book)
    opened.close()
    return made


def note(settings: StationSettings, unlock: Unlock, name: str = "kettle") -> str | None:
    opened = OpenBook(settings, unlock)
    with opened.store.begin() as work:
        value = work.note(name)
    opened.close()
    return value


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_book_is_told_kept_and_restored(
    settings: StationSettings, unlock: Unlock, name: str, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    damage, diagnosis = DAMAGES[name]
    damaged = damage(settings.book.read_bytes())
    settings.book.write_bytes(damaged)

    with pytest.raises(BookTrouble) as told:
        OpenBook(settings, unlock)

    assert told.value.diagnosis is diagnosis
    assert "packhouse station --restore" in told.value.say
    assert told.value.backup
    assert settings.book.read_bytes() == damaged
    done = restore(settings, unlock=unlock)
    assert note(settings, unlock) == "ORD-48213"
    assert done.aside is not None
    assert (done.aside / "book.db").read_bytes() == damaged


def test_a_book_that_is_gone_is_not_made_anew(
    settings: StationSettings, unlock: Unlock, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    settings.book.unlink()

    with pytest.raises(BookTrouble) as told:
        OpenBook(settings, unlock)

    assert told.value.diagnosis is Diagnosis.LOST
    assert not settings.book.exists()
    restore(settings, unlock=unlock)
    assert note(settings, unlock) == "ORD-48213"


def test_another_key_is_no_damage_and_no_restore_is_offered(
    tmp_path: Path, settings: StationSettings, unlock: Unlock
) -> None:
    other = StationSettings(tmp_path / "other")
    OpenBook(other, unlock).close()
    strange = (other.data_dir / "keys.json").read_bytes()
    (settings.data_dir / "keys.json").write_bytes(strange)

    with pytest.raises(BookTrouble) as told:
        OpenBook(settings, unlock)

    assert told.value.diagnosis in {Diagnosis.OTHER_KEY, Diagnosis.NOT_A_BOOK}
    assert settings.book.exists()


def test_after_a_kill_the_book_is_looked_over_and_goes_on(
    settings: StationSettings, unlock: Unlock, caplog: pytest.LogCaptureFixture
) -> None:
    opened = OpenBook(settings, unlock)
    with opened.store.begin() as work:
        work.set_note("late", "x" * 9_000)
        work.commit()
    names = [settings.book.with_name(f"book.db{end}") for end in ("", "-wal", "-shm")]
    left = {path: path.read_bytes() for path in names}
    opened.close()
    for path, content in left.items():
        path.write_bytes(content)
    caplog.clear()

    with caplog.at_level("INFO"):
        assert note(settings, unlock, "late") == "x" * 9_000

    assert any("looked over (pages)" in record.getMessage() for record in caplog.records)


def test_once_a_week_everything_is_looked_at(
    settings: StationSettings, unlock: Unlock, caplog: pytest.LogCaptureFixture
) -> None:
    opened = OpenBook(settings, unlock)
    long_ago = (SystemClock().now() - timedelta(days=7)).isoformat()
    with opened.store.begin() as work:
        work.set_note(CHECKED, long_ago)
        work.commit()
    opened.close()

    with caplog.at_level("INFO"):
        assert note(settings, unlock, CHECKED) != long_ago
        note(settings, unlock)

    depths = [text for record in caplog.records if "looked over" in (text := record.getMessage())]
    assert [depth.split("(")[1].split(")")[0] for depth in depths] == ["everything", "seals"]


def test_a_restored_station_sends_nothing_and_goes_on_recording(
    settings: StationSettings, unlock: Unlock, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")

    done = restore(settings, unlock=unlock)

    opened = OpenBook(settings, unlock)
    with opened.store.begin() as work:
        restored = restored_of(work)
    assert restored is not None
    assert restored.made_at == done.backup.about.made_at
    assert opened.store.next_batch(10, opened.signer) is None
    opened.close()


def test_a_restore_without_a_backup_says_what_else_there_is(tmp_path: Path) -> None:
    unlock, empty = by_keyring(), StationSettings(tmp_path / "empty")
    OpenBook(empty, unlock).close()

    with pytest.raises(Refusal, match="no backup in"):
        restore(empty, unlock=unlock)


def test_nothing_is_restored_while_the_station_runs(
    settings: StationSettings, unlock: Unlock
) -> None:
    with (
        InstanceLock(settings.data_dir),
        pytest.raises(Trouble, match="already running"),
    ):
        restore(settings, unlock=unlock)

    assert note(settings, unlock) == "ORD-48213"


def test_a_second_station_on_the_folder_is_told_and_harms_nothing(
    settings: StationSettings, unlock: Unlock
) -> None:
    opened = OpenBook(settings, unlock)

    with pytest.raises(Trouble, match="already running"):
        OpenBook(settings, unlock)

    opened.close()
    assert note(settings, unlock) == "ORD-48213"


def test_a_medium_that_was_pulled_out_is_told_and_work_goes_on_when_it_is_back(
    settings: StationSettings, unlock: Unlock
) -> None:
    """As the program sees it: the folder is gone, with the open file."""
    away = settings.data_dir.with_name("away")
    settings.data_dir.rename(away)
    settings.data_dir.touch()

    with pytest.raises(Trouble, match="cannot be written"):
        OpenBook(settings, unlock)

    settings.data_dir.unlink()
    away.rename(settings.data_dir)
    assert note(settings, unlock) == "ORD-48213"


def test_every_file_a_station_makes_is_its_owners_alone(
    settings: StationSettings, unlock: Unlock
) -> None:
    os.umask(0o022)
    opened = OpenBook(settings, unlock)
    with opened.store.begin() as work:
        work.set_note("kettle", "x")
        work.commit()

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in settings.data_dir.rglob("*")}
    opened.close()

    assert {path.name for path in modes} >= {"book.db", "book.db-wal", "keys.json", "lock"}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700


def test_a_restored_book_has_the_key_it_had(
    settings: StationSettings, unlock: Unlock, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    opened = OpenBook(settings, unlock)
    key = opened.vault.book_key()
    opened.close()
    restore(settings, unlock=unlock)

    book = Book(settings.book, key)
    with CacheStore(book).begin() as work:
        assert work.note("kettle") == "ORD-48213"
    book.close()
