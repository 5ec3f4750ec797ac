"""Imports may be sent twice, change what differs, and say which rows cannot be taken."""

import msgspec
import pytest

from app.conformance.floor import order_row, stock
from app.contract.messages import BoxRow, ItemRow, LocationRow, PersonRow
from app.domain.operation import StockKey
from app.domain.order import OrderState
from app.domain.secrets import badge_hash, is_pin
from app.errors import Refusal
from app.ledger.imports import StockLine, opening_id
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from tests.ledger.conftest import MUG, SITE, TRAY, Enrol


def test_an_item_that_changed_gets_the_next_version(ledger: LedgerService) -> None:
    again = ledger.imports.items([MUG, msgspec.structs.replace(TRAY, weight_mg=815_000)])
    back = ledger.imports.items([TRAY])

    assert (again.written, again.unchanged) == (1, 1)
    assert (back.written, back.unchanged) == (1, 0)


def test_a_location_of_no_site_is_left_out(ledger: LedgerService) -> None:
    rows = [LocationRow(SITE, "C-01-1", "bin"), LocationRow("MUC", "C-01-1", "bin")]

    whole = ledger.imports.locations(rows)
    partial = ledger.imports.locations(rows, partial=True)

    assert (whole.written, [problem.index for problem in whole.problems]) == (0, [1])
    assert (partial.written, len(partial.problems)) == (1, 1)
    assert "MUC" in partial.problems[0].sentence


def test_what_is_wrong_is_said_of_the_row_it_is_wrong_with(ledger: LedgerService) -> None:
    rows = [LocationRow("MUC", "C-01-1", "bin"), LocationRow(SITE, "C/01", "bin")]

    problems = ledger.imports.locations([*rows, LocationRow(SITE, "C-01-2", "bin")]).problems

    assert [(problem.index, problem.column) for problem in problems] == [
        (0, "site"),
        (1, "location"),
    ]


def test_opening_stock_is_posted_once_for_ever(ledger: LedgerService, enrol: Enrol) -> None:
    line = StockLine("A-04-2", MUG.sku, 40)

    again = ledger.imports.stock(SITE, [line, StockLine("DOCK-1", MUG.sku, 7)])

    assert (again.written, again.unchanged) == (1, 1)
    balances = stock(enrol("PACK-01"))
    assert balances[StockKey("A-04-2", MUG.sku)] == 40
    assert balances[StockKey("DOCK-1", MUG.sku)] == 7


def test_other_opening_stock_at_the_same_place_is_a_problem(ledger: LedgerService) -> None:
    applied = ledger.imports.stock(
        SITE,
        [
            StockLine("A-04-2", MUG.sku, 41),
            StockLine("NOWHERE", MUG.sku, 1),
            StockLine("DOCK-1", "SKU-0", 1),
            StockLine("DOCK-1", TRAY.sku, 3),
        ],
        partial=True,
    )

    assert [(p.index, p.column) for p in applied.problems] == [
        (0, "quantity"),
        (1, "location"),
        (2, "sku"),
    ]
    assert applied.written == 1


def test_stock_with_a_bad_row_is_not_posted_at_all(ledger: LedgerService, enrol: Enrol) -> None:
    ledger.imports.stock(SITE, [StockLine("DOCK-1", TRAY.sku, 3), StockLine("NOWHERE", MUG.sku, 1)])

    assert StockKey("DOCK-1", TRAY.sku) not in stock(enrol("PACK-01"))


def test_the_id_of_opening_stock_depends_on_its_stock_key_alone() -> None:
    site = SiteRef(1, SITE)
    first = opening_id(site, StockLine("A", "S", 1))

    assert first == opening_id(SiteRef(2, SITE), StockLine("A", "S", 99))
    assert len({first, opening_id(site, StockLine("A", "S", 1, lot="L"))}) == 2
    assert (first[14], first[19] in "89ab") == ("8", True)


def test_an_order_of_unknown_goods_is_a_problem(ledger: LedgerService) -> None:
    rows = [order_row("ORD-1", MUG.sku, (1,)), order_row("ORD-2", "SKU-0", (1,))]

    whole = ledger.imports.orders(SITE, rows)
    partial = ledger.imports.orders(SITE, rows, partial=True)

    assert (whole.written, partial.written) == (0, 1)
    assert [(p.index, p.column) for p in partial.problems] == [(1, "sku")]


def test_a_cancelled_order_is_left_as_it_is(ledger: LedgerService) -> None:
    ledger.imports.orders(SITE, [order_row("ORD-1", MUG.sku, (1,))])
    ledger.orders.set_state(SITE, ["ORD-1"], OrderState.CANCELLED)

    applied = ledger.imports.orders(SITE, [order_row("ORD-1", MUG.sku, (5,))])

    assert (applied.written, [p.column for p in applied.problems]) == (0, ["order"])


def test_an_import_does_not_release_a_held_order(ledger: LedgerService, enrol: Enrol) -> None:
    station = enrol("PACK-01")
    ledger.imports.orders(SITE, [order_row("ORD-1", MUG.sku, (1,))])
    ledger.orders.set_state(SITE, ["ORD-1"], OrderState.HELD)

    ledger.imports.orders(SITE, [order_row("ORD-1", MUG.sku, (2,))])

    assert station.do(station.operation("claim", order="ORD-1")).code == "order_held"


def test_orders_change_state_all_or_none(ledger: LedgerService) -> None:
    ledger.imports.orders(SITE, [order_row("ORD-1", MUG.sku, (1,))])

    with pytest.raises(Refusal, match="ORD-9"):
        ledger.orders.set_state(SITE, ["ORD-1", "ORD-9"], OrderState.CANCELLED)

    assert ledger.orders.set_state(SITE, ["ORD-1"], OrderState.HELD) == 1
    assert ledger.orders.set_state(SITE, ["ORD-1"], OrderState.HELD) == 0
    assert ledger.orders.set_state(SITE, ["ORD-1"], OrderState.RELEASED) == 1
    assert ledger.orders.set_state(SITE, ["ORD-1"], OrderState.CANCELLED) == 1
    with pytest.raises(Refusal, match="cannot become released"):
        ledger.orders.set_state(SITE, ["ORD-1"], OrderState.RELEASED)


def test_of_badge_and_pin_only_hashes_are_kept(ledger: LedgerService, enrol: Enrol) -> None:
    # A station of the version before still compares them; without one there are none.
    enrol("OLD-01")
    ledger.people.add(SITE, "p-novak", "A. Novak", "clerk", ("PHB-novak-1234", "246813"))

    (person,) = ledger.overview.people()

    assert person.badge_hash == badge_hash("PHB-novak-1234")
    assert is_pin("246813", person.pin_salt, person.pin_hash)
    assert not is_pin("246814", person.pin_salt, person.pin_hash)
    assert "246813" not in repr(person)


def test_a_revoked_person_stays_known_and_is_inactive(ledger: LedgerService) -> None:
    ledger.people.add(SITE, "p-novak", "A. Novak", "clerk", ("PHB-novak-1234", "246813"))

    ledger.people.revoke("p-novak")

    assert [person.active for person in ledger.overview.people()] == [False]
    with pytest.raises(Refusal):
        ledger.people.revoke("p-nobody")


def test_boxes_and_people_sent_twice_are_written_once(ledger: LedgerService) -> None:
    box = BoxRow("S", "Small box", 120_000, 300, 200, 150, 5_000_000)
    person = PersonRow("p-okafor", "B. Okafor", "clerk", SITE)

    for expected in ((1, 0), (0, 1)):
        boxes, people = ledger.imports.boxes([box]), ledger.imports.people([person])
        assert (boxes.written, boxes.unchanged) == expected
        assert (people.written, people.unchanged) == expected


def test_thousands_of_lines_of_stock_go_in_and_come_out(
    ledger: LedgerService, enrol: Enrol
) -> None:
    ledger.imports.items([ItemRow(f"SKU-B-{n}", f"Book {n}") for n in range(2_500)])
    lines = [StockLine("DOCK-1", f"SKU-B-{n}", n + 1) for n in range(2_500)]

    assert ledger.imports.stock(SITE, lines).written == 2_500

    balances = stock(enrol("PACK-01"))
    assert sum(q for key, q in balances.items() if key.location == "DOCK-1") == 2_500 * 2_501 // 2
