"""Orders, inbounds, stock, locations, boxes and people: each row checked, each document whole."""

import io

import pytest

from app.domain.operation import Condition
from app.domain.order import Policy
from app.importing.inbound import read_inbound
from app.importing.locations import read_locations
from app.importing.orders import read_orders
from app.importing.result import ImportResult
from app.importing.rows import LocationKind, OrderLineRow, OrderRow, StockRow
from app.importing.setup import read_boxes, read_people
from app.importing.stock import read_stock

HEAD = "order,line,sku,quantity,ship_to_1,ship_to_2,ship_before,policy\n"


def orders(text: str) -> ImportResult[OrderRow]:
    return read_orders(io.BytesIO(text.encode()))


def test_rows_of_one_order_become_one_order_in_line_order() -> None:
    result = orders(
        HEAD
        + "ORD-48213,2,TEA-MINT,1,Otis Fairweather,11 Larkspur Wynd,2026-03-16 16:30,each\n"
        + "ORD-48214,1,SOAP-ROSE,24,Ottilie,Lindenhof 3,,quantity\n"
        + "ORD-48213,1,MUG-INK,3,,,,\n"
    )

    assert result.problems == ()
    assert result.rows[0] == OrderRow(
        order="ORD-48213",
        ship_to=("Otis Fairweather", "11 Larkspur Wynd"),
        lines=(OrderLineRow(1, "MUG-INK", 3, row=4), OrderLineRow(2, "TEA-MINT", 1, row=2)),
        ship_before="2026-03-16T16:30",
        row=2,
    )
    assert result.rows[1].policy is Policy.QUANTITY


def test_half_an_order_is_never_imported() -> None:
    result = orders(
        HEAD
        + "ORD-48213,1,MUG-INK,3,Otis,Leeds,,\n"
        + "ORD-48213,2,TEA-MINT,none,,,,\n"
        + "ORD-48214,1,SOAP-ROSE,1,Ottilie,Köln,,\n"
    )

    assert [order.order for order in result.rows] == ["ORD-48214"]
    assert [record.row for record in result.rejected] == [2, 3]
    returned = result.rejects_csv().decode("utf-8-sig")
    assert "Another row of the same order is wrong." in returned
    assert "must be a whole number" in returned


@pytest.mark.parametrize(
    ("second", "column"),
    [
        ("ORD-48213,1,TEA-MINT,1,,,,", "line"),
        ("ORD-48213,2,TEA-MINT,1,Somebody else,,,", "ship_to_1"),
        ("ORD-48213,2,TEA-MINT,1,,,2026-03-17T10:00,", "ship_before"),
        ("ORD-48213,2,TEA-MINT,1,,,,quantity", "policy"),
        ("ORD-48213,2,TEA-MINT,0,,,,", "quantity"),
        ("ORD-48213,2,,1,,,,", "sku"),
    ],
)
def test_rows_that_contradict_each_other_are_a_problem(second: str, column: str) -> None:
    first = "ORD-48213,1,MUG-INK,3,Otis,Leeds,2026-03-16T10:00,each\n"

    result = orders(f"{HEAD}{first}{second}\n")

    assert result.rows == ()
    assert column in [problem.column for problem in result.problems]


@pytest.mark.parametrize(
    "written", ["16.03.2026 10:00", "2026-02-30T10:00", "2026-03-16", "2026-03-16T10:00+01:00"]
)
def test_a_cut_off_has_one_form(written: str) -> None:
    (problem,) = orders(f"{HEAD}ORD-1,1,MUG-INK,3,Otis,Leeds,{written},\n").problems

    assert problem.column == "ship_before"


def test_an_order_without_line_numbers_is_numbered_as_written() -> None:
    result = orders("order,sku,quantity,ship_to_1\nORD-1,TEA,1,Ines\nORD-1,MUG,2,\n")

    assert [line.line_no for line in result.rows[0].lines] == [1, 2]


def test_orders_without_a_number_are_no_order_together() -> None:
    result = orders("order,sku,quantity,ship_to_1\n,TEA,1,Ines\n,MUG,2,Otis\n")

    assert [problem.row for problem in result.problems] == [2, 3]


def test_an_inbound_brings_its_lots_and_dates() -> None:
    result = read_inbound(
        io.BytesIO(
            b"inbound,supplier,sku,quantity,lot,expiry,expected\n"
            b"ASN-7011,Teekontor Ahoi,TEA-MINT,48,L26075A,2027-09-30,2026-03-16\n"
            b"ASN-7011,,TEA-ASSAM,24,L26075B,,\n"
        )
    )

    (inbound,) = result.rows
    assert (inbound.supplier, inbound.expected) == ("Teekontor Ahoi", "2026-03-16")
    assert [(line.lot, line.expiry) for line in inbound.lines] == [
        ("L26075A", "2027-09-30"),
        ("L26075B", None),
    ]


def test_stock_stands_at_one_key_only_once() -> None:
    result = read_stock(
        io.BytesIO(
            b"location,sku,quantity,lot,serial,condition\n"
            b"a-01-1,TEA,5,L1,,\n"
            b"A-01-1,TEA,7,L1,,good\n"
            b"A-01-1,TEA,7,L1,,hold\n"
            b"A-01-1,SCALE,1,,KS10001,\n"
            b"B-01-1,SCALE,1,,KS10001,\n"
            b"B-01-1,SCALE,2,,KS10002,\n"
        )
    )

    assert result.rows == (StockRow("A-01-1", "TEA", 7, "L1", condition=Condition.HOLD, row=4),)
    assert [(problem.row, problem.column) for problem in result.problems] == [
        (2, "location"),
        (3, "location"),
        (5, "serial"),
        (6, "serial"),
        (7, "quantity"),
    ]


def test_a_location_is_written_as_it_will_be_scanned() -> None:
    result = read_locations(
        io.BytesIO(b"location,kind\na-04-2,BIN\ncustomer,bin\ntransit/7,bin\nQUAR-1,cage\n")
    )

    assert [(row.code, row.kind) for row in result.rows] == [("A-04-2", LocationKind.BIN)]
    assert [problem.column for problem in result.problems] == ["location", "location", "kind"]


def test_people_and_boxes_are_read_and_secrets_stay_out_of_problems() -> None:
    people = read_people(
        io.BytesIO(
            b"user,name,role,badge,pin\n"
            b"ines,Ines Marchetti,clerk,PHB-DEMO-1,481516\n"
            b"otis,Otis,clerk,BADGE-SECRET,12ab\n"
        )
    )
    boxes = read_boxes(
        io.BytesIO(
            b"box,name,tare_g,length_mm,width_mm,height_mm,max_weight_g\n"
            b"1,Mailer,48,320,230,50,2000\n2,Crate,,1,1,1,\n"
        )
    )

    assert [person.user for person in people.rows] == ["ines"]
    told = " ".join(problem.sentence for problem in people.problems) + repr(people.rows)
    assert not any(secret in told for secret in ("SECRET", "12ab", "481516", "PHB-DEMO-1"))
    assert [box.tare_mg for box in boxes.rows] == [48_000]
    assert [problem.row for problem in boxes.problems] == [3]
