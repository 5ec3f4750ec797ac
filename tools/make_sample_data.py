"""Make `resources/sample/`: the same files from the same seed, on every machine.

    python -m tools.make_sample_data            write them
    python -m tools.make_sample_data --check    say whether they are what this program makes

All of it is invented. Barcodes are restricted circulation numbers (29…), badges and PINs are demo
secrets that stand in the file for everyone to read, and no other installation ever accepts them.
"""

import argparse
import csv
import io
import random
import sys
from pathlib import Path

from app.domain.gtin import check_digit
from app.paths import resources_dir
from tools.sample_catalogue import (
    ADDRESSES,
    CARRIERS,
    FAMILIES,
    FIRST_NAMES,
    LAST_NAMES,
    NOTES,
    Family,
)

SEED = 20260316
# Monday of the sample; the demonstration moves it to the day it is played on.
DAY = "2026-03-16"
CUT_OFFS = ("11:30", "14:00", "16:30", "18:00")
ORDERS, FIRST_ORDER = 60, 48201
BINS = tuple(
    f"{aisle}-{rack:02d}-{level}" for aisle in "AB" for rack in range(1, 6) for level in "123"
)
Row = dict[str, object]


def files() -> dict[str, bytes]:
    """Every file of the sample by its name."""
    chance = random.Random(SEED)
    items = [row for number, family in enumerate(FAMILIES) for row in _family(number, family)]
    for number, item in enumerate(items):
        item["home"] = BINS[number * len(BINS) // len(items)]
    stock = [row for item in items for row in _stock(item, chance)]
    tables = {
        "items.csv": items,
        "locations.csv": _locations(),
        "stock.csv": stock,
        "orders.csv": _orders(items, stock, chance),
        "inbound.csv": _inbound(items, chance),
        "boxes.csv": _boxes(),
        "users.csv": _users(),
    }
    return {name: _csv(rows) for name, rows in tables.items()}


def _family(number: int, family: Family) -> list[Row]:
    rows: list[Row] = []
    for place, (code, words, per_cent) in enumerate(family.variants):
        article = number * 10 + place + 1
        grams = family.grams * per_cent // 100
        # Sides grow with the cube root of the weight, near enough for choosing a box.
        longer = 100 + (per_cent - 100) // 3
        length, width, height = sorted((side * longer // 100 for side in family.size), reverse=True)
        carton = f"{_gtin(article, '1')}*{family.carton}" if family.carton else ""
        rows.append(
            {
                "sku": f"{family.code}-{code}" if code else family.code,
                "name": f"{family.name}, {words}" if words else family.name,
                "unit": "each",
                "gtin": _gtin(article),
                "packs": carton,
                "weight_g": grams,
                "spread_g": max(1, grams // 100),
                "length_mm": length,
                "width_mm": width,
                "height_mm": height,
                "lot": "yes" if "lot" in family.tracking else "no",
                "serial": "yes" if "serial" in family.tracking else "no",
                "expiry": "yes" if "expiry" in family.tracking else "no",
                "home": "",
            }
        )
    return rows


def _gtin(article: int, indicator: str = "") -> str:
    """GTIN-13 of an article, or the GTIN-14 of its carton."""
    body = f"{indicator}290000{article:06d}"
    return f"{body}{check_digit(body)}"


def _locations() -> list[Row]:
    named = [
        ("DOCK-1", "dock", "Inbound dock 1"),
        ("DOCK-2", "dock", "Inbound dock 2"),
        ("RET-A", "returns", "Returns desk A"),
        ("RET-B", "returns", "Returns desk B"),
        ("QUAR-1", "quarantine", "Quarantine cage"),
        ("BENCH-1", "bench", "Packing bench 1"),
        ("BENCH-2", "bench", "Packing bench 2"),
        ("BENCH-3", "bench", "Packing bench 3"),
        ("STAGE-1", "staging", "Collected by carriers"),
        ("BULK-1", "bin", "Bulk storage"),
    ]
    named += [(code, "bin", f"Aisle {code[0]}, rack {code[2:4]}, level {code[5]}") for code in BINS]
    return [{"location": code, "kind": kind, "name": name} for code, kind, name in named]


def _stock(item: Row, chance: random.Random) -> list[Row]:
    row: Row = {
        "location": item["home"],
        "sku": item["sku"],
        "quantity": chance.randrange(12, 120),
        "lot": "",
        "serial": "",
        "expiry": "",
        "condition": "good",
    }
    if item["serial"] == "yes":
        letters = "".join(part[0] for part in str(item["sku"]).split("-"))
        first = chance.randrange(10_000, 80_000)
        return [row | {"quantity": 1, "serial": f"{letters}{first + n}"} for n in range(6)]
    if item["lot"] == "yes":
        lots = [f"L26{chance.randrange(1, 60):03d}{half}" for half in "AB"]
        dates = (f"2026-{chance.randrange(5, 9):02d}-30", f"2027-{chance.randrange(1, 12):02d}-28")
        return [
            row
            | {"quantity": chance.randrange(8, 50), "lot": lot}
            | {"expiry": date if item["expiry"] == "yes" else ""}
            for lot, date in zip(lots, dates, strict=True)
        ]
    rows = [row]
    if chance.random() < 0.12:
        rows.append(row | {"location": "BULK-1", "quantity": chance.randrange(24, 240, 12)})
    if chance.random() < 0.04:
        rows.append(
            row | {"location": "QUAR-1", "quantity": chance.randrange(1, 4), "condition": "hold"}
        )
    if chance.random() < 0.04:
        damaged = {"location": "RET-A", "quantity": chance.randrange(1, 3), "condition": "damaged"}
        rows.append(row | damaged)
    return rows


def _orders(items: list[Row], stock: list[Row], chance: random.Random) -> list[Row]:
    """Orders that the stock can fill: the exceptions of a day are played, not stored."""
    left: dict[object, int] = {}
    for row in stock:
        if row["condition"] == "good":
            left[row["sku"]] = left.get(row["sku"], 0) + int(str(row["quantity"]))
    rows: list[Row] = []
    for number in range(FIRST_ORDER, FIRST_ORDER + ORDERS):
        wholesale = chance.random() < 0.1
        lines = min(8, 1 + int(chance.expovariate(0.3)))
        chosen = chance.sample(items, lines)
        head = _order_head(number, wholesale, chance)
        for line, item in enumerate(chosen, 1):
            most = min(36 if wholesale else 3, max(1, left[item["sku"]] // 4))
            quantity = chance.randrange(1, most + 1)
            left[item["sku"]] -= quantity
            # What belongs to the order stands in its first line only, as people write it.
            shared = head if line == 1 else dict.fromkeys(head, "")
            fixed = {"order": f"ORD-{number}", "line": line, "sku": item["sku"]}
            rows.append(fixed | {"quantity": quantity} | shared)
    return rows


def _order_head(number: int, wholesale: bool, chance: random.Random) -> Row:
    street, town, country = chance.choice(ADDRESSES)
    name = f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"
    firm = [f"{name.rsplit(maxsplit=1)[-1]} Home Stores"] if wholesale else []
    address = [*firm, name, street.format(n=chance.randrange(1, 90)), town, country]
    cut_off = CUT_OFFS[(number - FIRST_ORDER) * len(CUT_OFFS) // ORDERS]
    lines = {f"ship_to_{place}": line for place, line in enumerate([*address, "", ""][:6], 1)}
    return {
        "priority": 2 if chance.random() < 0.1 else 5,
        "ship_before": f"{DAY}T{cut_off}",
        "carrier": chance.choice(CARRIERS[country]),
        **lines,
        "policy": "quantity" if wholesale else "each",
        "note": chance.choice(NOTES) if chance.random() < 0.2 else "",
    }


def _inbound(items: list[Row], chance: random.Random) -> list[Row]:
    suppliers = ("Holzwerk Tiefenau", "Weavers of Nantmor", "Cerâmica do Vouga", "Teekontor Ahoi")
    rows: list[Row] = []
    for number, supplier in enumerate(suppliers, 7011):
        for line, item in enumerate(chance.sample(items, 5), 1):
            rows.append(
                {
                    "inbound": f"ASN-{number}",
                    "supplier": supplier,
                    "line": line,
                    "sku": item["sku"],
                    "quantity": 6 if item["serial"] == "yes" else chance.randrange(12, 97, 12),
                    "lot": "L26075A" if item["lot"] == "yes" else "",
                    "expiry": "2027-09-30" if item["expiry"] == "yes" else "",
                    "expected": DAY,
                }
            )
    return rows


def _boxes() -> list[Row]:
    boxes = (
        ("1", "Mailer", 48, 320, 230, 50, 2_000),
        ("2", "Small box", 145, 300, 220, 150, 5_000),
        ("3", "Medium box", 290, 400, 300, 250, 12_000),
        ("4", "Large box", 520, 600, 400, 350, 25_000),
        ("5", "Bottle box", 210, 330, 180, 340, 10_000),
    )
    names = ("box", "name", "tare_g", "length_mm", "width_mm", "height_mm", "max_weight_g")
    return [dict(zip(names, box, strict=True)) for box in boxes]


def _users() -> list[Row]:
    """People of the demonstration; their secrets stand here on purpose and protect nothing."""
    users = (
        ("ines", "Ines Marchetti", "clerk", "PHB-DEMO-INES-4Q7X2M9K", "481516"),
        ("otis", "Otis Fairweather", "clerk", "PHB-DEMO-OTIS-8W3B5T1N", "274093"),
        ("maren", "Maren Lindqvist", "clerk", "PHB-DEMO-MAREN-2C6V9H5D", "639158"),
        ("greta", "Greta Hollerbusch", "supervisor", "PHB-DEMO-GRETA-7F1L8R4S", "905317"),
        ("fergus", "Fergus Wetherby", "supervisor", "PHB-DEMO-FERGUS-3J9P6Z2A", "718204"),
        ("paloma", "Paloma Achterberg", "controller", "PHB-DEMO-PALOMA-5Y8E1G7U", "356921"),
    )
    names = ("user", "name", "role", "badge", "pin")
    return [dict(zip(names, user, strict=True)) for user in users]


def _csv(rows: list[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or with `--check` compare them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    folder: Path = resources_dir() / "sample"
    wanted = files()
    if parser.parse_args(arguments).check:
        differing = [
            name
            for name, data in wanted.items()
            if not (folder / name).is_file() or (folder / name).read_bytes() != data
        ]
        for name in differing:
            print(f"{name} differs. Run: python -m tools.make_sample_data")
        return 1 if differing else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in wanted.items():
        (folder / name).write_bytes(data)
        rows = data.count(b"\n") - 1
        print(f"{folder / name}: {rows} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
