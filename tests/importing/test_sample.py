"""The sample data: as its program makes it, sound by our own rules, and good for a whole shift."""

import io
from collections import Counter
from typing import BinaryIO

import pytest

from app.importing.inbound import read_inbound
from app.importing.items import read_items
from app.importing.locations import read_locations
from app.importing.orders import read_orders
from app.importing.result import ImportResult
from app.importing.setup import read_boxes, read_people
from app.importing.stock import read_stock
from app.paths import resources_dir
from tools.make_sample_data import files

FOLDER = resources_dir() / "sample"


def opened(name: str) -> BinaryIO:
    return io.BytesIO((FOLDER / name).read_bytes())


@pytest.mark.parametrize("name", sorted(files()))
def test_each_file_is_what_its_program_makes(name: str) -> None:
    assert (FOLDER / name).read_bytes() == files()[name], "run: python -m tools.make_sample_data"


def test_the_sample_goes_through_our_own_import_without_a_word() -> None:
    results: dict[str, ImportResult[object]] = {
        "items.csv": read_items(opened("items.csv")),
        "locations.csv": read_locations(opened("locations.csv")),
        "stock.csv": read_stock(opened("stock.csv")),
        "orders.csv": read_orders(opened("orders.csv")),
        "inbound.csv": read_inbound(opened("inbound.csv")),
        "boxes.csv": read_boxes(opened("boxes.csv")),
        "users.csv": read_people(opened("users.csv")),
    }

    assert {name: result.problems for name, result in results.items() if result.problems} == {}
    assert {name: result.ignored for name, result in results.items() if result.ignored} == {}
    assert len(results["items.csv"].rows) > 250
    assert len(results["orders.csv"].rows) == 60
    assert len(results["locations.csv"].rows) == 40


def test_whatever_the_sample_names_is_in_it_and_every_order_can_be_filled() -> None:
    items = {item.sku: item for item in read_items(opened("items.csv")).rows}
    places = {row.code for row in read_locations(opened("locations.csv")).rows}
    stock = read_stock(opened("stock.csv")).rows
    orders = read_orders(opened("orders.csv")).rows
    inbounds = read_inbound(opened("inbound.csv")).rows
    there: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for row in stock:
        assert row.location in places
        assert bool(row.lot) == items[row.sku].lot_tracked
        assert bool(row.serial) == items[row.sku].serial_tracked
        there[row.sku] += row.quantity if row.condition == "good" else 0
    for line in (line for order in orders for line in order.lines):
        wanted[line.sku] += line.quantity

    assert {item.home for item in items.values()} <= places
    assert {line.sku for inbound in inbounds for line in inbound.lines} <= set(items)
    assert {sku: count for sku, count in wanted.items() if count > there[sku]} == {}
    assert any(len(order.lines) >= 6 for order in orders)
    assert {order.policy.value for order in orders} == {"each", "quantity"}


def test_every_role_of_the_demonstration_is_there() -> None:
    roles = Counter(person.role for person in read_people(opened("users.csv")).rows)

    assert roles["clerk"] >= 2
    assert roles["supervisor"] >= 2, "four eyes need two of them"
