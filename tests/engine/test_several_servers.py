"""Three servers on one PostgreSQL, as the app role: one book, whichever of them dies.

Stations change the server with every batch and move the same goods in opposite directions. What is
answered is in the book once, the feed has no hole, and a reader who follows it the whole time has
seen every row.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from app.conformance.floor import order_row
from app.conformance.probe import Probe, moved
from app.contract.messages import OutcomeRow
from app.ledger import backup
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.engine.servers import Roaming, Servers, follow
from tests.engine.shop import ids
from tests.ledger.conftest import MUG, SITE, enrolled, stocked
from tests.support.postgres import app_role
from tests.support.synced import eventually
from tools.local_postgres import LocalPostgres

pytestmark = [pytest.mark.system, pytest.mark.slow]

SERVERS = 3
STATIONS = 4
BATCHES, SIZE = 24, 10
ORDERS = 6
BINS = ("A-04-2", "B-11-1", "C-01-1")
# What the issue promises, and the best of a few tries must keep on a busy machine.
SEEN_WITHIN_S = 1.0
TRIES = 4


@dataclass
class Hall:
    """Servers, their database, and stations that know every server."""

    url: str
    servers: Servers
    stations: list[Roaming]


@pytest.fixture(scope="module")
def running(postgres_server: LocalPostgres) -> Iterator[tuple[str, Servers]]:
    """Starting three programs takes longer than all that is done with them."""
    url = postgres_server.create_database()
    service = stocked(LedgerService(Database(url)))
    service.imports.orders(SITE, [order_row(f"ORD-4821{n}", MUG.sku, (2,)) for n in range(ORDERS)])
    service.close()
    with Servers(app_role(url), SERVERS) as servers:
        yield url, servers
    postgres_server.drop_database(url)


@pytest.fixture
def hall(running: tuple[str, Servers], request: pytest.FixtureRequest) -> Iterator[Hall]:
    url, servers = running
    office = LedgerService(Database(url))
    names = [f"{request.node.name} {n}" for n in range(STATIONS)]
    stations = [Roaming(enrolled(office, name), servers.urls) for name in names]
    office.close()
    yield Hall(url, servers, stations)
    for station in stations:
        station.close()


def _work(station: Roaming, number: int) -> None:
    """Move mugs round the bins, odd stations the other way round: keys are met in any order."""
    probe = station.probe
    for batch in range(BATCHES):
        first = len(probe.sent) + 1
        for n in range(SIZE):
            here, there = BINS[n % 3], BINS[(n + (1 if number % 2 else 2)) % 3]
            probe.record(
                probe.operation(
                    "move",
                    moved(MUG.sku, 1, here, there),
                    moved(MUG.sku, 1, "supplier", f"D-{batch:02d}-{n}"),
                )
            )
        station.post(first)


def test_one_of_four_who_ask_four_servers_at_once_gets_the_order(hall: Hall) -> None:
    together = threading.Barrier(STATIONS)

    def claim(station: Roaming) -> None:
        for n in range(ORDERS):
            station.probe.record(station.probe.operation("claim", order=f"ORD-4821{n}"))
            together.wait(timeout=30)
            station.post(n + 1)

    with ThreadPoolExecutor(STATIONS) as pool:
        for claiming in [pool.submit(claim, station) for station in hall.stations]:
            claiming.result(timeout=60)

    for n in range(ORDERS):
        outcomes = [station.answered[n].outcome for station in hall.stations]
        assert sorted(outcomes) == ["posted", "refused", "refused", "refused"], f"ORD-4821{n}"


def test_what_is_posted_at_one_server_is_seen_at_another_within_a_second(hall: Hall) -> None:
    here, there = hall.stations[0], hall.stations[1]
    follower = there.follower()
    follower.ledger = there.ledgers[2]
    here.ledgers = here.ledgers[:1]
    follower.pull()
    waits: list[float] = []
    for n in range(TRIES):
        with ThreadPoolExecutor(1) as pool:
            news = pool.submit(_next_page, follower)
            threading.Event().wait(0.3)  # it waits at its server by now
            here.probe.record(here.probe.operation("event"))
            began = time.monotonic()
            here.post(n + 1)
            news.result(timeout=30)
            waits.append(time.monotonic() - began)

    assert min(waits) < SEEN_WITHIN_S, waits
    assert follower.rows[-1] == follower.outcome(here.probe.sent[-1].id)


def test_servers_and_database_die_in_the_middle_and_nothing_is_lost_or_doubled(
    hall: Hall, postgres_server: LocalPostgres
) -> None:
    total = STATIONS * BATCHES * SIZE
    done = threading.Event()

    def answered() -> int:
        return sum(len(station.answered) for station in hall.stations)

    with ThreadPoolExecutor(STATIONS + 1) as pool:
        reader = hall.stations[0]
        tail = pool.submit(follow, reader.follower(), reader.ledgers, done)
        work = [pool.submit(_work, station, n) for n, station in enumerate(hall.stations)]
        assert eventually(lambda: answered() >= total // 5)
        hall.servers.kill(1)
        assert eventually(lambda: answered() >= total // 2)
        at_crash = answered()
        with postgres_server.crashed():
            pass
        for station in work:
            station.result(timeout=60)
        done.set()
        seen = tail.result(timeout=60)

    recorded = sorted(sent.id for station in hall.stations for sent in station.probe.sent)
    book = Database(hall.url)
    told = [row.id for row in seen.rows if isinstance(row, OutcomeRow)]
    assert at_crash < total  # there was something left to lose
    assert sum(station.turned_away for station in hall.stations) >= STATIONS
    assert {result.outcome for station in hall.stations for result in station.answered} == {
        "posted"
    }
    assert told == ids(book)  # in this order, each once
    assert sorted(id_ for id_ in told if id_ in set(recorded)) == recorded
    assert _wrong(book) == {}
    book.close()


def _next_page(follower: Probe) -> None:
    while not follower.pull(wait_s=10):
        pass


def _wrong(book: Database) -> dict[str, object]:
    with book.read() as connection:
        found = {
            what: connection.exec_driver_sql(question).all()
            for what, question in backup.INVARIANTS.items()
        }
    return {what: rows for what, rows in found.items() if rows}
