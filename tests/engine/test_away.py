"""While its database is away, every address of a served ledger says "not now", and none a 500."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from app.conformance.probe import Probe, moved
from app.conformance.remote import HttpStations
from app.contract.messages import MasterQuery, NotNow, Posted, SnapshotQuery
from app.errors import Trouble
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.web.server import ServerThread
from tests.ledger.conftest import MUG, enrolled, stocked
from tests.support.leaks import ExpectedLogs
from tools.local_postgres import LocalPostgres

pytestmark = pytest.mark.system

QUESTIONS: dict[str, Callable[[Probe], object]] = {
    "post": lambda probe: probe.ledger.post(probe.batch()),
    "changes": lambda probe: probe.ledger.changes(probe.query()),
    "master": lambda probe: probe.ledger.master(MasterQuery(protocol=1, epoch="", cursor=0)),
    "snapshot": lambda probe: probe.ledger.snapshot(SnapshotQuery(protocol=1)),
}


@pytest.fixture
def served(fresh_database: str) -> Iterator[tuple[str, Probe]]:
    service = stocked(LedgerService(Database(fresh_database)))
    probe = enrolled(service, "PACK-01")
    probe.record(probe.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")))
    with ServerThread(service) as server:
        remote = HttpStations(server.url)
        probe.ledger = remote.ledger(probe.device, probe.who)
        yield server.url, probe
        remote.close()
    service.close()


def test_nothing_is_a_fault_and_everything_works_again_afterwards(
    served: tuple[str, Probe], postgres_server: LocalPostgres, expected_logs: ExpectedLogs
) -> None:
    # Who works by time may notice it as well, or may not come to it.
    expected_logs.expect("not now|broken off|nobody leads")
    url, probe = served
    probe.pull()  # signed in, and known to every part that remembers

    with postgres_server.crashed():
        answers = {name: _answered(ask, probe) for name, ask in QUESTIONS.items()}
        plain = {
            path: httpx.get(url + path, timeout=10).status_code
            for path in ("/healthz", "/v1/hello")
        }

    assert set(answers.values()) == {"not now"}, answers
    assert set(plain.values()) == {503}, plain
    after = probe.ledger.post(probe.batch())
    assert isinstance(after, Posted)
    assert [result.outcome for result in after.results] == ["posted"]
    probe.pull()
    assert probe.outcome(probe.sent[0].id).outcome == "posted"


def _answered(ask: Callable[[Probe], object], probe: Probe) -> str:
    try:
        answer = ask(probe)
    except Trouble as trouble:
        return "not now" if trouble.detail.startswith("503 retry_later") else str(trouble)
    later = isinstance(answer, NotNow) and answer.problem == "retry_later"
    return "not now" if later else repr(answer)
