"""A request that is taken back before anybody decided it: signed, in any order, at one moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.conformance.floor import stock
from app.conformance.probe import Probe
from app.contract import chain
from app.contract.messages import OutcomeRow, Result
from app.domain.operation import StockKey
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, enrolled, stocked
from tests.ledger.rights import about, adjust, hire

SHELF = StockKey("A-04-2", MUG.sku)
# Enough for both to be first, on one core as well.
ROUNDS = 4
# What becomes of the request, its reversal and its approval; what is left then.
BECAME = {
    "reverse": (
        [("refused", "withdrawn"), ("posted", "withdrew"), ("refused", "already_decided")],
        40,
    ),
    "decide": ([("posted", ""), ("waiting", "needs_approval"), ("posted", "")], 35),
}


@pytest.fixture
def station(either: LedgerService) -> Probe:
    hire(either)
    return enrolled(either, "PACK-01")


def _said(result: Result) -> tuple[str, str]:
    return result.outcome, result.code


def _last(station: Probe, id_: str) -> tuple[str, str]:
    station.pull()
    rows = [row for row in station.rows if isinstance(row, OutcomeRow) and row.id == id_]
    return rows[-1].outcome, rows[-1].code


@pytest.mark.parametrize("first", ["reverse", "decide"])
def test_of_two_that_came_before_what_they_are_about_one_counts(
    either: LedgerService, station: Probe, first: str
) -> None:
    desk = enrolled(either, "DESK")
    wanted = station.record(adjust(station, -5))
    evidence = {"content_hash": chain.content_hash(bytes(station.sent[-1].body))}
    # They are looked at by the order of their ids.
    ids = dict(zip((first, "other"), sorted(map(desk.new_id, ("one", "two"))), strict=True))
    back_id = ids.get("reverse", ids["other"])
    back = about(desk, "reverse", wanted.id, "p-anna", id=back_id)
    decide_id = ids.get("decide", ids["other"])
    decision = about(
        desk, "decide", wanted.id, "p-sven", id=decide_id, reason="approve", evidence=evidence
    )
    came = [_said(desk.do(one)) for one in (back, decision)]

    station.post()

    assert came == [("held", "unknown_original")] * 2
    became = [_last(desk, one.id) for one in (wanted, back, decision)]
    assert (became, stock(station)[SHELF]) == BECAME[first]


def test_taken_back_and_approved_at_one_moment_one_of_them_counts(fresh_database: str) -> None:
    services = (
        stocked(LedgerService(Database(fresh_database))),
        LedgerService(Database(fresh_database)),
    )
    hire(services[0])
    asked, desk = enrolled(services[0], "PACK-01"), enrolled(services[1], "DESK")
    approved = 0
    with ThreadPoolExecutor(2) as both:
        for _ in range(ROUNDS):
            wanted = adjust(asked, -1)
            asked.do(wanted)
            evidence = {"content_hash": chain.content_hash(bytes(asked.sent[-1].body))}
            asked.record(about(asked, "reverse", wanted.id, "p-anna"))
            desk.record(
                about(desk, "decide", wanted.id, "p-sven", reason="approve", evidence=evidence)
            )
            together = Barrier(2)

            def send(probe: Probe, together: Barrier = together) -> Result:
                together.wait()
                return probe.post(len(probe.sent))[0]

            back, decision = both.map(send, (asked, desk))

            assert (_said(back), _said(decision)) in (
                (("posted", "withdrew"), ("refused", "already_decided")),
                (("waiting", "needs_approval"), ("posted", "")),
            )
            approved += decision.code == ""

    assert stock(asked)[SHELF] == 40 - approved
    waiting = services[0].approvals.waiting(services[0].site(SITE))
    assert len(waiting) == approved
    for service in services:
        service.close()
