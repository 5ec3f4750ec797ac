"""What reports read of the book: sets, page by page along a key, never everything at once.

Reads only. Nothing here sorts more than a page: what SQLite sorts beyond its memory lies in a file
of its own for a moment, and a book has none outside itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, Table, func, select, tuple_

from app.cache.moments import first_since
from app.cache.tables import balance, effect, item, lot, operation, person, scan, trace
from app.contract.messages import BalanceRow, Operation, operation_body
from app.domain.operation import Condition, StockKey

# Rows in memory at once.
PAGE = 1_000
_CHUNK = 500
_NAMES = StockKey._fields
_NOTHING = StockKey("", "", "", "", "")


class ItemSaid(msgspec.Struct, frozen=True):
    """What a report says of an item: its name, and what a unit costs in minor units; 0: unknown."""

    name: str
    cost: int = 0


class Recorded(NamedTuple):
    """An operation recorded here, and what became of it."""

    n: int
    seq: int
    digest: str
    operation: Operation
    transport: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which operations are read; what is empty does not limit.

    Attributes:
        item: Only those about this SKU.
        document: Only those about this document.
        person: Only this account's.
        since: From this moment on, ISO 8601 UTC.
        until: Before this moment.
    """

    item: str = ""
    document: str = ""
    person: str = ""
    since: str = ""
    until: str = ""


def stock_rows(
    connection: Connection, *, sku: str = "", place: str = "", page: int = PAGE
) -> Iterator[BalanceRow]:
    """Confirmed and pending stock by place, item, lot, serial and condition; none that is zero.

    Args:
        connection: One transaction, so that all pages are of one moment.
        sku: Only this item.
        place: Only there.
        page: Rows in memory at once.
    """
    after = _NOTHING
    while True:
        rows = connection.execute(_confirmed(after, sku, place).limit(page)).all()
        last = StockKey(*rows[-1][:5]) if len(rows) == page else None
        sums: defaultdict[StockKey, int] = defaultdict(int)
        for row in rows:
            sums[StockKey(*row[:5])] = row[5]
        for row in connection.execute(_pending(after, last, sku, place)).all():
            sums[StockKey(*row[:5])] += row[5]
        for key in sorted(sums):
            if sums[key]:
                yield BalanceRow(
                    key.location, key.item, sums[key], key.lot, key.serial, key.condition
                )
        if last is None:
            return
        after = last


def _confirmed(after: StockKey, sku: str, place: str) -> Select[*tuple[Any, ...]]:
    """Balances behind a key, in the order of the primary key: no page reads those before it."""
    columns = [balance.c[name] for name in _NAMES]
    return (
        _of(balance, columns, sku, place).where(tuple_(*columns) > tuple(after)).order_by(*columns)
    )


def _pending(
    after: StockKey, last: StockKey | None, sku: str, place: str
) -> Select[*tuple[Any, ...]]:
    """Pending effects between two keys, in no order; by the index on their place."""
    columns = [effect.c[name] for name in _NAMES]
    found = _of(effect, columns, sku, place)
    found = found.where(effect.c.location >= after.location, tuple_(*columns) > tuple(after))
    if last is None:
        return found
    return found.where(effect.c.location <= last.location, tuple_(*columns) <= tuple(last))


def _of(table: Table, columns: Sequence[Any], sku: str, place: str) -> Select[*tuple[Any, ...]]:
    found = select(*columns, table.c.quantity)
    if sku:
        found = found.where(table.c.item == sku)
    return found.where(table.c.location == place) if place else found


def operations(connection: Connection, wanted: Wanted, page: int = PAGE) -> Iterator[Recorded]:
    """Operations recorded here in the order they were recorded."""
    o = operation.c
    found = select(o.n, o.seq, o.digest, o.body, o.transport, o.outcome).order_by(o.n).limit(page)
    after = 0
    if wanted.since:
        after = first_since(connection, o.n, o.recorded_at, wanted.since) - 1
        found = found.where(o.recorded_at >= wanted.since)
    if wanted.until:
        # The day ends where the next one begins: beyond it nothing is looked at.
        end = first_since(connection, o.n, o.recorded_at, wanted.until)
        found = found.where(o.recorded_at < wanted.until, o.n < end)
    if wanted.item:
        found = found.join(trace, trace.c.n == o.n).where(trace.c.item == wanted.item)
    if wanted.document:
        found = found.where(o.about == wanted.document)
    if wanted.person:
        found = found.where(o.actor == wanted.person)
    while True:
        rows = connection.execute(found.where(o.n > after)).all()
        for n, seq, digest, body, transport, outcome in rows:
            yield Recorded(n, seq, digest, operation_body.decode(body), transport, outcome)
        if len(rows) < page:
            return
        after = rows[-1].n


def recorded(connection: Connection, ids: Collection[str]) -> dict[str, Operation]:
    """Operations recorded here by id; unknown ones are missing."""
    found: dict[str, Operation] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _CHUNK):
        part = operation.c.id.in_(wanted[start : start + _CHUNK])
        for id_, body in connection.execute(select(operation.c.id, operation.c.body).where(part)):
            found[id_] = operation_body.decode(body)
    return found


def sealed(connection: Connection, sscc: str) -> Operation | None:
    """The latest seal recorded here of a parcel; None when another station sealed it."""
    rows = connection.execute(
        select(operation.c.body)
        .where(operation.c.kind == "seal", func.instr(operation.c.body, sscc.encode()) > 0)
        .order_by(operation.c.n.desc())
    ).scalars()
    for body in rows:
        found = operation_body.decode(body)
        if found.reference is not None and found.reference.shipment == sscc:
            return found
    return None


def items_said(connection: Connection, skus: Collection[str]) -> dict[str, ItemSaid]:
    """Names and costs of items; unknown ones are missing."""
    found: dict[str, ItemSaid] = {}
    wanted = sorted(set(skus))
    for start in range(0, len(wanted), _CHUNK):
        part = item.c.sku.in_(wanted[start : start + _CHUNK])
        for sku, body in connection.execute(select(item.c.sku, item.c.body).where(part)):
            found[sku] = _item(body)
    return found


def people_said(connection: Connection) -> dict[str, str]:
    """Names of everybody who may sign in at this site, by account."""
    rows = connection.execute(select(person.c.person, person.c.name))
    return {row.person: row.name for row in rows}


class Lot(NamedTuple):
    """A lot at a place."""

    number: str
    expiry: str


def first_lots(connection: Connection, skus: Collection[str]) -> dict[tuple[str, str], Lot]:
    """The good lot that expires first, by item and place; confirmed and pending together."""
    found: dict[tuple[str, str], Lot] = {}
    wanted = sorted(set(skus))
    for start in range(0, len(wanted), _CHUNK):
        sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        expiries: dict[tuple[str, str], str] = {}
        part = wanted[start : start + _CHUNK]
        for table in (balance, effect):
            rows = connection.execute(
                select(table.c.item, table.c.location, table.c.lot, table.c.quantity).where(
                    table.c.item.in_(part),
                    table.c.lot != "",
                    table.c.condition == Condition.GOOD.value,
                )
            )
            for sku, place, number, quantity in rows:
                sums[sku, place, number] += quantity
        for sku, number, expiry in connection.execute(
            select(lot.c.item, lot.c.lot, lot.c.expiry).where(lot.c.item.in_(part))
        ):
            expiries[sku, number] = expiry
        there = sorted(
            # A lot without a date comes last.
            (expiries.get((sku, number)) or "9999", number, sku, place)
            for (sku, place, number), quantity in sums.items()
            if quantity > 0
        )
        for _, number, sku, place in there:
            found.setdefault((sku, place), Lot(number, expiries.get((sku, number), "")))
    return found


def scan_fates(connection: Connection, since: str, until: str) -> dict[str, int]:
    """How many scans of a time had which fate."""
    rows = connection.execute(
        select(scan.c.fate, func.count())
        .where(
            scan.c.id >= first_since(connection, scan.c.id, scan.c.at, since),
            scan.c.at >= since,
            scan.c.at < until,
        )
        .group_by(scan.c.fate)
    )
    return {row.fate: int(row[1]) for row in rows}


_item = msgspec.json.Decoder(ItemSaid).decode
