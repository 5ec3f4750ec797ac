"""Enrolled anew in place: the same book, another identity, nothing lost and nothing twice."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.cache.enrolling import last_link
from app.errors import Fault, Refusal
from app.keys.signing import DeviceSigner
from tests.support.enrolled import Folder
from tests.support.synced import SITE, RealLedger

pytestmark = pytest.mark.system

STATION = "Bench 4"


class Hall:
    """A ledger, and benches in folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = RealLedger(folder / "ledger")

    def code(self, station: str = STATION) -> str:
        return self.ledger.service.identity.add_station(SITE, station).code

    def bench(self, name: str = STATION) -> Folder:
        """Enrolled, three mugs received and confirmed."""
        made = Folder(self.folder / name, self.ledger.url)
        made.enrol(self.code(name))
        made.record(3)
        assert made.sync() is None
        return made

    def states(self) -> list[str]:
        return [seen.state for seen in self.ledger.service.overview.stations()]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    yield made
    made.ledger.go_down()


def goods(hall: Hall, ids: list[str]) -> list[str]:
    """What the ledger posted of these, in feed order."""
    return [id_ for id_ in hall.ledger.posted() if id_ in set(ids)]


def test_a_book_keeps_everything_under_its_new_enrolment(hall: Hall) -> None:
    bench = hall.bench()
    bench.record(2)
    ids, old = bench.ids(), _end(bench)

    with pytest.raises(Refusal, match="--again") as met:
        bench.enrol(hall.code())
    bench.enrol(hall.code(), again=True)

    assert met.value.code == "enrolled_already"
    assert bench.ids() == ids
    assert bench.ids("unsent") == ids[3:]
    first = bench.rows(
        sa.text("SELECT enrolment, seq FROM operation WHERE transport = 'unsent' ORDER BY n")
    )
    assert [seq for _, seq in first] == [1, 2, 3]  # two mugs and the event of the enrolment
    assert {enrolment for enrolment, _ in first} == {_end(bench)[0]} != {old[0]}
    assert bench.sync() is None
    assert goods(hall, ids) == ids
    assert bench.events() == ["station_enrolled", "station_enrolled_again"]
    assert hall.states() == ["replaced", "active"]
    assert bench.broken_link() == ""


def test_where_an_operation_stood_before_is_kept(hall: Hall) -> None:
    bench = hall.bench()
    bench.record(2)
    before = bench.rows(
        sa.text("SELECT n, enrolment, seq, digest FROM operation WHERE transport = 'unsent'")
    )

    bench.enrol(hall.code(), again=True)

    assert bench.rows(sa.text("SELECT n, enrolment, seq, digest FROM former_link")) == before
    with pytest.raises(Fault) as met:
        bench.rows(sa.text("UPDATE former_link SET seq = 9"))
    assert "never edited" in met.value.detail


def test_an_enrolment_brings_a_key_and_numbers_of_its_own(hall: Hall) -> None:
    bench = hall.bench()
    before = _keys_and_numbers(bench)

    bench.enrol(hall.code(), again=True)

    key, numbers, pepper = _keys_and_numbers(bench)
    assert key != before[0]
    assert numbers != before[1]
    assert pepper == before[2]
    assert len(pepper) == 32


def test_a_revoked_bench_sends_what_it_kept_once_it_is_enrolled_anew(hall: Hall) -> None:
    bench = hall.bench()
    hall.ledger.service.identity.revoke(SITE, STATION)
    kept = bench.record(2)
    stopped = bench.sync()
    assert stopped is not None
    assert stopped.code == "revoked"

    bench.enrol(hall.code(), again=True)

    # What came in while it was revoked stays held, under its own id, for a person to release.
    assert bench.sync() is None
    outcomes = bench.rows(
        sa.text(f"SELECT outcome FROM operation WHERE id IN ('{kept[0]}', '{kept[1]}')")
    )
    assert outcomes == [("held",), ("held",)]
    later = bench.record(1)
    assert bench.sync() is None
    assert bench.ids("confirmed")[-1:] == later


def test_a_code_of_another_site_changes_nothing(hall: Hall) -> None:
    bench = hall.bench()
    hall.ledger.service.add_site("MUC", company_prefix="4012345")
    before = (bench.ids(), _end(bench))

    with pytest.raises(Refusal, match="of site MUC") as met:
        bench.enrol(hall.ledger.service.identity.add_station("MUC", STATION).code, again=True)

    assert met.value.code == "other_site"
    assert (bench.ids(), _end(bench)) == before
    assert bench.sync() is None


def test_a_ledger_that_forgot_the_bench_gets_everything_again(hall: Hall) -> None:
    hall.ledger.go_down()
    empty = hall.ledger.backup("before the bench")
    hall.ledger.come_back()
    bench = hall.bench()
    ids = bench.ids()
    hall.ledger.go_down()
    hall.ledger.restore(empty, announced=True)
    stopped = bench.sync()
    assert stopped is not None
    assert stopped.code == "not_enrolled"

    bench.enrol(hall.code(), again=True)

    assert bench.ids("unsent") == ids
    assert bench.sync() is None
    assert goods(hall, ids) == ids
    assert bench.ids("confirmed") == ids


def test_after_a_restore_operations_of_an_earlier_enrolment_are_sent_too(hall: Hall) -> None:
    bench = hall.bench()
    bench.enrol(hall.code(), again=True)
    bench.record(2)
    assert bench.sync() is None
    hall.ledger.go_down()
    copy = hall.ledger.backup("yesterday")
    hall.ledger.restore(copy, announced=True)

    assert bench.sync() is None

    assert bench.ids("confirmed") == bench.ids()
    assert goods(hall, bench.ids()) == bench.ids()
    assert bench.broken_link() == ""


# ------------------------------------------------------------------ copies


def test_a_copied_bench_and_its_original_both_enrol_anew_and_lose_nothing(hall: Hall) -> None:
    original = hall.bench()
    shared = original.record(2)
    shutil.copytree(original.path, hall.folder / "copy")
    copy = Folder(hall.folder / "copy", hall.ledger.url)
    mine, theirs = original.record(2), copy.record(3)

    first, second = original.sync(), copy.sync()

    assert first is None
    assert second is not None
    assert second.code == "fork"
    assert copy.ids("unsent") == theirs  # it still follows: what both had is confirmed
    copy.enrol(hall.code("Bench 5"), again=True)
    assert copy.sync() is None
    original.enrol(hall.code(), again=True)
    original.record(1)
    assert original.sync() is None
    everything = original.ids() + theirs
    assert sorted(goods(hall, everything)) == sorted(everything)
    assert set(shared + mine) <= set(original.ids("confirmed"))
    assert set(copy.ids()) == set(copy.ids("confirmed"))
    assert hall.states() == ["replaced", "active", "active"]


def test_a_bench_put_back_to_an_older_copy_enrols_anew_and_goes_on(hall: Hall) -> None:
    bench = hall.bench()
    shutil.copytree(bench.path, hall.folder / "older")
    lost = bench.record(2)
    assert bench.sync() is None
    shutil.rmtree(bench.path)
    shutil.copytree(hall.folder / "older", bench.path)
    bench.record(1)
    stopped = bench.sync()
    assert stopped is not None
    assert stopped.code == "fork"

    bench.enrol(hall.code(), again=True)

    assert bench.sync() is None
    assert bench.ids("confirmed") == bench.ids()
    assert goods(hall, lost) == lost  # the ledger has what the old copy has not


# ------------------------------------------------------------------ kills


def _killed_at(point: int, task: Callable[[], object]) -> bool:
    """Run a task in a child that dies at its n-th file operation, statement, commit or message."""
    child = os.fork()
    if child == 0:
        left = [point]

        def tick(*_: object, **__: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        watched = {"os.rename", "os.remove", "socket.connect", "open"}
        here = str(Path(__file__).parent.parent.parent)

        def seen(event: str, arguments: tuple[object, ...]) -> None:
            if (
                event in watched
                and here not in str(arguments[:1])
                and "/lib/" not in str(arguments[:1])
            ):
                tick()

        sys.addaudithook(seen)
        for moment in ("before_cursor_execute", "commit"):
            sa.event.listen(sa.Engine, moment, tick)
        code = 1
        try:
            task()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def test_killed_anywhere_while_enrolling_anew_one_identity_stands_whole(hall: Hall) -> None:
    bench = hall.bench()
    bench.record(4)
    ids = bench.ids()
    shutil.copytree(bench.path, hall.folder / "as it was")
    old, point, survived = _end(bench)[0], 0, False
    stood = {"old": 0, "new": 0}

    while not survived:
        point += 1
        shutil.rmtree(bench.path)
        shutil.copytree(hall.folder / "as it was", bench.path)
        code = hall.code()
        survived = not _killed_at(point, lambda: bench.enrol(code, again=True))  # noqa: B023
        is_new = _end(bench)[0] != old
        stood["new" if is_new else "old"] += 1
        assert bench.ids() == ids
        assert bench.broken_link() == ""
        assert _signs_as_enrolled(bench) or not is_new
        if not is_new:
            # The same code is good for the same key, whether or not the ledger had answered.
            bench.enrol(code, again=True)
        assert bench.ids() == ids

    assert bench.sync() is None
    assert sorted(goods(hall, ids)) == sorted(ids)
    assert bench.ids("confirmed") == ids
    assert point > 20
    assert min(stood.values()) > 0


@pytest.mark.parametrize(
    "apart", [8, pytest.param(1, marks=pytest.mark.long)], ids=["every eighth point", "every point"]
)
def test_killed_anywhere_while_enrolling_the_first_time_the_same_code_goes_on(
    hall: Hall, apart: int
) -> None:
    point, survived = 0, False

    while not survived:
        point += apart  # the last ones are those of the test above
        bench = Folder(hall.folder / f"{STATION}, killed at {point}", hall.ledger.url)
        code = hall.code(f"{STATION}-{point}")
        survived = not _killed_at(point, lambda: bench.enrol(code))  # noqa: B023 - called at once
        if not _end(bench)[0]:
            bench.enrol(code)
        bench.record(1)
        assert bench.sync() is None
        assert bench.ids("confirmed") == bench.ids()
        assert _signs_as_enrolled(bench)

    assert point > 20
    assert set(hall.states()) == {"active"}


def _end(bench: Folder) -> tuple[str, str]:
    with bench.opened() as opened:
        return last_link(opened.store)


def _keys_and_numbers(bench: Folder) -> tuple[str, str | None, bytes]:
    with bench.opened() as opened:
        with opened.store.begin() as work:
            numbers = work.note("numbers")
        return opened.signer.public_key, numbers, opened.vault.secret("pepper") or b""


def _signs_as_enrolled(bench: Folder) -> bool:
    """Whether the key a start signs with is the one of the identity in the book."""
    with bench.opened() as opened:
        present = DeviceSigner(opened.vault.device_seed()).public_key
        return opened.store.identity().device_key == opened.signer.public_key == present
