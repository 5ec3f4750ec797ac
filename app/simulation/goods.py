"""What the simulated sites handle: a few items, people, places and boxes, and orders drawn anew."""

from dataclasses import dataclass
from random import Random

from app.contract.messages import (
    BoxRow,
    ItemRow,
    LocationRow,
    OrderedLine,
    OrderRow,
    Pack,
)
from app.domain.policy import AdjustLimit, ApproveLimit, Policy
from app.ledger.imports import StockLine

SITE = "HAM"
# The other end of transfers: people and goods, no orders.
OTHER_SITE = "LEJ"
SITES = (SITE, OTHER_SITE)
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
# What no order asks for here, but comes in, is moved and is counted.
GRINDER, OAT_BAR = "SKU-30551", "SKU-40210"
TRACKED = (
    ItemRow(GRINDER, "Coffee grinder", packs=(Pack("02900000000063", 1),), tracking="serial"),
    ItemRow(
        OAT_BAR,
        "Oat bar, honey",
        packs=(Pack("02900000000070", 1),),
        tracking="lot",
        shelf_days=180,
    ),
)
EVERY = (*ITEMS, *TRACKED)
# What is printed on the cartons of each lot.
EXPIRIES = {"L-0611": "2027-03-31", "L-0612": "2027-05-15"}
WRONG_EXPIRY = "2027-01-31"
# Barcode -> item and base units: the people's own knowledge, not read from any book.
UNITS = {pack.gtin: (item.sku, pack.units) for item in ITEMS for pack in item.packs}
EVERY_UNIT = UNITS | {pack.gtin: (item.sku, pack.units) for item in TRACKED for pack in item.packs}
CODES = {item.sku: tuple(pack.gtin for pack in item.packs) for item in EVERY}


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of the site, and what they carry in pocket and head.

    Attributes:
        person: Their account.
        name: For people.
        role: What they are here.
        badge: Its secret.
        pin: Theirs.
        employee: Who they are in the company; two accounts of one employee are one person.
    """

    person: str
    name: str
    role: str
    badge: str
    pin: str
    employee: str = ""


CLERK = Worker("p-novak", "A. Novak", "clerk", "PHB-NOVAK7C1E90A2D4F68B", "274951", "e-107")
SECOND = Worker(
    "p-novak2", "A. Novak, desk", "supervisor", "PHB-NOVAK2B83F6A1C05D9E7", "640382", "e-107"
)
OTHER = Worker("p-okafor", "B. Okafor", "clerk", "PHB-OKAFOR4D9B21E7C6A083", "918274", "e-212")
LEAD = Worker("p-lind", "C. Lind", "packer_lead", "PHB-LIND60F3A8D51B7E294C", "530617", "e-318")
LEADER = Worker("p-weber", "D. Weber", "supervisor", "PHB-WEBER1A5C79E3B8D2F046", "862095", "e-424")
# Approves at the office, never at a bench.
OFFICE = Worker("p-sato", "E. Sato", "site_manager", "PHB-SATO93E7F1B05A2C6D84", "197503", "e-530")
# Plans counts, and decides; asks no leader.
CONTROLLER = Worker(
    "p-kern", "H. Kern", "controller", "PHB-KERN3C8E51D7A0F9B246", "385174", "e-840"
)
# They work at the other site.
FAR_CLERK = Worker("p-meyer", "F. Meyer", "clerk", "PHB-MEYER5D2E90C8B71F4A36", "408215", "e-611")
FAR_LEADER = Worker(
    "p-brandt", "G. Brandt", "supervisor", "PHB-BRANDT7F3A16D5C0E9B284", "731946", "e-722"
)
# Lets in what was held there, and works at no bench.
FAR_CHIEF = Worker(
    "p-haas", "I. Haas", "site_manager", "PHB-HAAS2E7B90F4C1D8A635", "620974", "e-951"
)
FAR = (FAR_CLERK, FAR_LEADER)
WORKERS = (CLERK, SECOND, OTHER, LEAD, LEADER, OFFICE, CONTROLLER, *FAR, FAR_CHIEF)
# Who packs; the leader comes to a bench when somebody needs a second person.
PACKERS = (CLERK, OTHER, LEAD)
# Who signs in at a bench of each site.
PEOPLE = {SITE: PACKERS, OTHER_SITE: FAR}
# Who lets in what a revoked station recorded.
RELEASES = {SITE: OFFICE, OTHER_SITE: FAR_CHIEF}
PINS = {worker.person: worker.pin for worker in WORKERS}
ROLES = {worker.person: worker.role for worker in WORKERS}
# Names of those who may approve at a bench.
DECIDERS = frozenset(
    one.name for one in WORKERS if one.role in {"supervisor", "controller", "site_manager"}
)
EMPLOYEES = {worker.person: worker.employee for worker in WORKERS}
# What nobody needs a second person for, and which reasons always need one.
FREE_UNITS = 2
ALWAYS_WAITS = frozenset({"found", "theft", "write_off"})
_FREE = AdjustLimit(FREE_UNITS, None, None, 3 * FREE_UNITS, None)
POLICY = Policy(
    adjust=dict.fromkeys(("clerk", "packer_lead", "supervisor"), _FREE),
    adjust_always_waits=tuple(sorted(ALWAYS_WAITS)),
    approve_offline={"supervisor": ApproveLimit(quantity=10)},
)
BOXES = (
    BoxRow("S", "Small box", 120_000, 300, 200, 150, 5_000_000),
    BoxRow("M", "Medium box", 210_000, 400, 300, 200, 10_000_000),
)
SHELVES = ("A-04-2", "B-11-1", "A-02-5", "C-07-3")
DOCK, DESK, QUARANTINE, BENCH = "DOCK-1", "RET-1", "Q-01-1", "BENCH-3"
# Where nothing lies: what it is for may be edited, and no work changes by it.
ATTIC = "Z-01-1"
KINDS = {DOCK: "dock", DESK: "returns", QUARANTINE: "quarantine"}
# The same names at both sites: what is mixed up between them is noticed.
PLACES = tuple(
    LocationRow(site, place, KINDS.get(place, "bin"))
    for site in SITES
    for place in (*SHELVES, BENCH, ATTIC, *KINDS)
)
# Little enough that two stations offline take more than there is.
STOCK = tuple(
    StockLine(place, item.sku, quantity)
    for place, item, quantity in zip(SHELVES, ITEMS, (14, 20, 9, 4), strict=True)
)
FAR_STOCK = (StockLine(SHELVES[0], ITEMS[0].sku, 6), StockLine(SHELVES[1], ITEMS[3].sku, 5))
# A lot whose expiry everybody knows.
BARS = StockLine(SHELVES[2], OAT_BAR, 6, lot="L-0611", expiry=EXPIRIES["L-0611"])
OPENING = {SITE: (*STOCK, BARS), OTHER_SITE: (*FAR_STOCK, BARS)}
# Units of a shelf below which it is filled up, and to how many.
LOW, FULL = 3, 8
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


def site_of(worker: Worker) -> str:
    """Where somebody works."""
    return OTHER_SITE if worker in (*FAR, FAR_CHIEF) else SITE
