"""The real data through our import: a year of a shop's orders, and a miniature of the same form."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from app.importing.items import read_items
from app.importing.locations import read_locations
from app.importing.orders import read_orders
from app.importing.setup import read_boxes
from app.importing.stock import read_stock
from tests.support.shared_data import SKIP_REASON, shared_data
from tools.real_data import convert

ORDERS_UCI = """\
invoice_no,line_no,stock_code,description,quantity,invoice_time,unit_price_gbp,customer_id,country,line_type
536365,1,85123a,WHITE HANGING HEART,6,2010-12-01T08:26:00,2.55,17850,United Kingdom,SALE
536365,2,71053,,6,2010-12-01T08:27:00,3.39,17850,United Kingdom,SALE
C536379,1,D,Discount,-1,2010-12-01T09:41:00,27.50,14527,United Kingdom,CANCELLATION
536370,1,71053,WHITE METAL LANTERN,2,2010-12-01T08:45:00,3.39,,France,SALE
"""
CATALOGUE = "gtin14,name\n02900000000018,Made-up tea\n"
PACKED = """\
order_ref,quantity,item_ref,width_mm,length_mm,depth_mm,weight_g
o1,1,a,230,330,6,320
o1,1,b,10,10,10,0
o2,1,a,230,330,6,320
"""
BOXES = """\
reference,outer_width,outer_length,outer_depth,empty_weight_g,inner_width,inner_length,inner_depth,max_weight_g
Option 1,230,300,240,160,230,300,240,15000
"""


@pytest.fixture
def miniature(tmp_path: Path) -> Path:
    for name, text in (
        ("b_orders_uci.csv.gz", ORDERS_UCI),
        ("a_catalogue_off.csv.gz", CATALOGUE),
        ("c_packing_items.csv.gz", PACKED),
    ):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    (tmp_path / "c_packing_boxes.csv").write_text(BOXES)
    return tmp_path


def test_sales_become_orders_and_the_rest_stays_out(miniature: Path, tmp_path: Path) -> None:
    written = convert(miniature, tmp_path / "out")

    orders = read_orders(io.BytesIO((tmp_path / "out" / "orders.csv").read_bytes())).rows
    items = read_items(io.BytesIO((tmp_path / "out" / "items.csv").read_bytes())).rows
    assert written["orders.csv"] == 3
    assert [(order.order, len(order.lines)) for order in orders] == [
        ("UCI-536365", 2),
        ("UCI-536370", 1),
    ]
    assert orders[0].ship_before == "2010-12-01T08:26"
    assert orders[1].ship_to == ("Customer without number", "France")
    assert [(item.sku, item.name, len(item.packs)) for item in items] == [
        ("85123A", "WHITE HANGING HEART", 1),
        ("71053", "WHITE METAL LANTERN", 0),
    ]
    assert {item.weight_mg for item in items} == {320_000}
    assert "CC BY 4.0" in (tmp_path / "out" / "ATTRIBUTION.txt").read_text()


@pytest.mark.slow
def test_a_year_of_real_orders_goes_in_without_a_problem(tmp_path: Path) -> None:
    data = shared_data()
    if data is None:
        pytest.skip(SKIP_REASON)
    written = convert(data, tmp_path)

    def opened(name: str) -> io.BytesIO:
        return io.BytesIO((tmp_path / name).read_bytes())

    items, orders = read_items(opened("items.csv")), read_orders(opened("orders.csv"))
    stock, bins = read_stock(opened("stock.csv")), read_locations(opened("locations.csv"))
    boxes = read_boxes(opened("boxes.csv"))

    for result in (items.problems, orders.problems, stock.problems, bins.problems, boxes.problems):
        assert result == ()
    assert sum(len(order.lines) for order in orders.rows) == written["orders.csv"] > 300_000
    assert {line.sku for order in orders.rows for line in order.lines} == {
        item.sku for item in items.rows
    }


def test_real_names_and_barcodes_arrive_letter_by_letter() -> None:
    data = shared_data()
    if data is None:
        pytest.skip(SKIP_REASON)
    with gzip.open(data / "a_catalogue_off.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [(row["gtin14"], row["gtin_printed"], row["name"]) for row in csv.DictReader(file)]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["sku", "name", "gtin"])
    writer.writerows((f"OFF-{gtin14}", name[:200], printed) for gtin14, printed, name in rows)

    result = read_items(io.BytesIO(out.getvalue().encode()))

    assert [problem for problem in result.problems if problem.column != "name"] == []
    assert len(result.rows) > 9_800
    names = {item.packs[0].gtin14: item.name for item in result.rows}
    sent = {gtin14: name[:200].strip() for gtin14, _, name in rows if gtin14 in names}
    assert names == sent
