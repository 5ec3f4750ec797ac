"""A station whose folder was copied to a second machine: a fork is seen, and nothing is lost."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.leaks import ExpectedLogs
from tests.support.synced import SITE, RealLedger, SyncedBench, eventually

pytestmark = pytest.mark.system


class Twins:
    """One enrolment, two folders, both running; three mugs received before the copy was made.

    Args:
        folder: For the ledger and both stations.
    """

    def __init__(self, folder: Path) -> None:
        self.ledger = RealLedger(folder / "ledger")
        code = self.ledger.service.identity.add_station(SITE, "Bench 4").code
        first = SyncedBench(folder / "Bench 4", self.ledger.url, code)
        first.start_sync()
        first.receive_many(3)
        assert eventually(first.confirmed)
        first.close()
        shutil.copytree(folder / "Bench 4", folder / "Bench 4 copied")
        self.original = SyncedBench(folder / "Bench 4", self.ledger.url, "")
        self.copy = SyncedBench(folder / "Bench 4 copied", self.ledger.url, "")
        for bench in (self.original, self.copy):
            bench.start_sync()
        assert eventually(lambda: all("online" in b.desk.links for b in (self.original, self.copy)))

    def exceptions(self) -> list[str]:
        """Codes of what a person must look at."""
        with self.ledger.service.database.read() as connection:
            return list(connection.execute(sa.text("SELECT code FROM exception")).scalars())

    def close(self) -> None:
        self.original.close()
        self.copy.close()
        self.ledger.go_down()


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[Twins]:
    made = Twins(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("original_first", [True, False])
def test_whoever_speaks_second_is_told_and_keeps_what_it_recorded(
    twins: Twins, original_first: bool, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("copied or restored")
    first, second = twins.original, twins.copy
    if not original_first:
        first, second = second, first
    before = twins.ledger.posted()

    went_on = first.receive_many(2)
    assert eventually(first.confirmed)
    kept = second.receive_many(4)
    assert eventually(lambda: second.desk.links[-1] == "forked")
    went_on += first.receive_many(2)

    assert eventually(lambda: first.confirmed() and first.at_dock() == 7)
    assert twins.ledger.posted() == before + went_on
    assert twins.exceptions() == ["station_forked"]  # whoever looks after the site hears of it
    assert not set(kept) & set(twins.ledger.posted())
    assert second.transports()["unsent"] == len(kept)
    assert second.at_dock() == 7 or eventually(lambda: second.at_dock() == 7)  # it still follows
    assert twins.ledger.feed_is_dense()


def test_both_offline_and_both_at_work_neither_overwrites_the_other(
    twins: Twins, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("offline")
    expected_logs.expect("copied or restored")
    both = (twins.original, twins.copy)
    before = twins.ledger.posted()
    twins.ledger.go_down()
    assert eventually(lambda: all(bench.desk.links[-1] == "offline" for bench in both))
    recorded = [bench.receive_many(5) for bench in both]

    twins.ledger.come_back()

    assert eventually(lambda: any(bench.desk.links[-1] == "forked" for bench in both))
    assert eventually(lambda: any(bench.confirmed() for bench in both))
    posted = twins.ledger.posted()[len(before) :]
    assert posted in recorded
    loser = both[1 - recorded.index(posted)]
    assert loser.transports()["unsent"] == 5
    assert loser.desk.links[-1] == "forked"
