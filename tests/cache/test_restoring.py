"""Restoring: the old book or the restored one, never half of both, and nothing used twice."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from app.cache import backups, copies, restoring, soundness
from app.cache.backing_up import BackupMaker
from app.cache.backups import Backup
from app.cache.database import Book, NotOpenedError
from app.cache.keying import PAGE_BYTES
from app.cache.store import CacheStore
from app.cache.work import NUMBERS, Numbers
from app.keys.opening import unlocked
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.vault import Vault
from app.station.sessions import SESSION_NOTE
from app.storage import files
from tests.support.bench import TestBench
from tests.support.keys import START, by_keyring, vault_in
from tests.support.killing import every_step
from tests.support.leaks import ExpectedLogs

KEY = b"\x05" * 32
MADE_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NOW = MADE_AT + timedelta(hours=2)
CASES = 20


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return vault_in(tmp_path, by_keyring())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.db"


@pytest.fixture
def backup(tmp_path: Path, vault: Vault) -> Backup:
    """A bench with a backup, and two scans more than the backup has; closed."""
    bench = TestBench(tmp_path)
    bench.sign_in()
    bench.scan("ORD-48213")
    bench.scan("2900000000018")
    maker = BackupMaker(tmp_path / "backups", vault, lambda: MADE_AT, lambda _: 1 << 40)
    made = maker.make(bench.book)
    bench.scan("2900000000025")
    bench.scan("2900000000049")
    bench.book.close()
    return made


def rows(path: Path, table: str = "operation") -> int:
    """Rows of a table; the book must be sound."""
    book = Book(path, KEY)
    with book.writer.connect() as connection:
        assert soundness.check_everything(connection).wrong == ()
        count = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
    book.close()
    return int(count)


def restore(path: Path, vault: Vault, backup: Backup) -> Path | None:
    restoring.prepare(path, KEY, vault, backup, NOW)
    return restoring.finish(path)


def leave_a_wal(path: Path) -> None:
    """A program that was killed: its WAL lies beside the book, full of commits."""
    book = Book(path, KEY)
    store = CacheStore(book)
    for number in range(30):
        with store.begin() as work:
            work.set_note(f"late-{number}", "x" * 3_000)
            work.commit()
    kept = {end: Path(f"{path}{end}").read_bytes() for end in ("", "-wal", "-shm")}
    book.close()
    for end, content in kept.items():
        Path(f"{path}{end}").write_bytes(content)


def test_what_the_backup_held_is_the_book_and_the_old_one_is_kept_whole(
    path: Path, vault: Vault, backup: Backup, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    before = path.read_bytes()

    aside = restore(path, vault, backup)

    assert rows(path) == backup.about.counts["operation"]
    assert aside is not None
    assert (aside / "book.db").read_bytes() == before
    assert {entry.name for entry in path.parent.iterdir()} == {
        "book.db", "backups", "keys.json", aside.name,
    }  # fmt: skip


def test_of_two_restores_the_earlier_one_never_comes_over_what_was_done_since(
    path: Path, vault: Vault, backup: Backup, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    earlier = restoring.prepare(path, KEY, vault, backup, NOW)
    killed_before_it_went = earlier.read_bytes()
    restoring.prepare(path, KEY, vault, backup, NOW + timedelta(minutes=5))
    earlier.write_bytes(killed_before_it_went)

    first, second = restoring.finish(path), restoring.finish(path)

    assert first is not None
    assert second is None


def test_a_restored_book_says_so_and_uses_nothing_twice(
    path: Path, vault: Vault, backup: Backup, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    restore(path, vault, backup)
    book = Book(path, KEY)

    with CacheStore(book).begin() as work:
        restored = restoring.restored_of(work)
        numbers = msgspec.json.decode(work.note(NUMBERS) or "", type=Numbers)
        assert restored is not None
        assert restored.made_at == backup.about.made_at
        assert numbers == Numbers(34012345000000100, 0)
        assert work.note(SESSION_NOTE) is None
        assert work.open_prints() == []
    book.close()


def test_parcel_numbers_that_may_be_on_parcels_are_passed_over() -> None:
    block = Numbers(34012345000000000, 100_000)

    after = restoring._passed_over(block, timedelta(hours=2, minutes=10))

    assert after == Numbers(34012345000002000, 98_000)
    assert restoring._passed_over(block, timedelta(days=-3)).left == 99_000
    assert restoring._passed_over(block, timedelta(days=365)).left == 0


@pytest.mark.parametrize("case", range(CASES))
def test_a_restore_beside_a_stale_wal_is_the_backup(
    path: Path, vault: Vault, backup: Backup, case: int, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    leave_a_wal(path)
    if case % 3 == 1:
        path.write_bytes(b"not a book" * (100 * case))
    elif case % 3 == 2:
        path.unlink()

    aside = restore(path, vault, backup)

    assert rows(path) == backup.about.counts["operation"]
    assert aside is not None
    assert (aside / "book.db-wal").stat().st_size > 0


@pytest.mark.parametrize("case", range(CASES))
def test_a_backup_copied_over_the_book_by_hand_is_refused(
    path: Path, vault: Vault, backup: Backup, case: int
) -> None:
    leave_a_wal(path)
    if case % 2:
        Path(f"{path}-shm").unlink()
    shutil.copyfile(backup.path, path)

    with pytest.raises(NotOpenedError):
        Book(path, KEY)


@pytest.mark.parametrize("stride", [11, pytest.param(1, marks=pytest.mark.long)])
def test_killed_before_any_step_it_is_the_old_book_or_the_restored_one(
    path: Path, vault: Vault, backup: Backup, stride: int, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    leave_a_wal(path)
    before = path.parent.with_name(f"{path.parent.name}-before")
    shutil.copytree(path.parent, before)
    recorded = rows(before / "book.db")
    assert recorded > backup.about.counts["operation"]
    old, restored = 0, 0

    for _ in every_step(lambda: restore(path, vault, backup), stride):
        restoring.finish(path)
        found = rows(path)
        assert found in {recorded, backup.about.counts["operation"]}
        if found == recorded:
            old += 1
            assert rows(path, "note") == rows(before / "book.db", "note")
        else:
            restored += 1
            (aside,) = path.parent.glob("damaged-*")
            assert (aside / "book.db").exists()
        shutil.rmtree(path.parent)
        shutil.copytree(before, path.parent)

    assert old > 100 // stride
    assert restored > 5 // stride


def test_a_backup_that_was_changed_restores_nothing(
    path: Path, vault: Vault, backup: Backup
) -> None:
    before = path.read_bytes()
    content = bytearray(backup.path.read_bytes())
    content[5 * PAGE_BYTES + 17] ^= 4
    backup.path.write_bytes(content)

    with pytest.raises(copies.NotACopyError):
        restore(path, vault, backups.at(backup.path))

    assert path.read_bytes() == before
    assert list(path.parent.glob("restored-*")) == []


def test_a_backup_of_another_station_restores_nothing(
    tmp_path: Path, path: Path, vault: Vault, backup: Backup
) -> None:
    (tmp_path / "other").mkdir()
    stranger = vault_in(tmp_path / "other", by_keyring())

    with pytest.raises(KeyTrouble) as told:
        restoring.prepare(path, KEY, stranger, backup, NOW)

    assert told.value.state is KeyState.LOST
    assert list(path.parent.glob("restored-*")) == []


def test_keys_that_were_rewrapped_open_old_backups(
    tmp_path: Path, path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the book was restored")
    unlock = by_keyring()
    vault = vault_in(tmp_path, unlock)
    bench = TestBench(tmp_path)
    maker = BackupMaker(tmp_path / "backups", vault, lambda: MADE_AT, lambda _: 1 << 40)
    backup = maker.make(bench.book)
    bench.book.close()
    vault.rewrap(unlock)

    restore(path, unlocked(tmp_path, unlock, lambda: START), backup)

    assert rows(path) == backup.about.counts["operation"]


def test_the_old_journal_is_away_on_the_disk_before_the_new_book_gets_its_name(
    path: Path,
    vault: Vault,
    backup: Backup,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectedLogs,
) -> None:
    """After a power cut a name may be the old or the new one unless its folder was synced."""
    expected_logs.expect("the book was restored")
    leave_a_wal(path)
    done: list[str] = []
    sync, replace = files.sync, Path.replace

    def noted_sync(where: Path) -> None:
        sync(where)
        done.append(f"sync {'folder' if where == path.parent else where.name}")

    def noted_replace(source: Path, target: Path) -> Path:
        done.append(f"{source.name} becomes {target.name}")
        return replace(source, target)

    monkeypatch.setattr(files, "sync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)

    restore(path, vault, backup)

    ready = f"restored-{NOW:%Y%m%dT%H%M%SZ}.db"
    aside = f"damaged-{NOW:%Y%m%dT%H%M%SZ}"
    assert done == [
        f"sync {ready}.part",
        f"{ready}.part becomes {ready}",
        "sync folder",
        "book.db-wal becomes book.db-wal",
        "book.db-shm becomes book.db-shm",
        "book.db becomes book.db",
        f"sync {aside}",
        "sync folder",
        f"sync {ready}",
        f"{ready} becomes book.db",
        "sync folder",
    ]
