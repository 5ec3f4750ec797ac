"""Whether the books agree: a day's work does, and every kind of damage is found and named."""

import pytest

from app.conformance.floor import order_row
from app.conformance.probe import Probe, moved
from app.contract.messages import ExceptionRow
from app.ledger.reconciliation import EVERYTHING, MOVED
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from tests.ledger.conftest import MUG, SITE, TRAY, enrolled
from tests.ledger.damage import Damage, damage
from tests.ledger.engines import both

__all__ = ["both", "damage"]


@pytest.fixture
def site(both: LedgerService) -> SiteRef:
    return both.site(SITE)


@pytest.fixture
def bench(both: LedgerService) -> Probe:
    """A station after a morning: an order packed and shipped, one thing taken back, one unknown."""
    both.imports.orders(SITE, [order_row("ORD-48213", MUG.sku, (2,))])
    station = enrolled(both, "PACK-01")
    station.do(
        station.operation(
            "pack", moved(MUG.sku, 2, "A-04-2", "parcel/P-1", order_line=1), order="ORD-48213"
        )
    )
    station.do(
        station.operation("ship", moved(MUG.sku, 2, "parcel/P-1", "customer"), order="ORD-48213")
    )
    wrong = station.operation("move", moved(TRAY.sku, 5, "B-11-1", "DOCK-1"))
    station.do(wrong)
    station.do(station.operation("reverse", original=wrong.id))
    station.do(station.operation("teleport", moved(MUG.sku, 1, "A-04-2", "MOON")))
    return station


def test_the_books_of_a_days_work_agree(both: LedgerService, site: SiteRef, bench: Probe) -> None:
    told = both.reconciliation.run(site)

    assert (told.state, told.found, told.differences) == ("equal", 0, ())
    assert told.checked["balances"] >= 7
    assert told.checked["feed"] == told.until
    assert told.checked["chains"] >= 7
    assert told.checked["items"] == 2


@pytest.mark.parametrize(
    ("statement", "check", "words"),
    [
        (
            "UPDATE balance SET quantity = 41 WHERE location = 'A-04-2' AND quantity = 38",
            "balance",
            ("A-04-2", "38", "41"),
        ),
        ("UPDATE posting SET quantity = -3 WHERE quantity = -2 AND n = 0", "posting", ("-2", "-3")),
        ("DELETE FROM posting WHERE quantity = 2", "posting", ("parcel/P-1",)),
        (
            "INSERT INTO posting SELECT site_n, feed_seq + 500, n, stock, quantity, order_line "
            "FROM posting WHERE quantity = 2",
            "posting",
            ("row 5",),
        ),
        ("DELETE FROM feed WHERE seq = 3", "feed", ("row 4",)),
        ("UPDATE feed SET chain = '00' WHERE seq = 3", "feed", ("row 3",)),
        ("UPDATE site_feed SET chain = '00'", "feed", ("end",)),
        ("UPDATE operation SET digest = '00' WHERE kind = 'ship'", "chain", ("PACK-01 2",)),
        ("UPDATE operation SET seq = 99 WHERE kind = 'ship'", "chain", ("PACK-01",)),
        ("UPDATE enrolment SET digest = '00' WHERE station = 'PACK-01'", "chain", ("end",)),
        (
            "UPDATE operation SET body = (SELECT body FROM operation WHERE kind = 'ship') "
            "WHERE kind = 'teleport'",
            "body",
            ("PACK-01",),
        ),
        (
            "UPDATE balance SET quantity = quantity + 1 WHERE location = 'customer'",
            "item",
            ("SKU-10221", "0", "1"),
        ),
    ],
)
def test_damage_is_found_and_named_with_both_numbers(
    both: LedgerService,
    site: SiteRef,
    bench: Probe,
    damage: Damage,
    statement: str,
    check: str,
    words: tuple[str, ...],
) -> None:
    damage(statement)

    told = both.reconciliation.run(site)

    assert told.state == "differs"
    named = [one for one in told.differences if one.check == check]
    assert named, told.differences
    text = " | ".join(f"{one.name} {one.expected} {one.found}" for one in named)
    assert all(word in text for word in words), text


def test_a_fact_that_was_rewritten_with_all_its_hashes_is_found_by_what_it_says(
    both: LedgerService, site: SiteRef, bench: Probe, damage: Damage
) -> None:
    damage(
        "UPDATE operation SET body = (SELECT body FROM operation WHERE kind = 'reverse') "
        "WHERE kind = 'ship'"
    )

    told = both.reconciliation.run(site)

    assert {"body", "operation"} <= {one.check for one in told.differences}


def test_a_difference_opens_an_exception_once(
    both: LedgerService, site: SiteRef, bench: Probe, damage: Damage
) -> None:
    bench.pull()
    damage("UPDATE balance SET quantity = 41 WHERE location = 'A-04-2' AND quantity = 38")

    both.reconciliation.run(site)
    both.reconciliation.run(site)

    (told,) = [row for row in bench.pull() if isinstance(row, ExceptionRow)]
    assert (told.code, told.severity, told.state) == ("books_differ", "high", "open")
    assert "38 expected, 41 found" in told.sentence
    assert both.exception_queue.find(site, told.exception).seen == 2


def test_books_that_agree_again_close_the_exception(
    both: LedgerService, site: SiteRef, bench: Probe, damage: Damage
) -> None:
    damage("UPDATE balance SET quantity = 41 WHERE location = 'A-04-2' AND quantity = 38")
    both.reconciliation.run(site)
    bench.pull()
    damage("UPDATE balance SET quantity = 38 WHERE location = 'A-04-2' AND quantity = 41")

    both.reconciliation.run(site)

    told = [row for row in bench.pull() if isinstance(row, ExceptionRow)]
    assert [(row.code, row.state) for row in told] == [("books_differ", "closed")]


def test_the_hourly_one_looks_at_what_moved_since(
    both: LedgerService, site: SiteRef, bench: Probe
) -> None:
    everything = both.reconciliation.run(site, EVERYTHING)
    bench.do(bench.operation("move", moved(TRAY.sku, 1, "B-11-1", "DOCK-1")))

    told = both.reconciliation.run(site, MOVED)

    assert told.state == "equal"
    assert told.checked == {"balances": 2, "feed": told.until - everything.until}


def test_a_check_that_is_stopped_says_how_far_it_came(
    both: LedgerService, site: SiteRef, bench: Probe
) -> None:
    told = both.reconciliation.run(site, EVERYTHING, stop=lambda: True)

    assert told.state == "stopped"
    assert set(told.checked) == {"balances"}


def test_a_long_book_is_read_in_pieces(
    both: LedgerService, site: SiteRef, bench: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ledger.checking.PIECE", 3)
    whole = both.reconciliation.compare(site)

    assert (whole.state, whole.checked["feed"]) == ("equal", whole.until)


def test_reports_are_kept(both: LedgerService, site: SiteRef, bench: Probe) -> None:
    made = both.reconciliation.run(site)

    with both.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT id, kind, state FROM report").all()
    assert [tuple(row) for row in kept] == [(made.report, "books", "equal")]
