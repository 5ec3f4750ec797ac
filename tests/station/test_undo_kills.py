"""Taking back is killed before any of its steps: all of it was recorded, or nothing."""

from pathlib import Path
from shutil import copy

import pytest

from app.station.inbox import Intent
from tests.fakes.clock import CountingIds
from tests.station.undoing import ORDER, pack, reversals, rows, stock
from tests.support.bench import TestBench
from tests.support.killing import killed_before


class Copied:
    """A copy of a bench on which a parcel is about to be opened again."""

    def __init__(self, folder: Path, book: Path, sscc: str) -> None:
        self.folder, self._sscc = folder, sscc
        folder.mkdir()
        copy(book, folder / "book.db")
        self._bench: TestBench | None = None

    def prepare(self) -> None:
        """In a process of its own, up to the key."""
        self._bench = TestBench(self.folder, fresh=False, ids=CountingIds(10_000))
        self._bench.sign_in()
        self._bench.do(Intent.UNDO)
        self._bench.scan(f"00{self._sscc}")

    def press(self) -> None:
        """F10."""
        assert self._bench is not None
        self._bench.do(Intent.MAIN)

    def later(self) -> TestBench:
        """What the next start finds."""
        made = TestBench(self.folder, fresh=False, ids=CountingIds(20_000))
        made.sign_in()
        return made


@pytest.mark.parametrize("stride", [15, pytest.param(1, marks=pytest.mark.long)])
def test_killed_before_any_step_both_reversals_stand_or_none(tmp_path: Path, stride: int) -> None:
    first = tmp_path / "first"
    first.mkdir()
    bench = TestBench(first)
    bench.sign_in()
    sscc = pack(bench)
    shipped = stock(bench)
    bench.book.close()
    ended: list[list[str]] = []
    step, killed = 1, True
    while killed:
        made = Copied(tmp_path / f"kill-{step}", first / "book.db", sscc)
        killed = killed_before(step, made.press, made.prepare)
        step += stride
        later = made.later()
        back = reversals(later)
        ended.append(back)
        assert (stock(later) == shipped) is (not back)
        later.do(Intent.UNDO)
        assert rows(later) == [("undo.did_ship", "undo.now_back" if back else "undo.now_here")]
        later.do(Intent.HOME)
        later.scan(ORDER)
        assert (later.page == "pack") is bool(back)
        later.book.close()

    assert {tuple(back) for back in ended} == {(), ("ship", "seal")}
    assert ended == sorted(ended)
    assert len(ended) > 3
