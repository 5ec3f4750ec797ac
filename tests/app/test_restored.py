"""A restored station: it records on, sends nothing, and sends everything once it enrolled anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cache import backups, soundness
from app.cache.backing_up import BackupMaker
from app.cache.enrolling import take
from app.cache.store import RESTORED
from app.cache.work import Numbers
from app.clock import SystemClock
from app.contract.messages import CONTRACT_VERSION, AsOf, Line, Operation
from app.domain.operation import Kind
from app.keys.unlocking import Unlock
from app.opened import OpenBook, restore
from app.settings import StationSettings
from app.station.ports import Identity
from tests.support.keys import by_keyring
from tests.support.leaks import ExpectedLogs

FIRST, SECOND = "enr-1", "enr-2"
JOB = "0193a1c2-77aa-7c3d-9d15-0000000000ff"


def operation(number: int) -> Operation:
    """A receipt of one mug."""
    return Operation(
        id=f"0193a1c2-77aa-7c3d-9d15-{number:012d}",
        kind=Kind.RECEIVE,
        contract_version=CONTRACT_VERSION,
        site="HAM",
        actor="p-novak",
        role="clerk",
        source_system="packhouse",
        correlation_id=JOB,
        recorded_at="2026-11-23T07:30:00.000Z",
        as_of=AsOf(epoch="epoch-one", cursor=0),
        skew_ms=0,
        reference=None,
        lines=(Line(item="SKU-1001", quantity=1, target="A-04-2"),),
        reason="",
        evidence={},
    )


def enrol(opened: OpenBook, enrolment: str, number: int) -> None:
    identity = Identity(enrolment, "PACK-03", "HAM", "epoch-one", "ab" * 32)
    numbers = Numbers(34012345000000000, 1_000)
    take(opened.store, identity, numbers, lambda _taken, _position: operation(number))


def record(opened: OpenBook, *numbers: int) -> None:
    for number in numbers:
        with opened.store.begin() as work:
            work.append(operation(number), (), JOB)
            work.commit()


def sent(opened: OpenBook) -> list[tuple[int, int]]:
    """What would be sent now: places in the sequence, and which operation."""
    batch = opened.store.next_batch(100, opened.signer)
    if batch is None:
        return []
    return [(one.seq, int(one.id[-12:])) for one in batch.operations]


@pytest.fixture
def unlock() -> Unlock:
    return by_keyring()


@pytest.fixture
def opened(tmp_path: Path, unlock: Unlock, expected_logs: ExpectedLogs) -> Iterator[OpenBook]:
    """Enrolled, three recorded, a backup, two more recorded, and restored; then one more."""
    expected_logs.expect("the book was restored")
    settings = StationSettings(tmp_path / "station")
    before = OpenBook(settings, unlock)
    enrol(before, FIRST, 1)
    record(before, 2, 3)
    folder = backups.folder_of(settings.data_dir)
    BackupMaker(folder, before.vault, SystemClock().now, lambda _: 1 << 40).make(before.book)
    record(before, 4, 5)
    before.close()
    restore(settings, unlock=unlock)
    after = OpenBook(settings, unlock)
    record(after, 6)
    yield after
    after.close()


def test_it_records_on_and_sends_nothing(opened: OpenBook) -> None:
    with opened.store.begin() as work:
        assert work.recorded(operation(6).id) == operation(6)
        assert work.recorded(operation(5).id) is None

    assert sent(opened) == []


def test_enrolled_anew_it_sends_everything_it_has_in_a_sequence_of_its_own(
    opened: OpenBook,
) -> None:
    enrol(opened, SECOND, 7)

    assert sent(opened) == [(1, 1), (2, 2), (3, 3), (4, 6), (5, 7)]
    with opened.store.begin() as work:
        assert work.note(RESTORED) is None


def test_a_book_that_was_linked_anew_is_sound_and_can_be_backed_up(opened: OpenBook) -> None:
    enrol(opened, SECOND, 7)
    with opened.book.writer.connect() as connection:
        assert soundness.check_everything(connection).wrong == ()
    folder = backups.folder_of(opened.settings.data_dir)

    maker = BackupMaker(folder, opened.vault, SystemClock().now, lambda _: 1 << 40)

    assert maker.make(opened.book).about.counts["operation"] == 5


@pytest.mark.parametrize("table", ["operation", "former_link"])
def test_a_forged_link_of_either_chain_is_found(opened: OpenBook, table: str) -> None:
    enrol(opened, SECOND, 7)
    with opened.book.writer.begin() as connection:
        # A forger with the key is not held up by triggers.
        triggers = connection.exec_driver_sql(
            f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
        ).all()
        for (name,) in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(f"UPDATE {table} SET digest = '{'f' * 64}' WHERE n = 2")

    with opened.book.writer.connect() as connection:
        wrong = soundness.check_everything(connection).wrong

    assert any("chain is broken" in one for one in wrong)
