"""Two sites, two servers, one PostgreSQL: transfers in both directions at once, and no deadlock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest

from app.conformance.probe import Probe
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.ledger.two_sites import TwoSites, about, away, enrolled, here, two_sites, wanted

ROUNDS = 15
# Units of one batch each way; the batch touches both transfers.
BATCH = 4
THERE, BACK = "TR-1", "TR-2"

pytestmark = pytest.mark.postgres


def work(station: Probe, sends: str, receives: str, start: Barrier) -> set[str]:
    """Batches of dispatches of one transfer and acceptances of the other, in turn."""
    outcomes: set[str] = set()
    start.wait(timeout=20)
    for _ in range(ROUNDS):
        first = len(station.sent) + 1
        for _ in range(BATCH):
            station.record(about(station, "dispatch", away(1, number=sends), number=sends))
            station.record(about(station, "accept", here(1, number=receives), number=receives))
        outcomes |= {result.outcome for result in station.post(first)}
    return outcomes


def test_both_directions_at_once_never_wait_for_each_other_in_a_circle(fresh_database: str) -> None:
    one, two = (LedgerService(Database(fresh_database)) for _ in range(2))
    sites = two_sites(one)
    units = ROUNDS * BATCH * 2
    for number, origin in ((THERE, "HAM"), (BACK, "BER")):
        sites.ask(sites.ham, wanted(units), number=number, evidence={"origin": origin})
    start = Barrier(4)
    jobs = [
        (station, *numbers, start)
        for numbers, stations in (
            ((THERE, BACK), (sites.ham, enrolled(two, "HAM", "PACK-02"))),
            ((BACK, THERE), (sites.ber, enrolled(two, "BER", "PACK-02"))),
        )
        for station in stations
    ]

    with ThreadPoolExecutor(len(jobs)) as pool:
        told = [task.result(timeout=240) for task in [pool.submit(work, *job) for job in jobs]]

    assert told == [{"posted"}] * 4
    for number in (THERE, BACK):
        assert sites.state(number) == "closed"
        assert sites.tallies(number) == {"dispatched": units, "accepted": units}
        assert sites.balance(sites.ham, f"transit/{number}") == 0
        assert sites.balance(sites.ber, f"transit/{number}") == 0
    assert sites.sums() == {}
    # Statistics of a connection are complete once it is closed.
    one.close()
    two.close()
    with psycopg.connect(fresh_database) as connection:
        deadlocks = connection.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert deadlocks == (0,)


def test_a_number_asked_for_at_both_ends_at_once_is_given_to_one(fresh_database: str) -> None:
    one, two = (LedgerService(Database(fresh_database)) for _ in range(2))
    sites = two_sites(one)
    other = TwoSites(two, enrolled(two, "HAM", "PACK-02"), enrolled(two, "BER", "PACK-02"))
    start = Barrier(2)

    def ask(asking: TwoSites, station: Probe, number: str) -> str:
        start.wait(timeout=20)
        result = asking.ask(station, number=number)
        return result.code or result.outcome

    for n in range(ROUNDS):
        with ThreadPoolExecutor(2) as pool:
            told = [
                pool.submit(ask, sites, sites.ham, f"TR-{n}"),
                pool.submit(ask, other, other.ber, f"TR-{n}"),
            ]
            codes = sorted(task.result(timeout=60) for task in told)

        assert codes == ["document_exists", "posted"]
        assert sites.document(f"TR-{n}").version == 1
    one.close()
    two.close()
