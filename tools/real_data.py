"""Turn the real data beside the checkout into our import files, for tests, benches and trials.

    python -m tools.real_data FOLDER [--orders N]

**What is real and what is convention.** Orders, lines, quantities, times and names of articles are
those of a real shop (UCI Online Retail). Barcodes are real GTINs of another catalogue (Open Food
Facts), weights and sides those of real packing lines (BoxPacker): the n-th article by first
appearance gets the n-th GTIN and the n-th weight. That link is made here and nowhere else; it says
nothing about the articles. Addresses are not in the data: the recipient is the customer's number
and country. Nothing of it may be committed; `ATTRIBUTION.txt` goes with every folder written.
"""

import argparse
import csv
import gzip
import io
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

ATTRIBUTION = """\
Orders: Chen, D. (2015). Online Retail [Dataset]. UCI Machine Learning Repository.
https://doi.org/10.24432/C5BW33, CC BY 4.0. Changed: sale lines only, in the form of an import file.

Barcodes: contains information from Open Food Facts (https://openfoodfacts.org), made available
under the Open Database License (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/.
Via Lifyzer Database. Linked to the articles of the orders by convention only.

Weights, sizes and boxes: BoxPacker, Copyright (C) 2012-2025 Doug Wright, MIT.
Linked to the articles of the orders by convention only.
"""
SALE = "SALE"
# Bins that the articles are spread over, and stock beyond what the orders take.
BINS, SPARE = 400, 10
LONGEST_NAME = 200
Row = Mapping[str, object]


@dataclass(slots=True)
class Article:
    """An article of the shop, in order of first appearance."""

    sku: str
    name: str = ""
    ordered: int = 0


@dataclass(slots=True)
class Shop:
    """What the order stream says: articles and orders."""

    articles: dict[str, Article] = field(default_factory=dict)
    orders: dict[str, list[dict[str, str]]] = field(default_factory=dict)


def convert(data: Path, folder: Path, orders: int | None = None) -> dict[str, int]:
    """Write items, locations, stock, orders and boxes as import files.

    Args:
        data: Folder with the real data.
        folder: Where to write; made if it is not there.
        orders: At most so many orders, or None for all.

    Returns:
        Rows written by file.
    """
    shop = _shop(data, orders)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ATTRIBUTION.txt").write_text(ATTRIBUTION, encoding="utf-8")
    bins = [f"R{number // 20 + 1:02d}-{number % 20 + 1:02d}" for number in range(BINS)]
    tables: dict[str, list[Row]] = {
        "items.csv": list(_items(data, shop, bins)),
        "locations.csv": [{"location": code, "kind": "bin"} for code in bins],
        "stock.csv": list(_stock(shop, bins)),
        "orders.csv": list(_orders(shop)),
        "boxes.csv": list(_boxes(data)),
    }
    for name, rows in tables.items():
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        (folder / name).write_text(out.getvalue(), encoding="utf-8")
    return {name: len(rows) for name, rows in tables.items()}


def _shop(data: Path, most: int | None) -> Shop:
    shop = Shop()
    for row in _rows(data / "b_orders_uci.csv.gz"):
        if row["line_type"] != SALE:
            continue
        invoice = row["invoice_no"]
        if invoice not in shop.orders and most is not None and len(shop.orders) >= most:
            continue
        sku = row["stock_code"].upper()
        article = shop.articles.setdefault(sku, Article(sku))
        article.name = article.name or " ".join(row["description"].split())[:LONGEST_NAME]
        article.ordered += int(row["quantity"])
        shop.orders.setdefault(invoice, []).append(row)
    return shop


def _items(data: Path, shop: Shop, bins: list[str]) -> Iterator[Row]:
    gtins = _gtins(data)
    sizes = cycle(_sizes(data))
    for number, article in enumerate(shop.articles.values()):
        size = next(sizes)
        sides = sorted(
            (int(size[side]) for side in ("width_mm", "length_mm", "depth_mm")), reverse=True
        )
        yield {
            "sku": article.sku,
            "name": article.name or f"Article {article.sku}",
            # More articles than GTINs: the rest honestly has none.
            "gtin": next(gtins, "none"),
            "weight_g": size["weight_g"],
            "spread_g": max(1, int(size["weight_g"]) // 100),
            "length_mm": sides[0],
            "width_mm": sides[1],
            "height_mm": sides[2],
            "home": bins[number % len(bins)],
        }


def _gtins(data: Path) -> Iterator[str]:
    return (row["gtin14"] for row in _rows(data / "a_catalogue_off.csv.gz"))


def _sizes(data: Path) -> list[dict[str, str]]:
    """One of each packed item, in order of appearance."""
    seen: dict[str, dict[str, str]] = {}
    for row in _rows(data / "c_packing_items.csv.gz"):
        if int(row["weight_g"]) > 0:
            seen.setdefault(row["item_ref"], row)
    return list(seen.values())


def _stock(shop: Shop, bins: list[str]) -> Iterator[Row]:
    for number, article in enumerate(shop.articles.values()):
        yield {
            "location": bins[number % len(bins)],
            "sku": article.sku,
            "quantity": article.ordered + SPARE,
        }


def _orders(shop: Shop) -> Iterator[Row]:
    for invoice, lines in shop.orders.items():
        # Some invoices were typed over a full minute: the order has the time of its first line.
        begun = lines[0]["invoice_time"]
        for number, line in enumerate(lines, 1):
            yield {
                "order": f"UCI-{invoice}",
                "line": number,
                "sku": line["stock_code"].upper(),
                "quantity": line["quantity"],
                "ship_to_1": f"Customer {line['customer_id'] or 'without number'}",
                "ship_to_2": line["country"],
                "ship_before": begun,
                "carrier": "DPD Classic",
                "policy": "quantity",
            }


def _boxes(data: Path) -> Iterator[Row]:
    with (data / "c_packing_boxes.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            yield {
                "box": number,
                "name": row["reference"],
                "tare_g": row["empty_weight_g"],
                "length_mm": row["inner_length"],
                "width_mm": row["inner_width"],
                "height_mm": row["inner_depth"],
                "max_weight_g": row["max_weight_g"],
            }


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def main(arguments: list[str] | None = None) -> int:
    """Write the files and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where to write; never inside the repository")
    parser.add_argument("--orders", type=int, help="at most so many orders")
    parser.add_argument("--data", type=Path, default=_beside(), help="folder with the real data")
    asked = parser.parse_args(arguments)
    if not (asked.data / "b_orders_uci.csv.gz").is_file():
        print(f"There is no real data in {asked.data}. Give its folder with --data.")
        return 1
    for name, rows in convert(asked.data, asked.folder, asked.orders).items():
        print(f"{asked.folder / name}: {rows} rows")
    return 0


def _beside() -> Path:
    return Path(__file__).resolve().parents[2] / "shared" / "data"


if __name__ == "__main__":
    sys.exit(main())
