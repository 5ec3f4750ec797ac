"""What the simulated site handles: a few items, people, places and boxes, and orders drawn anew."""

from random import Random

from app.contract.messages import (
    BoxRow,
    ItemRow,
    LocationRow,
    OrderedLine,
    OrderRow,
    Pack,
    PersonRow,
)
from app.domain.secrets import badge_hash
from app.ledger.imports import StockLine

SITE = "HAM"
UNKNOWN_CODE = "02900000000094"
ITEMS = (
    ItemRow("SKU-10221", "Enamel mug, blue", packs=(Pack("02900000000018", 1),), weight_mg=310_000),
    ItemRow(
        "SKU-10987",
        "Bamboo tray, large",
        packs=(Pack("02900000000025", 1), Pack("02900000000032", 6)),
        weight_mg=820_000,
        spread_mg=4_000,
    ),
    ItemRow("SKU-11450", "Tea towel", packs=(Pack("02900000000049", 1),), weight_mg=95_000),
    ItemRow("SKU-20444", "Bamboo tray", packs=(Pack("02900000000056", 1),), weight_mg=430_000),
)
# Barcode -> item and base units: the people's own knowledge, not read from any book.
UNITS = {pack.gtin: (item.sku, pack.units) for item in ITEMS for pack in item.packs}
CODES = {item.sku: tuple(pack.gtin for pack in item.packs) for item in ITEMS}
BADGES = ("PHB-novak-1234567890", "PHB-okafor-0987654321", "PHB-lind-5555555555")
_NAMES = (("p-novak", "A. Novak"), ("p-okafor", "B. Okafor"), ("p-lind", "C. Lind"))
PEOPLE = tuple(
    PersonRow(
        person,
        name,
        "packer_lead" if person == "p-lind" else "clerk",
        SITE,
        badge_hash(badge),
    )
    for (person, name), badge in zip(_NAMES, BADGES, strict=True)
)
BOXES = (
    BoxRow("S", "Small box", 120_000, 300, 200, 150, 5_000_000),
    BoxRow("M", "Medium box", 210_000, 400, 300, 200, 10_000_000),
)
SHELVES = ("A-04-2", "B-11-1", "A-02-5", "C-07-3")
PLACES = tuple(LocationRow(SITE, place, "bin") for place in (*SHELVES, "BENCH-3", "Q-01-1"))
# Little enough that two stations offline take more than there is.
STOCK = tuple(
    StockLine(place, item.sku, quantity)
    for place, item, quantity in zip(SHELVES, ITEMS, (14, 20, 9, 4), strict=True)
)
CARRIERS = ("DPD Classic", "DHL Paket")


def draw_order(chance: Random, number: int) -> OrderRow:
    """A released order of one to three lines."""
    picked = chance.sample(ITEMS, chance.choice((1, 2, 2, 3)))
    return OrderRow(
        order=f"ORD-{48_000 + number}",
        version=1,
        state="released",
        policy=chance.choice(("each", "each", "quantity")),
        priority=chance.choice((1, 5, 5, 9)),
        ship_before="2026-11-23T14:00:00",
        carrier=chance.choice(CARRIERS),
        ship_to=("Jonna Berg", "Sandweg 4", "24103 Kiel", "DE"),
        note="",
        lines=tuple(
            OrderedLine(line, item.sku, chance.choice((1, 1, 2, 3)))
            for line, item in enumerate(picked, 1)
        ),
    )
