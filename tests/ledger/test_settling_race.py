"""Two supervisors decide the same request at the same moment, through two server processes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.conformance.floor import stock
from app.conformance.probe import Probe
from app.contract import chain
from app.contract.messages import Result
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, enrolled, stocked
from tests.ledger.rights import about, adjust, hire

ROUNDS = 8


@pytest.fixture
def two(fresh_database: str) -> tuple[LedgerService, LedgerService]:
    return stocked(LedgerService(Database(fresh_database))), LedgerService(Database(fresh_database))


def _decide(desk: Probe, asked: Probe, original: str, actor: str, reason: str) -> None:
    evidence = {"content_hash": chain.content_hash(bytes(asked.sent[-1].body))}
    desk.record(about(desk, "decide", original, actor, reason=reason, evidence=evidence))


def test_one_of_two_at_the_same_moment_decides(two: tuple[LedgerService, LedgerService]) -> None:
    first, _ = two
    hire(first)
    asked = enrolled(first, "PACK-01")
    desks = [enrolled(service, f"DESK-{n}") for n, service in enumerate(two)]
    approved = 0
    with ThreadPoolExecutor(2) as both:
        for _ in range(ROUNDS):
            wanted = adjust(asked, -1)
            asked.do(wanted)
            together = Barrier(2)
            for desk, actor, reason in zip(
                desks, ("p-sven", "p-sina"), ("approve", "reject"), strict=True
            ):
                _decide(desk, asked, wanted.id, actor, reason)

            def send(desk: Probe, together: Barrier = together) -> Result:
                together.wait()
                return desk.post(len(desk.sent))[0]

            results = list(both.map(send, desks))

            assert sorted(result.code for result in results) == ["", "already_decided"]
            approved += results[0].code == ""

    balance = next(q for key, q in stock(asked).items() if key[:2] == ("A-04-2", MUG.sku))
    assert balance == 40 - approved
    assert first.approvals.waiting(first.site(SITE)) == []
    for service in two:
        service.close()
