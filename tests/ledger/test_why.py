"""Why is this number 7? Every balance, at every position, is the sum of the steps shown."""

import msgspec
import pytest

from app.conformance.probe import Probe, moved
from app.contract.messages import Line
from app.domain.operation import StockKey
from app.errors import Refusal
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef, find_site
from app.ledger.stocklist import Wanted
from app.ledger.why import Why
from tests.ledger.conftest import MUG, SITE, enrolled
from tests.ledger.engines import both

__all__ = ["both"]

SHELF = StockKey("A-04-2", MUG.sku)


def _site(ledger: LedgerService) -> SiteRef:
    with ledger.database.read() as connection:
        return find_site(connection, SITE)


def _why(ledger: LedgerService, at: int = 0, limit: int = 100) -> Why:
    return ledger.explainer.why(_site(ledger), SHELF, at, None, limit)


def _busy(ledger: LedgerService) -> tuple[Probe, str]:
    """Three mugs are picked, one is put back, and the putting back is taken back."""
    station = enrolled(ledger, "PACK-01")
    station.do(
        station.operation("pick", moved(MUG.sku, 3, "A-04-2", "tote/T-1"), order="ORD-48213")
    )
    back = station.operation("move", moved(MUG.sku, 1, "tote/T-1", "A-04-2"))
    station.do(back)
    station.do(station.operation("reverse", original=back.id))
    return station, back.id


def test_each_step_says_who_did_what_and_what_it_left(both: LedgerService) -> None:
    _, back = _busy(both)

    told = _why(both)

    assert (told.quantity, told.opening) == (37, 0)
    assert [(step.kind, step.quantity, step.balance) for step in told.steps] == [
        ("reverse", -1, 37),
        ("move", 1, 38),
        ("pick", -3, 37),
        ("adjust", 40, 40),
    ]
    pick, move, reversal = told.steps[2], told.steps[1], told.steps[0]
    assert (pick.actor, pick.station, pick.document) == ("p-anna", "PACK-01", "ORD-48213")
    assert pick.recorded_at == "2026-11-21T06:00:00.000Z"
    assert (move.operation, move.reversed_by, reversal.reverses) == (back, reversal.operation, back)
    assert told.steps[3].reason == "opening_stock"


def test_a_balance_of_the_past_is_the_sum_of_the_steps_until_then(both: LedgerService) -> None:
    _busy(both)
    now = _why(both)

    for step in now.steps:
        then = _why(both, at=step.feed_seq)
        assert then.quantity == step.balance
        assert then.quantity == then.opening + sum(one.quantity for one in then.steps)
        assert then.steps[0].operation == step.operation


def test_pages_go_on_where_the_one_before_ended(both: LedgerService) -> None:
    _busy(both)
    whole = _why(both)

    first = _why(both, limit=2)
    oldest = first.steps[-1]
    rest = both.explainer.why(
        _site(both), SHELF, first.at, (oldest.feed_seq, oldest.n, first.opening), 100
    )

    assert first.steps + rest.steps == whole.steps
    assert first.opening == rest.steps[0].balance


def test_a_place_where_nothing_ever_was_has_no_steps(both: LedgerService) -> None:
    told = both.explainer.why(_site(both), StockKey("Z-99", "SKU-0"), 0, None, 10)

    assert (told.quantity, told.opening, told.steps) == (0, 0, ())


def test_a_position_the_feed_has_not_reached_is_refused(both: LedgerService) -> None:
    with pytest.raises(Refusal) as refusal:
        _why(both, at=1_000_000)

    assert refusal.value.code == "cursor_from_future"


def test_one_operation_may_touch_a_balance_twice(both: LedgerService) -> None:
    station = enrolled(both, "PACK-01")
    line = Line(item=MUG.sku, quantity=2, source="A-04-2", target="tote/T-1")
    away = station.operation("move", line, msgspec.structs.replace(line, quantity=5))
    station.do(away)

    told = _why(both)

    assert [(s.quantity, s.balance) for s in told.steps[:2]] == [(-5, 33), (-2, 38)]
    assert {s.operation for s in told.steps[:2]} == {away.id}


def test_stock_of_the_past_is_what_the_feed_had_made_by_then(both: LedgerService) -> None:
    site = _site(both)
    before, opening, _ = both.stock_list.page(site, Wanted(item=MUG.sku), 0, (), 10)
    _busy(both)

    _, then, _ = both.stock_list.page(site, Wanted(item=MUG.sku), before, (), 10)
    _, now, _ = both.stock_list.page(site, Wanted(item=MUG.sku, packed=True), 0, (), 10)

    assert then == opening
    assert {row.location: row.quantity for row in now} == {
        "A-04-2": 37,
        "adjustment": -40,
        "tote/T-1": 3,
    }


def test_stock_is_listed_in_pages_in_the_order_of_keys(both: LedgerService) -> None:
    site = _site(both)
    everything = both.stock_list.page(site, Wanted(), 0, (), 100)[1]

    _, first, last = both.stock_list.page(site, Wanted(), 0, (), 2)
    assert last is not None
    rest = both.stock_list.page(site, Wanted(), 0, last, 100)[1]

    assert first + rest == everything
    assert [row.key for row in everything] == sorted(row.key for row in everything)
