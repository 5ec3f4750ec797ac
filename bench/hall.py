"""A large hall: a hundred thousand items, an order of five thousand lines, a clerk."""

from itertools import islice

import msgspec

from app.contract.messages import ItemRow, LocationRow, OrderedLine, OrderRow, Pack
from app.domain.gtin import check_digit
from app.domain.order import OrderState
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from bench.shop import open_shop

SITE = "HAM"
BADGE = "PHB-bench-0123456789"
PIN = "246810"
LONG_ORDER = "ORD-5000"
PLACES = 400


def sku(number: int) -> str:
    """The n-th item."""
    return f"SKU-{number:06d}"


def gtin13(number: int) -> str:
    """The barcode of the n-th item, in the range for use inside a company."""
    body = f"29{number:010d}"
    return f"{body}{check_digit(body)}"


def places() -> list[str]:
    """Every shelf."""
    return [f"R{n // 20 + 1:02d}-{n % 20 + 1:02d}" for n in range(PLACES)]


def home(number: int) -> str:
    """The shelf of the n-th item, where each has one."""
    return places()[number % PLACES]


def fill(service: LedgerService, *, items: int, balances: int, lines: int, each: int = 1) -> None:
    """Set a ledger up.

    Args:
        service: A new ledger.
        items: How many items; names are those of the shop.
        balances: How many places of items hold stock.
        lines: Lines of the one long order.
        each: Units of each of its lines.
    """
    service.add_site(SITE, company_prefix="4012345")
    names = [item.name for item in open_shop(200).items]
    service.imports.items(
        [
            ItemRow(
                sku(n),
                names[n % len(names)],
                packs=(Pack(f"0{gtin13(n)}", 1),),
                weight_mg=100_000 + n % 1000 * 1_000,
            )
            for n in range(items)
        ]
    )
    shelves = places()
    service.imports.locations([LocationRow(SITE, place, "bin") for place in shelves])
    stock = (
        StockLine(shelves[(n + turn * 7) % PLACES], sku(n), 50 + each)
        for turn in range(balances // items + 1)
        for n in range(items)
    )
    service.imports.stock(SITE, list(islice(stock, balances)))
    service.people.add(SITE, "p-bench", "B. Bench", "clerk", (BADGE, PIN))
    if lines:
        service.imports.orders(SITE, [order(LONG_ORDER, lines, each)])


def order(number: str, lines: int, each: int = 1, first: int = 0) -> OrderRow:
    """An order for so many items."""
    plain = msgspec.structs.replace(
        open_shop(200).orders[0], order=number, state=OrderState.RELEASED.value, policy="each"
    )
    ordered = tuple(OrderedLine(n + 1, sku(first + n), each) for n in range(lines))
    return msgspec.structs.replace(plain, lines=ordered)
