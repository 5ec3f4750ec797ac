"""Backups of the book: whole or none, of one moment, under a key of their own, not too many."""

import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread

import pytest

from app.cache import backups, copies, soundness
from app.cache.backing_up import BackupMaker, DamagedCopyError
from app.cache.backups import Backup, to_keep
from app.cache.database import Book
from app.cache.keying import PAGE_BYTES, opens
from app.cache.store import CacheStore
from app.errors import Refusal, Trouble
from app.keys.vault import Vault
from app.storage.space import BLOCK_BYTES
from tests.support.bench import MUG, TestBench
from tests.support.keys import by_keyring, vault_in
from tests.support.killing import every_step
from tests.support.people import BADGE

KEY = b"\x05" * 32
PLENTY = 1 << 40


class Calendar:
    """Wall time that moves by itself, so that every backup has a name of its own."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=61)
        return self.at


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return vault_in(tmp_path, by_keyring())


@pytest.fixture
def maker(tmp_path: Path, vault: Vault) -> BackupMaker:
    return BackupMaker(tmp_path / "backups", vault, Calendar(), lambda _: PLENTY)


@pytest.fixture
def bench(tmp_path: Path, vault: Vault) -> Iterator[TestBench]:
    opened = TestBench(tmp_path)
    opened.sign_in()
    opened.scan("ORD-48213")
    yield opened
    opened.book.close()


def is_valid(backup: Backup, vault: Vault) -> bool:
    """What a restore would ask of it."""
    with copies.opened(backup.path, vault.unwrap("backup", backup.about.key)) as connection:
        sound = not soundness.check_everything(connection).wrong
        return sound and copies.count(connection) == backup.about.counts


def test_a_backup_holds_what_was_recorded_under_a_key_of_its_own(
    bench: TestBench, maker: BackupMaker, vault: Vault
) -> None:
    bench.scan("2900000000018")

    backup = maker.make(bench.book)

    assert is_valid(backup, vault)
    assert backup.about.counts["operation"] == len(bench.kinds())
    assert not opens(backup.path, KEY)
    assert backups.listed(backup.path.parent) == (backup,)
    assert {path.name for path in backup.path.parent.iterdir()} == {
        backup.path.name,
        backup.path.with_suffix(".json").name,
    }


def test_two_backups_have_two_keys(bench: TestBench, maker: BackupMaker, vault: Vault) -> None:
    first, second = maker.make(bench.book), maker.make(bench.book)

    one, other = (vault.unwrap("backup", each.about.key) for each in (first, second))
    assert one != other
    assert not opens(first.path, other)


def test_backups_are_for_their_owner_and_give_nothing_away(
    bench: TestBench, maker: BackupMaker
) -> None:
    backup = maker.make(bench.book)

    for path in backup.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        content = path.read_bytes()
        for known in (b"SQLite format 3", MUG.name.encode(), b"ORD-48213", BADGE.encode()):
            assert known not in content


def test_a_backup_is_due_when_something_was_recorded(bench: TestBench, maker: BackupMaker) -> None:
    assert maker.is_due(bench.book)
    maker.make(bench.book)
    assert not maker.is_due(bench.book)

    bench.scan("2900000000018")

    assert maker.is_due(bench.book)


def write_until(bench_folder: Path, stop: Event, written: list[int]) -> None:
    """A writer of its own that never rests."""
    book = Book(bench_folder / "book.db", KEY)
    store = CacheStore(book)
    number = 0
    while not stop.is_set():
        number += 1
        with store.begin() as work:
            work.set_note("kettle", f"{number:06d}" * 200)
            work.set_note(f"row-{number % 97}", "x" * (number % 4_000))
            work.commit()
        written.append(number)
    book.close()


@pytest.mark.parametrize("times", [10, pytest.param(100, marks=pytest.mark.long)])
def test_every_backup_under_load_is_whole_and_of_one_moment(
    tmp_path: Path, bench: TestBench, maker: BackupMaker, vault: Vault, times: int
) -> None:
    stop, written = Event(), list[int]()
    writer = Thread(target=write_until, args=(tmp_path, stop, written))
    writer.start()
    valid = 0
    try:
        for _ in range(times):
            backup = maker.make(bench.book)
            valid += is_valid(backup, vault)
    finally:
        stop.set()
        writer.join()

    assert valid == times
    assert len(written) > times  # else nothing was written meanwhile


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.long)])
def test_killed_before_any_step_a_whole_backup_more_or_none(
    tmp_path: Path, vault: Vault, stride: int
) -> None:
    TestBench(tmp_path).book.close()
    folder = tmp_path / "backups"

    def work() -> None:
        moment = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
        book = Book(tmp_path / "book.db", KEY)
        BackupMaker(folder, vault, lambda: moment, lambda _: PLENTY).make(book)

    killed, whole = 0, 0
    for _ in every_step(work, stride):
        killed += 1
        there = backups.listed(folder)
        assert len(there) <= 1
        assert all(is_valid(backup, vault) for backup in there)
        whole += len(there)
        backups.rotate(folder)
        left = {path.suffix for path in folder.glob("*")}
        assert left == ({".db", ".json"} if there else set())
        # The same start for every step: what is left behind would make the next run longer.
        shutil.rmtree(folder, ignore_errors=True)

    assert killed > 150 // stride
    assert whole > 0
    Book(tmp_path / "book.db", KEY).close()


def test_a_damaged_book_makes_no_backup(
    tmp_path: Path, bench: TestBench, maker: BackupMaker
) -> None:
    good = maker.make(bench.book)
    with bench.book.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE operation SET digest = 'forged' WHERE n = 1")
        connection.exec_driver_sql("UPDATE note SET value = '{}' WHERE name = 'position'")
    bench.scan("2900000000018")
    bench.scan("2900000000025")
    with bench.book.writer.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE operation SET digest = 'forged' WHERE n = (SELECT max(n) FROM operation)"
        )

    with pytest.raises(DamagedCopyError, match="--restore") as told:
        maker.make(bench.book)

    assert "chain is broken" in told.value.detail
    assert backups.listed(good.path.parent) == (good,)


def test_a_page_that_does_not_open_makes_no_backup(tmp_path: Path, maker: BackupMaker) -> None:
    bench = TestBench(tmp_path)
    bench.book.close()
    path = tmp_path / "book.db"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // PAGE_BYTES * PAGE_BYTES
    content[middle + 100] ^= 1
    path.write_bytes(content)
    book = Book(path, KEY)

    with pytest.raises(Trouble):
        maker.make(book)

    assert backups.listed(tmp_path / "backups") == ()
    assert list((tmp_path / "backups").iterdir()) == []
    book.close()


def test_no_backup_takes_the_last_room(tmp_path: Path, bench: TestBench, vault: Vault) -> None:
    maker = BackupMaker(tmp_path / "backups", vault, Calendar(), lambda _: BLOCK_BYTES)

    with pytest.raises(Trouble, match="nearly full"):
        maker.make(bench.book)

    assert list((tmp_path / "backups").iterdir()) == []


def test_a_file_that_is_no_backup_is_refused_in_words(
    tmp_path: Path, bench: TestBench, maker: BackupMaker
) -> None:
    whole = maker.make(bench.book)
    for name, content in (("letter.db", b"Dear Anna"), ("book-x.db", whole.path.read_bytes())):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refusal, match="no backup of a station"):
            backups.at(tmp_path / name)
    whole.path.write_bytes(whole.path.read_bytes()[:-PAGE_BYTES])

    with pytest.raises(Refusal):
        backups.at(whole.path)

    assert backups.listed(whole.path.parent) == ()


def test_hours_days_and_weeks_are_kept() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    hourly = [start + timedelta(hours=hour) for hour in range(24 * 120)]

    kept = sorted(to_keep(hourly), reverse=True)

    newest = hourly[-1]
    assert kept[:24] == [newest - timedelta(hours=hour) for hour in range(24)]
    assert len({moment.date() for moment in kept}) >= 14
    assert len({moment.isocalendar()[:2] for moment in kept}) == 8
    assert len(kept) <= 24 + 14 + 8


def test_whatever_the_clock_did_the_newest_is_kept_and_few_are() -> None:
    chance = Random(7)
    for _ in range(40):
        kept: frozenset[datetime] = frozenset()
        moment = datetime(2026, 11, 23, tzinfo=UTC)
        for _ in range(60):
            moment += timedelta(minutes=chance.randrange(-3_000, 9_000))
            kept = to_keep([*kept, moment])
            assert max([*kept, moment]) in kept
        assert len(kept) <= 24 + 14 + 8
        assert to_keep(kept) == kept
