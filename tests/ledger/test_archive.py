"""T6, T11: replaced archives are found; nothing leaves the database but what is in one."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest
import sqlalchemy as sa

from app.conformance.probe import Probe, moved
from app.errors import Refusal, Trouble
from app.ledger import sealedfile
from app.ledger.archiving import Archive
from app.ledger.database import Database
from app.ledger.holds import Hold, Holds
from app.ledger.journal import Act, Actor, event_of
from app.ledger.retention import ARCHIVED, HOT, Retention, _unsealed
from app.ledger.service import LedgerService
from app.ledger.tables import archive_day, journal, operation
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, Enrol, enrolled

NOVAK = Actor("p-novak", "operator", "local", "host:desk")
ACT = Act(NOVAK, "audit retain", "records", "t-1")
KILLS = 50
DAY_MS = 24 * 3_600 * 1_000


def archive_of(service: LedgerService, folder: Path) -> Archive:
    return Archive(
        service.database, service.clock, service.ids, service.key, service.journal, folder
    )


def retention_of(
    service: LedgerService, folder: Path, point: Callable[[], None] = lambda: None
) -> Retention:
    archive = archive_of(service, folder)
    return Retention(service.database, archive, service.clock, service.journal, point)


def bodies(service: LedgerService) -> dict[str, bytes]:
    with service.database.read() as connection:
        rows = connection.execute(sa.select(operation.c.id, operation.c.body))
        return {row.id: row.body for row in rows}


def worked(station: Probe, times: int = 5) -> None:
    for _ in range(times):
        station.do(station.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def closed(either: LedgerService, clock: FakeClock, folder: Path) -> LedgerService:
    """Two days of work, each closed on the night after it."""
    station = enrolled(either, "PACK-01")
    for _ in range(2):
        worked(station)
        clock.pass_ms(DAY_MS)
        archive_of(either, folder).close_day()
    return either


def test_a_day_is_closed_once_sealed_signed_and_told(closed: LedgerService, folder: Path) -> None:
    archive = archive_of(closed, folder)

    assert archive.close_day() == 0  # yesterday is closed already
    days = [one for one in archive.closed() if one.site_n]
    assert [archive.flaw(one, whole=True) for one in archive.closed()] == [""] * 4
    assert days[1].first == days[0].last + 1
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o400
        assert MUG.sku.encode() not in path.read_bytes()
    with closed.database.read() as connection:
        told = [event_of(row) for row in connection.execute(sa.select(journal))]
    assert [event.action for event in told] == ["archive close"] * 4
    assert all(one.sha256 in event.after for one, event in zip(days, told[::2], strict=True))


def test_a_closed_day_holds_every_record_as_it_was_recorded(
    closed: LedgerService, folder: Path
) -> None:
    archive = archive_of(closed, folder)
    lines = [
        msgspec.json.decode(line)
        for one in archive.closed()
        if one.site_n
        for line in archive.lines(one)
    ]
    kept = {row["event"]["id"]: row["event"]["body"].encode() for row in lines if "event" in row}

    assert kept == bodies(closed)


def test_a_file_that_was_replaced_changed_or_taken_away_is_found(
    closed: LedgerService, folder: Path
) -> None:
    archive = archive_of(closed, folder)
    one, other = (one for one in archive.closed() if one.site_n)
    path = folder / one.file
    genuine = path.read_bytes()
    path.chmod(0o600)

    found = []
    for content in (genuine[:-1], genuine + b"\0", (folder / other.file).read_bytes()):
        path.write_bytes(content)
        found.append(archive.flaw(one))
    for place in range(0, len(genuine), max(1, len(genuine) // 50)):
        path.write_bytes(genuine[:place] + bytes([genuine[place] ^ 1]) + genuine[place + 1 :])
        found.append(archive.flaw(one))
        with pytest.raises(Trouble):
            list(archive.lines(one))
    path.unlink()

    assert set(found) == {"was replaced or changed"}
    assert archive.flaw(one) == "is missing"


def test_pieces_cannot_be_left_out_swapped_or_read_with_another_key(tmp_path: Path) -> None:
    key, chance = bytes(32), Random(1)
    lines = [chance.randbytes(3_000).hex().encode() for _ in range(1_000)]
    path = tmp_path / "a"
    sealedfile.write(path, key, lines)

    assert list(sealedfile.read(path, key)) == lines
    with pytest.raises(Trouble):
        list(sealedfile.read(path, b"\1" * 32))
    raw = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(Trouble):
        list(sealedfile.read(path, key))


# ------------------------------------------------------------------ retention


def test_after_a_year_bodies_go_and_everything_else_stays(
    closed: LedgerService, clock: FakeClock, folder: Path
) -> None:
    before = bodies(closed)
    clock.pass_ms(HOT // timedelta(milliseconds=1))

    done = retention_of(closed, folder).run(ACT)

    now = bodies(closed)
    gone = [id_ for id_, body in now.items() if not body]
    assert done.records == len(gone) == 9  # the last of the station's chain keeps its own
    assert set(now) == set(before)
    assert closed.reconciliation.compare(closed.site("HAM")).differences == ()
    assert retention_of(closed, folder).run(ACT).records == 0
    with closed.database.read() as connection:
        told = [event_of(row) for row in connection.execute(sa.select(journal))]
    assert [event.actor for event in told if event.action == "retention empty"] == ["p-novak"] * 2


def test_an_id_stays_known_when_its_record_is_in_the_archive_only(
    closed: LedgerService, clock: FakeClock, folder: Path, enrol: Enrol
) -> None:
    clock.pass_ms(HOT // timedelta(milliseconds=1))
    retention_of(closed, folder).run(ACT)
    station = enrolled(closed, "PACK-07")
    emptied = next(id_ for id_, body in bodies(closed).items() if not body)

    station.record_bytes(emptied, b'{"other":"content"}')

    assert station.post()[0].outcome == "conflict"


def test_nothing_goes_that_is_young_held_or_not_in_a_verified_archive(
    closed: LedgerService, clock: FakeClock, folder: Path
) -> None:
    before = bodies(closed)
    retention = retention_of(closed, folder)
    assert retention.run(ACT).records == 0  # young
    clock.pass_ms(HOT // timedelta(milliseconds=1))
    day = [one for one in archive_of(closed, folder).closed() if one.site_n]
    holds = Holds(closed.database, clock)
    hold = Hold("case-7", 0, day[0].day, day[0].day, "court order")
    holds.hold(hold, "p-novak")
    with pytest.raises(Refusal):
        holds.hold(hold, "p-novak")
    path = folder / day[1].file
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])

    done = retention.run(ACT)

    assert done.records == 0
    assert done.kept == [
        f"{day[0].day}: held by case-7",
        f"{day[1].day}: its archive was replaced or changed",
    ]
    assert bodies(closed) == before
    holds.release("case-7", "p-novak")
    with pytest.raises(Refusal):
        holds.release("case-7", "p-novak")
    assert retention.run(ACT).records == 5


def test_the_database_itself_empties_nothing_that_is_not_archived(
    closed: LedgerService, clock: FakeClock, folder: Path, enrol: Enrol
) -> None:
    worked(enrolled(closed, "PACK-09"), 1)
    with closed.database.write() as connection:
        connection.execute(sa.update(archive_day).values(state="closed"))
    engine = _unsealed(closed.database)
    for change in ("body = x''", "body = x'00'", "digest = 'f'"):
        text = change.replace("x''", "''").replace("x'00'", "'\\x00'")
        wanted = change if closed.database.is_sqlite else text
        with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="never edited"):
            connection.exec_driver_sql(f"UPDATE operation SET {wanted}")
    engine.dispose()


def test_archives_go_after_seven_years_and_their_hashes_stay(
    closed: LedgerService, clock: FakeClock, folder: Path
) -> None:
    clock.pass_ms((ARCHIVED + timedelta(days=2)) // timedelta(milliseconds=1))

    done = retention_of(closed, folder).run(ACT)

    assert done.files == 2
    assert {one.state for one in archive_of(closed, folder).closed() if one.site_n} == {"expired"}
    assert len(list(folder.iterdir())) == 2  # the journal's


def test_killed_fifty_times_nothing_is_lost_that_is_not_in_a_verified_archive(
    ledger: LedgerService, clock: FakeClock, enrol: Enrol, folder: Path, tmp_path: Path
) -> None:
    station, chance = enrol("PACK-01"), Random(50)
    recorded = {}
    for _ in range(10):
        worked(station, 3)
        recorded.update(bodies(ledger))
        clock.pass_ms(DAY_MS)
        archive_of(ledger, folder).close_day()
    clock.pass_ms(HOT // timedelta(milliseconds=1))
    ledger.close()

    for _ in range(KILLS):
        _killed(tmp_path / "ledger", clock, folder, chance.randrange(12))

    service = LedgerService(Database.in_folder(tmp_path / "ledger"), clock=clock)
    archive = archive_of(service, folder)
    archived = {}
    for one in archive.closed():
        if one.site_n and not archive.flaw(one, whole=True):
            rows = [msgspec.json.decode(line) for line in archive.lines(one)]
            archived.update(
                {
                    row["event"]["id"]: row["event"]["body"].encode()
                    for row in rows
                    if "event" in row
                }
            )
    now = bodies(service)
    lost = [id_ for id_, body in recorded.items() if body not in {now[id_], archived.get(id_)}]
    assert lost == []
    assert any(not body for body in now.values())
    assert service.reconciliation.compare(service.site("HAM")).differences == ()
    service.close()


def _killed(ledger: Path, clock: FakeClock, folder: Path, after: int) -> None:
    """Retention in a process of its own, which is killed at its `after`th point."""
    child = os.fork()
    if child == 0:
        left = [after]

        def point() -> None:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        service = LedgerService(Database.in_folder(ledger), clock=clock)
        retention_of(service, folder, point).run(ACT)
        os._exit(0)
    os.waitpid(child, 0)
