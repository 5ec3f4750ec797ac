"""Behind the work: backups by the hour, warnings of the disk, who holds the journal."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cache import backups, tending
from app.cache.backing_up import BackupMaker
from app.cache.store import RESTORED
from app.cache.tending import Tender
from app.domain.text import Text, text
from app.keys.vault import Vault
from app.storage.space import BLOCK_BYTES, WARN_BYTES, Reserve
from tests.support.bench import TestBench
from tests.support.keys import by_keyring, vault_in
from tests.support.leaks import ExpectedLogs

PLENTY = 1 << 40


@dataclass
class Watch:
    """A tender with a clock and a disk in hand, and what it said."""

    bench: TestBench
    vault: Vault
    folder: Path
    now: datetime = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    free: int = PLENTY
    said: list[Text | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.backups = backups.folder_of(self.folder)
        maker = BackupMaker(self.backups, self.vault, lambda: self.now, lambda _: self.free)
        reserve = Reserve(self.folder, 4_096, lambda _: self.free)
        self.tender = Tender(
            self.bench.book,
            maker,
            reserve,
            lambda: self.now,
            self.said.append,
            free=lambda _: self.free,
        )

    def after(self, minutes: int) -> int:
        """Let time pass, make a round; how many backups there are."""
        self.now += timedelta(minutes=minutes)
        self.tender.round()
        return len(backups.listed(self.backups))

    def record(self, note: str = "x") -> None:
        """Something that changes the book."""
        with self.bench.store.begin() as work:
            work.set_note("position", f"{note} {self.now}")
            work.commit()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    vault = vault_in(tmp_path, by_keyring())
    bench = TestBench(tmp_path)
    yield Watch(bench, vault, tmp_path)
    bench.book.close()


def test_there_is_a_backup_an_hour_while_the_book_changes(watch: Watch) -> None:
    assert watch.after(1) == 1
    watch.record()
    assert watch.after(30) == 1
    assert watch.after(31) == 2
    assert watch.after(120) == 2
    watch.record()
    assert watch.after(1) == 3
    assert watch.said == []


def test_a_clock_set_back_waits_for_no_hour(watch: Watch) -> None:
    watch.after(1)
    watch.record()

    assert watch.after(-60 * 24 * 30) == 2


def test_little_room_is_said_and_backups_stop_before_records_do(
    watch: Watch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("storage")
    watch.after(1)
    watch.free = WARN_BYTES - 1
    watch.record()
    assert watch.after(61) == 2
    watch.free = BLOCK_BYTES - 1
    watch.record()

    assert watch.after(61) == 2

    assert watch.said == [text("storage.low", mb=2_047), text("storage.short", mb=499)]
    watch.free = PLENTY
    assert watch.after(1) == 3
    assert watch.said[-1] is None


def test_room_is_put_aside_while_there_is_plenty(watch: Watch) -> None:
    watch.after(1)

    assert (watch.folder / "reserve").stat().st_size == 4_096


def test_three_hours_without_a_backup_are_said(watch: Watch, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("no backup")
    expected_logs.expect("storage.no_backup")
    watch.after(1)
    watch.record()
    for path in watch.backups.iterdir():
        path.unlink()
    watch.backups.rmdir()
    watch.backups.write_text("a file in the way")

    watch.after(60)
    watch.after(60)
    assert watch.said == []
    watch.after(61)

    assert watch.said == [text("storage.no_backup", hours=3)]


def test_a_damaged_book_is_said_until_it_is_not(watch: Watch, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("damaged")
    watch.bench.sign_in()
    with watch.bench.book.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE operation SET digest = 'forged' WHERE n = 1")

    assert watch.after(61) == 0

    assert watch.said == [text("storage.damaged")]


def test_a_restored_book_says_that_it_sends_nothing(
    watch: Watch, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("restored")
    with watch.bench.store.begin() as work:
        work.set_note(RESTORED, '{"at":"2026-11-23T08:00:00Z","made_at":"2026-11-23T07:00:00Z"}')
        work.commit()

    watch.after(1)

    assert watch.said == [text("storage.restored")]


def test_a_reader_that_stays_is_named_and_the_journal_shrinks_after_it(
    watch: Watch, expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("storage.wal")
    limit = 4 << 20
    monkeypatch.setattr(tending, "WAL_ALARM_BYTES", limit)
    wal = watch.folder / "book.db-wal"

    def write(first: int, last: int) -> None:
        for number in range(first, last):
            with watch.bench.store.begin() as work:
                work.set_note("row", f"{number:03d}" * 20_000)
                work.commit()

    with watch.bench.book.reader.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM note").scalar_one()
        write(0, 120)
        watch.after(1)
        assert wal.stat().st_size > limit

    assert [said.code for said in watch.said if said] == ["storage.wal"]
    assert dict(watch.said[0].params)["reader"] == "MainThread"  # type: ignore[union-attr]
    with watch.bench.book.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_size_limit = 0").all()
        connection.rollback()
    # Folded in by the first commits, begun anew by the next, and cut back then.
    write(120, 150)
    watch.after(1)
    assert watch.said[-1] is None
    assert wal.stat().st_size <= limit
