"""A served ledger under the load of many stations, while PostgreSQL dies under it again and again.

What `python -m bench many_stations` does with two thousand of them for half an hour, here with few.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.ledger_floor import Place
from bench.many_stations import EVENTS, Size, Work
from bench.mix import open_mix
from tools.local_postgres import LocalPostgres

pytestmark = [pytest.mark.system, pytest.mark.postgres, pytest.mark.slow]

SHORT = Size(
    stations=12,
    posting=4,
    sites=2,
    seconds=4.0,
    every_s=0.1,
    crashes=2,
    wild_s=0.0,
    opening_s=0.5,
    down_s=0.2,
)
LONG = Size(stations=200, posting=20, sites=10, seconds=90.0, every_s=0.5, crashes=9, opening_s=5.0)


@pytest.fixture
def server() -> Iterator[LocalPostgres]:
    """One of its own: it is killed."""
    with LocalPostgres() as made:
        yield made


def _worked(server: LocalPostgres, folder: Path, size: Size) -> Work:
    place = Place("postgresql", server.create_database(), folder)
    work = Work(place, size, server, open_mix(EVENTS))
    # Raises when an operation was lost or doubled, when a station met anything but "not now", asked
    # sooner than it was told, or missed news, and when the ledger did not come back by itself.
    work.run()
    return work


@pytest.mark.parametrize(
    "size", [SHORT, pytest.param(LONG, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_a_database_that_dies_under_load_costs_nothing_but_time(
    server: LocalPostgres, tmp_path: Path, size: Size
) -> None:
    work = _worked(server, tmp_path, size)

    assert len(work.seen.down) == size.crashes
    assert work.turned.told.get(503, 0) >= size.crashes
    assert work.turned.least >= 1
    assert len(work.notes.sent) >= size.posting * size.crashes
    # Answers came after a crash; the last may come as the last facts are answered.
    assert max(work.notes.acknowledged) > min(back for _, back in work.seen.down)
    rows = {row.name: row for row in work.rows()}
    assert rows["floor_crash_lost_or_doubled"].n == len(work.notes.sent)
    assert rows["floor_crash_back_p50_s"].value >= 0
