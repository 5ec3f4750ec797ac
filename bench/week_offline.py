"""A week without the ledger: one station that did everything, then twenty that come back at once.

    python -m bench week_offline            BENCH_WEEK=50000  BENCH_BACK=20  BENCH_BACK_EACH=2500

First: seven simulated days and 50,000 operations of every task, at a station whose ledger is gone;
how long a scan and a page take on the first day and on the seventh, what is held in memory and on
the disk; then the link is up. Second: twenty stations with 2,500 operations each, all at the same
moment. Stations are the program's own `Workstation` with all its threads, the ledger is `packhouse
ledger serve` on SQLite. Afterwards books and ledger are compared, operation by operation.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from app.bootstrap import Workstation
from app.clock import SystemClock
from app.contract.messages import OutcomeRow, feed_body
from app.identity.userkey import CHEAP
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.tables import enrolment, feed, operation
from app.station.events import Event, FooterChanged
from bench.processes import ROOT, LedgerProcess, Neighbours
from bench.rows import Beside, Row
from bench.shift import BenchStation
from bench.shop import open_shop
from bench.sync import wait_for
from bench.week_bench import WeekClock
from bench.week_hall import ITEMS, furnish

DAYS = 7
# Operations of one round at the least, for the papers a week needs.
OF_A_ROUND = 50
BACK_SITE = "S0"
# Twenty stations in one process, each with a book that hears of everything the others posted.
LOOK_S, PATIENCE_S = 0.05, 420.0
# Operations of one order, at the least, at a station that only packs.
OF_AN_ORDER = 8


def measure() -> Iterator[Row]:
    """As much as the environment asks for."""
    asked = os.environ.get
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        yield from week(Path(folder), int(asked("BENCH_WEEK", "50000")))
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        stations, each = int(asked("BENCH_BACK", "20")), int(asked("BENCH_BACK_EACH", "2500"))
        yield from all_at_once(Path(folder), stations, each)


# ---------------------------------------------------------------------------------- one station


def week(folder: Path, operations: int, items: int = ITEMS) -> Iterator[Row]:
    """Seven days, and the link-up."""
    begins = SystemClock().now() - timedelta(days=DAYS)
    station = furnish(folder, WeekClock(begins), operations // OF_A_ROUND + DAYS * 3, items)
    neighbours, before = Neighbours(), _children_s()
    days = _worked(station.folder, operations, begins.isoformat())
    first, last = days[0], days[-1]
    beside: Beside = {
        "days": DAYS,
        "waiting": last["waiting"],
        "others_cpu_percent": neighbours.percent(_children_s() - before),
    }
    for what in ("turns", "cpu", "lists"):
        for number, day in ((1, first), (DAYS, last)):
            for place, name in enumerate(("p50", "p95", "most")):
                row_name = f"week_{what}_day{number}_{name}_ms"
                yield Row(row_name, day[what][place], "ms", day[what][3], beside)
    for what, name in (("rss_mb", "week_rss"), ("book_mb", "week_book")):
        yield Row(
            f"{name}_mb", last[what], "MB", 1, {"day1": round(first[what], 1), **beside}
        )  # fmt: skip
    yield from _linked_up(folder, [station], "week_drain")


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _worked(folder: Path, operations: int, begins: str) -> list[dict[str, Any]]:
    flags = (str(folder), str(operations), str(DAYS), begins)
    done = subprocess.run(
        [sys.executable, "-m", "bench.week_station", *flags],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return list(json.loads(done.stdout))


# ------------------------------------------------------------------------------- many stations


def all_at_once(folder: Path, stations: int, each: int) -> Iterator[Row]:
    """Stations of one site that packed without a ledger, and find it again at the same moment."""
    shop = open_shop(stations * each // OF_AN_ORDER)
    service = LedgerService(Database.in_folder(folder / "ledger"), cost=CHEAP)
    service.add_site(BACK_SITE, company_prefix="4012345")
    shop.fill(service, BACK_SITE)
    made = []
    for number in range(stations):
        name = f"pack-{number + 1}"
        one = BenchStation(folder / name, service, BACK_SITE, name)
        one.start_of_feed()
        one.record(list(shop.orders[number::stations]), shop.stock, each)
        one.close()
        made.append(one)
    service.close()
    yield from _linked_up(folder, made, "back_at_once")


def _linked_up(folder: Path, stations: Sequence[BenchStation], name: str) -> Iterator[Row]:
    """All at the same moment; until everything is posted, and until every station knows."""
    database = Database.in_folder(folder / "ledger")
    wanted = {one.identity.enrolment: _in_book(one) for one in stations}
    with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger, ExitStack() as stack:
        floor = [one.hand_over(ledger=ledger.url) for one in stations]
        footers = [_Footer(one) for one in floor]
        neighbours, used = Neighbours(), time.process_time() + ledger.cpu_s
        begun = time.monotonic()
        for one in floor:
            stack.enter_context(one)
        drained = _until_posted(database, {who: len(ids) for who, ids in wanted.items()}, begun)
        wait_for(lambda: all(footer.waiting == 0 for footer in footers), LOOK_S, PATIENCE_S)
        confirmed = time.monotonic() - begun
        spent = time.process_time() + ledger.cpu_s - used
    outcomes = _proven(database, wanted)
    database.close()
    total = sum(map(len, wanted.values()))
    took = sorted(drained.values())
    answers = _answers(folder / "ledger" / "log")
    beside: Beside = {
        "engine": "sqlite",
        "stations": len(stations),
        "per_s": round(total / took[-1]),
        "outcomes": ", ".join(f"{said} {n}" for said, n in outcomes.most_common()),
        "cpu_s": round(spent, 1),
        "others_cpu_percent": neighbours.percent(spent),
    }
    yield Row(f"{name}_posted_s", took[-1], "s", total, beside)
    yield Row(f"{name}_confirmed_s", confirmed, "s", total, {"lost": 0, "doubled": 0})
    if len(stations) > 1:
        yield Row(f"{name}_first_drained_s", took[0], "s", len(took), {"slowest": took[-1]})
        yield Row(f"{name}_fairness", took[0] / took[-1], "of 1", len(took))
    turned = sum(n for status, n in answers.items() if status in {429, 503})
    told: Beside = {f"http_{status}": n for status, n in sorted(answers.items())}
    yield Row(f"{name}_turned_away", turned, "answers", sum(answers.values()), told)


class _Footer:
    """What a station's footer says is waiting."""

    def __init__(self, workstation: Workstation) -> None:
        self.waiting = -1
        workstation.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        if isinstance(event, FooterChanged):
            self.waiting = event.footer.outbox


def _in_book(station: BenchStation) -> list[str]:
    station.reopen()
    with station.store.begin() as work:
        ids = work.connection.exec_driver_sql("SELECT id FROM operation ORDER BY n").scalars().all()
    station.close()
    return list(ids)


def _until_posted(database: Database, wanted: dict[str, int], begun: float) -> dict[str, float]:
    """Seconds until each enrolment's chain at the ledger was as long as in its book."""
    e, took = enrolment.c, {}

    def all_there() -> bool:
        with database.reader.connect() as connection:
            rows = connection.execute(sa.select(e.id, e.seq).where(e.id.in_(list(wanted)))).all()
        for row in rows:
            if row.seq >= wanted[row.id] and row.id not in took:
                took[row.id] = time.monotonic() - begun
        return len(took) == len(wanted)

    wait_for(all_there, LOOK_S, PATIENCE_S)
    return took


def _proven(database: Database, wanted: dict[str, list[str]]) -> Counter[str]:
    """What became of everything; raises when one is missing, doubled, or in nobody's book.

    Raises:
        RuntimeError: One is.
    """
    o, e = operation.c, enrolment.c
    with database.reader.connect() as connection:
        rows = connection.execute(
            sa.select(o.id, o.outcome, e.id.label("who"))
            .join(enrolment, e.n == o.enrolment_n)
            .where(e.id.in_(list(wanted)))
            .order_by(o.enrolment_n, o.seq)
        ).all()
        # Of the stations' own site: what leaves for another one is told there, too.
        site_n = sa.select(e.site_n).where(e.id == next(iter(wanted))).scalar_subquery()
        mine = sa.select(feed.c.body).where(feed.c.site_n == site_n)
        bodies = connection.execute(mine).scalars()
        told = Counter(
            row.id for row in map(feed_body.decode, bodies) if isinstance(row, OutcomeRow)
        )
    kept: dict[str, list[str]] = {who: [] for who in wanted}
    for row in rows:
        kept[row.who].append(row.id)
    if kept != wanted:
        short = {who: (len(kept[who]), len(ids)) for who, ids in wanted.items()}
        raise RuntimeError(f"in the ledger and in the books: {short}")
    if odd := [id_ for ids in wanted.values() for id_ in ids if told[id_] != 1]:
        raise RuntimeError(f"{len(odd)} operations are not told of once: {odd[:3]}")
    return Counter(row.outcome for row in rows)


def _answers(log: Path) -> Counter[int]:
    """How often each status was answered to a posting."""
    written = [line for file in log.glob("requests.log*") for line in file.read_text().splitlines()]
    lines = map(json.loads, written)
    return Counter(line["status"] for line in lines if line.get("route") == "POST /v1/post")
