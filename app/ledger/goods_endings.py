"""Which causes about lots and serials are gone at every site, wherever they ended.

A lot is released and a unit found at one site; the exception may be open at another.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain.operation import is_virtual
from app.ledger.database import Database
from app.ledger.rules.lots import GOOD
from app.ledger.tables import balance, lot


def of_lots(database: Database, connection: Connection, causes: Iterable[str]) -> set[str]:
    """Causes about lots that are good again."""
    named = _named(causes)
    rows = connection.execute(
        sa.select(lot.c.item, lot.c.lot).where(
            lot.c.state == GOOD,
            database.in_set(lot.c.item, sorted({item for item, _ in named.values()})),
        )
    )
    good = {(row.item, row.lot) for row in rows}
    return {cause for cause, name in named.items() if name in good}


def of_serials(database: Database, connection: Connection, causes: Iterable[str]) -> set[str]:
    """Causes about serials that are in one place again, or in none."""
    named = _named(causes)
    b = balance.c
    rows = connection.execute(
        sa.select(b.item, b.serial, b.location, b.quantity).where(
            b.serial != "",
            b.quantity > 0,
            database.in_set(b.item, sorted({item for item, _ in named.values()})),
            database.in_set(b.serial, sorted({serial for _, serial in named.values()})),
        )
    )
    units: dict[tuple[str, str], int] = {}
    for item, serial, location, quantity in rows:
        if not is_virtual(location):
            units[item, serial] = units.get((item, serial), 0) + quantity
    return {cause for cause, name in named.items() if units.get(name, 0) <= 1}


def _named(causes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Item and lot, or item and serial, of each cause."""
    parts = {cause: cause.split("\n") for cause in causes}
    return {cause: (part[1], part[2]) for cause, part in parts.items()}
