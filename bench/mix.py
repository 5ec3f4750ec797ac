"""What a shop's days are made of: sales, goods given back, stock lost and found, in their order.

The real days lie beside the checkout (UCI Online Retail) and are never part of it; without them the
project's own sample orders are repeated, with the shares of the real ones. Times are left out: a
ledger is measured by how much it can take, not by how fast people buy.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, groupby, islice

from app.contract.messages import ItemRow, LocationRow, OrderedLine, OrderRow
from app.domain.order import OrderState
from app.ledger.service import LedgerService
from bench.shop import DATA, open_shop

REAL = DATA / "b_orders_uci.csv.gz"
BINS = 400
DOCK, RETURNS = "DOCK", "RETURNS"
# Shares of the real days, for the twin: one line in 57 comes back, one in 176 is a correction.
BACK_EVERY, CORRECTED_EVERY = 57, 176
SAMPLE_ORDERS = 2_000
# Orders of one call of the import, as a day's file has them.
PER_IMPORT = 2_000

# Number, SKU, base units.
OrderLine = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Sale:
    """An invoice of goods: becomes claim, one pack a line, seal and ship."""

    order: str
    lines: tuple[OrderLine, ...]

    def row(self) -> OrderRow:
        """The order as an import brings it."""
        return OrderRow(
            order=self.order,
            version=0,
            state=OrderState.RELEASED.value,
            policy="quantity",
            priority=0,
            ship_before="",
            carrier="DPD Classic",
            ship_to=("Customer", "United Kingdom"),
            note="",
            lines=tuple(OrderedLine(*line) for line in self.lines),
        )


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A cancelled invoice: its goods come back from the customer."""

    document: str
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """Thrown away, broken, counted (negative), or found (positive)."""

    item: str
    quantity: int
    reason: str


Event = Sale | GivenBack | Correction


@dataclass(frozen=True, slots=True)
class Mix:
    """Days of a shop.

    Attributes:
        source: Where they come from, for the results.
        items: Every SKU, in order of first appearance.
        events: One pass through the days.
    """

    source: str
    items: tuple[str, ...]
    events: tuple[Event, ...]

    def forever(self) -> Iterator[Event]:
        """Pass after pass; later ones have order numbers of their own."""
        for turn in count():
            yield from (_renamed(event, turn) for event in self.events) if turn else self.events

    def home(self, sku: str) -> str:
        """The bin an item is kept in."""
        return _homes(self.items)[sku]

    def stock_master(self, service: LedgerService, site: str) -> None:
        """Bring items and places into a site of a ledger; the goods are received, not imported."""
        service.imports.items([ItemRow(sku, f"Article {sku}") for sku in self.items])
        rows = [
            LocationRow(site, place, "bin") for place in sorted(set(_homes(self.items).values()))
        ]
        rows += [LocationRow(site, DOCK, "dock"), LocationRow(site, RETURNS, "quarantine")]
        service.imports.locations(rows)


def import_orders(service: LedgerService, site: str, events: Iterator[Event] | list[Event]) -> int:
    """Bring the orders of some events into a site; how many there were."""
    rows = iter([event.row() for event in events if isinstance(event, Sale)])
    done = 0
    while part := list(islice(rows, PER_IMPORT)):
        service.imports.orders(site, part)
        done += len(part)
    return done


@cache
def open_mix(most: int | None = None) -> Mix:
    """The real days where they lie beside the checkout, else their twin; at most so many events."""
    source, events = (
        ("UCI Online Retail", tuple(islice(_real(), most)))
        if REAL.is_file()
        else ("sample set, repeated", tuple(islice(_twin(), most)))
    )
    items: dict[str, None] = {}
    for event in events:
        if isinstance(event, Correction):
            items.setdefault(event.item)
        else:
            items.update((sku, None) for _, sku, _ in event.lines)
    return Mix(source, tuple(items), events)


@cache
def _homes(items: tuple[str, ...]) -> dict[str, str]:
    return {
        sku: f"R{number % BINS // 20 + 1:02d}-{number % 20 + 1:02d}"
        for number, sku in enumerate(items)
    }


def _real() -> Iterator[Event]:
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as file:
        for invoice, rows in groupby(csv.DictReader(file), lambda row: row["invoice_no"]):
            yield from _events(invoice, list(rows))


def _events(invoice: str, rows: list[dict[str, str]]) -> Iterator[Event]:
    sold, back = [], []
    for row in rows:
        sku, quantity = row["stock_code"].upper(), int(row["quantity"])
        match row["line_type"]:
            case "SALE" | "FREE_GOODS" if quantity > 0:
                sold.append((sku, quantity))
            case "CANCELLATION" if quantity < 0:
                back.append((sku, -quantity))
            case "ADJUST_OUT" if quantity < 0:
                yield Correction(sku, quantity, "damaged")
            case "ADJUST_IN_OR_NOTE" if quantity > 0:
                yield Correction(sku, quantity, "found")
            case _:  # postage, fees, debts, notes: nothing that lies on a shelf
                pass
    if sold:
        yield Sale(f"UCI-{invoice}", tuple((n, *line) for n, line in enumerate(sold, 1)))
    if back:
        yield GivenBack(f"UCI-{invoice}", tuple((n, *line) for n, line in enumerate(back, 1)))


def _twin() -> Iterator[Event]:
    seen = 0
    for order in open_shop(SAMPLE_ORDERS).orders:
        lines = tuple((line.line, line.item, line.quantity) for line in order.lines)
        yield Sale(order.order, lines)
        for _, sku, quantity in lines:
            seen += 1
            if seen % BACK_EVERY == 0:
                yield GivenBack(f"C-{order.order}", ((1, sku, quantity),))
            if seen % CORRECTED_EVERY == 0:
                yield Correction(sku, -quantity if seen % 2 else quantity, "counted")


def _renamed(event: Event, turn: int) -> Event:
    match event:
        case Sale(order, lines):
            return Sale(f"{order}-{turn}", lines)
        case GivenBack(document, lines):
            return GivenBack(f"{document}-{turn}", lines)
        case Correction():
            return event
