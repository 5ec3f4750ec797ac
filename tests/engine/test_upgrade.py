"""A ledger with years in it meets a newer program: every row is kept, all of it or nothing happens.

The same on SQLite and PostgreSQL, from the first schema and from an empty database, to whatever the
newest schema is.
"""

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec import Raw

from app.conformance.floor import stock
from app.conformance.probe import Device, Probe, moved
from app.contract.messages import Enrolled, NumberBlock, Sent
from app.domain.operation import StockKey
from app.ledger import backup, engines, migrate
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.engine import frozen
from tests.engine.test_append_only import ROW_EDITS
from tests.ledger.conftest import MUG, SITE
from tests.migrations.chain import schema_of

ROOT = Path(__file__).parents[2]
# Statements of the way up at which it is broken off; more would take longer, and prove the same.
BREAKS = 7
# Edits of rows that version had; a trigger of a table that was empty then says nothing.
WRITTEN_THEN = 14
TABLE = re.compile(r"(?:UPDATE|DELETE FROM) (\w+)")
# Nothing before it: it makes the first tables.
EMPTY = ""


class BrokenOffError(Exception):
    """The process stopped here."""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("empty_database"))
    return f"sqlite:///{tmp_path / 'ledger.sqlite'}"


@contextmanager
def _engine(url: str) -> Iterator[sa.Engine]:
    """As the program opens it, before any migration."""
    if url.startswith("sqlite:"):
        engine = engines.sqlite_engine(url, read_only=False)
    else:
        engine = engines.postgresql_engine(url)
    yield engine
    engine.dispose()


def _at(url: str, start: str) -> None:
    with _engine(url) as engine:
        if start:
            frozen.fill(engine)


def _all(engine: sa.Engine) -> dict[str, object]:
    """Schema and every row."""
    found = sa.MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        told = {
            name: sorted(map(repr, connection.execute(sa.select(table))))
            for name, table in found.tables.items()
        }
    return {**told, "schema": schema_of(engine) if told else {}}


def _station(service: LedgerService, n: int, station: str) -> Probe:
    """A station of that day, with its chain as it was sent."""
    columns, values = frozen.rows()["enrolment"]
    row = next(
        told for told in (dict(zip(columns, row, strict=True)) for row in values) if told["n"] == n
    )
    who = Enrolled(
        enrolment=row["id"],
        station=station,
        site=SITE,
        epoch=service.hello().epoch,
        ledger_key="",
        sscc=NumberBlock(first=row["sscc_first"], count=row["sscc_count"]),
    )
    probe = Probe(Device(station), who, service.as_seen_by(row["id"]))
    probe.sent = [Sent(seq=s, id=i, digest=d, body=Raw(b)) for s, i, d, b in frozen.sent_by(n)]
    return probe


def test_every_row_is_kept(url: str) -> None:
    _at(url, frozen.FIRST)

    Database(url).close()

    with _engine(url) as engine:
        found = sa.MetaData()
        found.reflect(engine)
        with engine.connect() as connection:
            for table, (columns, values) in frozen.rows().items():
                now = found.tables[table]
                kept = [name for name in columns if name in now.columns]
                places = [columns.index(name) for name in kept]
                rows = connection.execute(sa.select(*(now.columns[name] for name in kept)))
                assert sorted(map(repr, map(tuple, rows))) == sorted(
                    repr(tuple(row[place] for place in places)) for row in values
                ), table
                assert set(columns) - set(kept) == set(), f"{table} lost columns"


def test_its_stations_go_on_where_they_were(url: str) -> None:
    _at(url, frozen.FIRST)
    service = LedgerService(Database(url))
    one = _station(service, 2, "PACK-01")
    _, values = frozen.rows()["feed"]

    again = one.post()
    one.pull()
    before = stock(one)
    fresh = one.do(one.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")))

    assert {result.known for result in again} == {True}
    assert one.cursor == len(values)  # it had not changed by a row
    assert fresh.outcome == "posted"
    one.pull()
    assert stock(one)[StockKey("B-11-1", MUG.sku)] == before.get(StockKey("B-11-1", MUG.sku), 0) + 1
    with service.database.read() as connection:
        wrong = {
            what: connection.exec_driver_sql(question).all()
            for what, question in backup.INVARIANTS.items()
        }
    assert not any(wrong.values()), wrong
    service.close()


def test_what_was_recorded_is_still_kept_by_triggers(url: str) -> None:
    _at(url, frozen.FIRST)
    Database(url).close()

    with _engine(url) as engine:
        filled = {table for table, (_, values) in frozen.rows().items() if values}
        edits = [edit for edit in ROW_EDITS if TABLE.findall(edit)[0] in filled]
        assert len(edits) >= WRITTEN_THEN
        for edit in edits:
            with pytest.raises(sa.exc.DBAPIError, match="never"), engine.begin() as connection:
                connection.exec_driver_sql(edit)


@pytest.mark.parametrize("start", [EMPTY, frozen.FIRST], ids=["empty", "filled"])
def test_broken_off_at_any_statement_it_is_as_before(url: str, start: str) -> None:
    _at(url, start)
    with _engine(url) as engine:
        before = _all(engine)
        total = _statements(engine)
        for at in range(0, total, max(1, total // BREAKS)):
            with _broken_at(engine, at), pytest.raises(BrokenOffError):
                migrate.to_head(engine)
            assert _all(engine) == before, f"half-way after {at} of {total} statements"
        migrate.to_head(engine)
        after = _all(engine)

    assert after["alembic_version"] == [repr((migrate.HEAD,))]
    if start != migrate.HEAD:
        assert after != before
        assert total > 0


@pytest.mark.parametrize("share", [60])
def test_killed_half_way_it_is_as_before_and_goes_through_the_next_time(
    url: str, share: int
) -> None:
    _at(url, frozen.FIRST)
    with _engine(url) as engine:
        before = _all(engine)
        at = _statements(engine) * share // 100

    killed = subprocess.run(
        [sys.executable, "-c", _KILLED_AT, url, str(at)], cwd=ROOT, check=False, timeout=60
    )

    assert killed.returncode == -signal.SIGKILL
    with _engine(url) as engine:
        assert _all(engine) == before
        migrate.to_head(engine)
        assert _all(engine)["alembic_version"] == [repr((migrate.HEAD,))]


_KILLED_AT = """
import os, signal, sys
from app.ledger import migrate
from tests.engine.test_upgrade import _broken_at, _engine
url, at = sys.argv[1:]
with _engine(url) as engine:
    with _broken_at(engine, int(at), lambda: os.kill(os.getpid(), signal.SIGKILL)):
        migrate.to_head(engine)
"""


def _break_off() -> None:
    raise BrokenOffError


@contextmanager
def _broken_at(
    engine: sa.Engine, at: int, do: Callable[[], object] = _break_off
) -> Iterator[list[str]]:
    """Before the statement number `at` from now on, `do`."""
    seen: list[str] = []

    def count(*given: object) -> None:
        seen.append(str(given[2]))
        if len(seen) - 1 == at:
            do()

    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)


def _statements(engine: sa.Engine) -> int:
    """How many the way up takes; tried to the commit, and taken back."""

    def refuse(_connection: object) -> None:
        raise BrokenOffError

    with _broken_at(engine, -1) as seen, pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine.dialect, "do_commit", refuse)
        with pytest.raises(BrokenOffError):
            migrate.to_head(engine)
    return len(seen)
