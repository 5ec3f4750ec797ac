"""The process of a station that works a week without its ledger, and tells how it went.

    python -m bench.week_station FOLDER OPERATIONS DAYS BEGINS      answers in JSON

The first round of a day is scanned, most of its work repeated (`bench.week_copies`); on the first
and the last day more is scanned, and each answer is timed.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.cache.store import CacheStore
from app.opened import OpenBook
from app.settings import load
from bench.processes import rss_mb
from bench.rows import percentile
from bench.week_bench import WeekBench, WeekClock
from bench.week_copies import pattern_of, repeat

# Rounds that are scanned on a day that is timed: four hundred scans.
TIMED = 6
# A day's work is over long before the next morning.
NIGHT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Day:
    """What a day was like.

    Attributes:
        turns: Milliseconds of scans of goods and places: p50, p95, most, how many.
        lists: The same of opening the pages that list something.
        cpu: Processor time of those scans.
        rss_mb: Memory of this process at its end.
        book_mb: Size of the book at its end.
        waiting: Operations that wait for the ledger then.
    """

    turns: tuple[float, float, float, int]
    lists: tuple[float, float, float, int]
    cpu: tuple[float, float, float, int]
    rss_mb: float
    book_mb: float
    waiting: int


class Week:
    """A station's week.

    Args:
        opened: Its files.
        begins: The first morning.
    """

    def __init__(self, opened: OpenBook, begins: datetime) -> None:
        self._opened, self._store = opened, opened.store
        self._clock, self._morning = WeekClock(begins), begins
        self._round = 0

    def day(self, until: int, *, timed: bool, last: bool) -> Day:
        """Work until so many operations wait."""
        if last:
            self._copy(until)
        clerk = WeekBench(self._store, self._clock)
        clerk.sign_in()
        self._scan(clerk, TIMED if timed else 1)
        if timed:
            clerk.look_round()
        clerk.card("CMD:SIGN-OUT")
        if not last:
            self._copy(until)
        book = self._opened.settings.book
        size = sum(file.stat().st_size for file in book.parent.glob(f"{book.name}*"))
        self._morning += NIGHT
        self._clock.advance(max(timedelta(0), self._morning - self._clock.now()))
        return Day(
            _spread(clerk.turns),
            _spread(clerk.lists),
            _spread(clerk.cpu),
            rss_mb(os.getpid()),
            size / 1e6,
            recorded(self._store),
        )

    def _scan(self, clerk: WeekBench, rounds: int) -> None:
        for _ in range(rounds):
            before = _last(self._store)
            clerk.round(self._round)
            self._pattern = pattern_of(self._store, before, self._round)
            self._round += 1

    def _copy(self, until: int) -> None:
        each = len(self._pattern.bodies)
        most = max(0, until - recorded(self._store)) // each
        repeat(self._store, self._clock, self._pattern, self._round, most)
        self._round += most


def recorded(store: CacheStore) -> int:
    """How many operations are in the book."""
    return _ask(store, "SELECT count(*) FROM operation")


def _last(store: CacheStore) -> int:
    return _ask(store, "SELECT coalesce(max(n), 0) FROM operation")


def _ask(store: CacheStore, query: str) -> int:
    with store.begin() as work:
        return int(work.connection.exec_driver_sql(query).scalar_one())


def _spread(values: list[float]) -> tuple[float, float, float, int]:
    if not values:
        return 0.0, 0.0, 0.0, 0
    return percentile(values, 50), percentile(values, 95), max(values), len(values)


def main(folder: str, operations: str, days: str, begins: str) -> int:
    """Work, and tell."""
    opened = OpenBook(load(Path(folder), {}))
    week = Week(opened, datetime.fromisoformat(begins))
    wanted, number = int(operations), int(days)
    told = [
        asdict(week.day(wanted * day // number, timed=day in {1, number}, last=day == number))
        for day in range(1, number + 1)
    ]
    opened.close()
    print(json.dumps(told), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
