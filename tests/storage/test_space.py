"""Room that is put aside, and given away when there is none."""

import stat
from pathlib import Path

import pytest

from app.storage.space import BLOCK_BYTES, WARN_BYTES, Reserve, Room, free_bytes, room
from tests.support.leaks import ExpectedLogs

MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (WARN_BYTES, Room.FINE),
        (WARN_BYTES - 1, Room.LOW),
        (BLOCK_BYTES, Room.LOW),
        (BLOCK_BYTES - 1, Room.SHORT),
        (0, Room.SHORT),
    ],
)
def test_room_is_said_in_three_words(free: int, said: Room) -> None:
    assert room(free) is said


def test_a_reserve_takes_blocks_of_its_own_and_gives_them_back(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("the disk is full")
    reserve = Reserve(tmp_path, MEGABYTE, lambda _: WARN_BYTES)

    assert reserve.fill()
    assert reserve.path.stat().st_blocks * 512 >= MEGABYTE
    assert stat.S_IMODE(reserve.path.stat().st_mode) == 0o600

    assert reserve.give()
    assert not reserve.path.exists()
    assert not reserve.give()


def test_no_room_is_put_aside_when_there_is_little(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, MEGABYTE, lambda _: WARN_BYTES - 1)

    assert not reserve.fill()
    assert list(tmp_path.iterdir()) == []


def test_half_a_reserve_is_filled_again(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path, MEGABYTE, lambda _: WARN_BYTES)
    reserve.path.write_bytes(b"half")

    assert not reserve.held
    assert reserve.fill()
    assert reserve.held


def test_a_disk_that_refuses_is_not_the_end(tmp_path: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("no room could be put aside")
    reserve = Reserve(tmp_path / "gone", MEGABYTE, lambda _: WARN_BYTES)

    assert not reserve.fill()


def test_this_machine_tells_its_room(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
