"""What comes before the operation it is about, also when one transaction takes both."""

from app.conformance.floor import stock
from app.conformance.probe import Probe, moved
from app.contract import chain
from app.contract.messages import NotNow, OutcomeRow
from app.domain.operation import StockKey
from app.domain.policy import Policy
from app.ledger.service import LedgerService
from app.ledger.sites import Sites
from tests.ledger.conftest import MUG, enrolled
from tests.ledger.rights import about, adjust, agree, hire

SHELF = StockKey("A-04-2", MUG.sku)


def together(ledger: LedgerService, *stations: Probe) -> None:
    """Send all of these stations in this order, in one transaction."""
    sites = Sites(ledger.database)
    batches = [ledger.prepare(sites.who(one.who.enrolment), one.batch()) for one in stations]
    ready = [one for one in batches if not isinstance(one, NotNow)]
    assert len(ledger.post_group(ready)) == len(stations)


def became(station: Probe, id_: str) -> tuple[str, str]:
    """What the feed told last of an operation."""
    station.pull()
    told = [one for one in station.rows if isinstance(one, OutcomeRow) and one.id == id_]
    return told[-1].outcome, told[-1].code


def test_a_reversal_meets_its_fact_in_one_transaction(either: LedgerService) -> None:
    first, second = enrolled(either, "PACK-01"), enrolled(either, "PACK-02")
    move = first.record(first.operation("move", moved(MUG.sku, 3, "A-04-2", "B-11-1")))
    back = second.record(second.operation("reverse", original=move.id))

    together(either, second, first)

    assert became(first, back.id) == ("posted", "")
    assert stock(first)[SHELF] == 40


def test_an_approval_meets_its_request_in_one_transaction(either: LedgerService) -> None:
    hire(either)
    agree(either, Policy())
    first, second = enrolled(either, "PACK-01"), enrolled(either, "PACK-02")
    wanted = first.record(adjust(first, -6))
    content = first.batch().operations[0].body
    evidence = {"content_hash": chain.content_hash(bytes(content))}
    yes = second.record(
        about(second, "decide", wanted.id, "p-sven", reason="approve", evidence=evidence)
    )

    together(either, second, first)

    assert became(first, yes.id) == ("posted", "")
    assert became(first, wanted.id) == ("posted", "")
    assert stock(first)[SHELF] == 34


def test_a_decision_about_a_fact_says_so_when_the_fact_comes(either: LedgerService) -> None:
    hire(either)
    first, second = enrolled(either, "PACK-01"), enrolled(either, "PACK-02")
    move = first.operation("move", moved(MUG.sku, 3, "A-04-2", "B-11-1"))
    yes = about(second, "decide", move.id, "p-sven", reason="approve")

    assert second.do(yes).code == "unknown_original"
    first.do(move)

    assert became(first, yes.id) == ("refused", "already_decided")
