"""Master data as people and other systems change it: checked, versioned, never overwritten unseen.

Items, locations and parties; people and boxes take the same way without rules of their own. Many
at once for imports, one at a time with the expected version for editors. The company-wide feed
(`masterlog`) tells stations; the change log tells who did it and why.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import ItemRow, LocationRow, MasterBody, PartyRow
from app.errors import Refusal
from app.ledger import changelog, masterlog
from app.ledger.changelog import Editor
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.locks import lock_master
from app.ledger.mappings import barcodes_elsewhere, follow_barcodes
from app.ledger.masterrules import CHECKS, FIRST, Rules
from app.ledger.names import Names
from app.ledger.tables import item, location, site, thing

R = TypeVar("R", ItemRow, LocationRow, PartyRow, Rules)

RULES = "rules"

# What an item becomes when a row comes over it.
Over = Callable[[ItemRow, ItemRow], ItemRow]


def replaced(_known: ItemRow, wanted: ItemRow) -> ItemRow:
    """The row, whole."""
    return wanted


@dataclass(frozen=True, slots=True)
class Stored(Generic[R]):
    """A row and where it stands."""

    row: R
    version: int
    release: str


@dataclass(frozen=True, slots=True)
class Flawed:
    """A row that breaks a rule: its place among those handed in, the column, what to do."""

    index: int
    column: str
    sentence: str


class MasterData:
    """Reads and writes master data.

    Args:
        database: The ledger's.
        clock: Dates changes.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._names = Names.of(database)

    # ------------------------------------------------------------------ many, for imports

    def flaws(self, rows: Sequence[Any]) -> list[Flawed]:
        """What rows break, before anything is written; barcodes of items are looked up."""
        with self._database.read() as connection:
            found = _flaws(self._rules(connection), rows)
            items = [row for row in rows if isinstance(row, ItemRow)]
            if any(row.packs for row in items):
                found += _taken(self._database, connection, rows, items)
        return sorted(found, key=lambda flaw: flaw.index)

    def put_items(
        self, connection: Connection, rows: Sequence[ItemRow], by: Editor, over: Over = replaced
    ) -> int:
        """Write items, or new versions of those that differ; returns how many.

        Raises:
            Refusal: `barcode_exists`; the caller's transaction must not be committed.
        """
        lock_master(connection)
        before = self._items(connection, [row.sku for row in rows])
        changes: list[tuple[ItemRow | None, ItemRow]] = []
        for row in {row.sku: row for row in rows}.values():
            known = before.get(row.sku)
            version = known.version if known else 0
            wanted = over(known, row) if known else row
            if known != msgspec.structs.replace(wanted, version=version):
                changes.append((known, msgspec.structs.replace(wanted, version=version + 1)))
        fresh = [after for _, after in changes]
        _refuse_taken(self._database, connection, fresh)
        now = stamp(self._clock.now())
        bodies = self._tell(
            connection, "item", [(after.sku, known, after) for known, after in changes], by, now
        )
        self._database.upsert(
            connection,
            item,
            [(row.sku, row.version, raw) for row, raw in zip(fresh, bodies, strict=True)],
        )
        follow_barcodes(self._database, connection, changes, by, now)
        return len(fresh)

    def put_locations(
        self, connection: Connection, rows: Sequence[tuple[int, LocationRow]], by: Editor
    ) -> int:
        """Write locations, each with its site's number; returns how many differ."""
        lock_master(connection)
        names = sorted({row.location for _, row in rows})
        found = connection.execute(
            sa.select(location.c.site_n, location.c.location, location.c.kind).where(
                self._database.in_set(location.c.location, names)
            )
        )
        known = {(row.site_n, row.location): row.kind for row in found}
        fresh = [(n, row) for n, row in rows if known.get((n, row.location)) != row.kind]
        changes = []
        for n, row in fresh:
            kind = known.get((n, row.location))
            before = msgspec.structs.replace(row, kind=kind) if kind is not None else None
            changes.append((f"{row.site}/{row.location}", before, row))
        self._tell(connection, "location", changes, by, stamp(self._clock.now()))
        self._database.upsert(
            connection, location, [(n, row.location, row.kind) for n, row in fresh]
        )
        return len(fresh)

    def put_things(
        self,
        connection: Connection,
        kind: str,
        rows: Mapping[str, Any],
        by: Editor,
    ) -> int:
        """Write people, boxes, parties or rules by name; returns how many differ."""
        if kind == "person":
            rows = {name: self._names.seal(row) for name, row in rows.items()}
        lock_master(connection)
        t = thing.c
        found = connection.execute(
            sa.select(t.name, t.body).where(
                t.kind == kind, self._database.in_set(t.name, sorted(rows))
            )
        )
        known = {row.name: row.body for row in found}
        changes = []
        for name, row in rows.items():
            before = known.get(name)
            if before is None or before != msgspec.json.encode(row):
                old = msgspec.json.decode(before, type=type(row)) if before is not None else None
                changes.append((name, old, row))
        now = stamp(self._clock.now())
        if kind == RULES:
            changelog.record(self._database, connection, kind, changes, by, now)
            bodies = [msgspec.json.encode(row) for _, _, row in changes]
        else:
            bodies = self._tell(connection, kind, changes, by, now)
        self._database.upsert(
            connection,
            thing,
            [(kind, name, raw) for (name, _, _), raw in zip(changes, bodies, strict=True)],
        )
        return len(changes)

    # ------------------------------------------------------------------ one, for editors

    def item(self, sku: str) -> Stored[ItemRow]:
        """An item.

        Raises:
            Refusal: `unknown_item`.
        """
        with self._database.read() as connection:
            found = self._items(connection, [sku]).get(sku)
            stood = self._standing(connection, "item", sku)
        if found is None:
            raise Refusal("unknown_item", f"There is no item {sku}.")
        return Stored(found, found.version, stood.release or FIRST)

    def edit_item(self, row: ItemRow, by: Editor, expected: int) -> Stored[ItemRow]:
        """Change an item if it is still at `expected`; 0 means that it must be new.

        Raises:
            Refusal: `stale_version`, `bad_<column>` or `barcode_exists`.
        """
        self._refuse_flaws(row)
        with self._database.write() as connection:
            lock_master(connection)
            known = self._items(connection, [row.sku]).get(row.sku)
            _refuse_stale(known.version if known else 0, expected)
            self.put_items(connection, [row], by)
        return self.item(row.sku)

    def location(self, site_name: str, name: str) -> Stored[LocationRow]:
        """A location.

        Raises:
            Refusal: `unknown_location`.
        """
        with self._database.read() as connection:
            found = self._location(connection, site_name, name)
            stood = self._standing(connection, "location", f"{site_name}/{name}")
        if found is None:
            raise Refusal("unknown_location", f"There is no location {name} at {site_name}.")
        return Stored(found, stood.version or 1, stood.release or FIRST)

    def edit_location(self, row: LocationRow, by: Editor, expected: int) -> Stored[LocationRow]:
        """Change a location if it is still at `expected`; 0 means that it must be new.

        Raises:
            Refusal: `stale_version`, `unknown_site` or `bad_<column>`.
        """
        self._refuse_flaws(row)
        with self._database.write() as connection:
            lock_master(connection)
            known = self._location(connection, row.site, row.location)
            stood = self._standing(connection, "location", f"{row.site}/{row.location}")
            _refuse_stale(max(stood.version, 1) if known else 0, expected)
            n = connection.execute(sa.select(site.c.n).where(site.c.site == row.site)).scalar()
            if n is None:
                raise Refusal("unknown_site", f"There is no site {row.site}.")
            self.put_locations(connection, [(n, row)], by)
        return self.location(row.site, row.location)

    def party(self, name: str) -> Stored[PartyRow]:
        """A supplier, customer or carrier.

        Raises:
            Refusal: `unknown_party`.
        """
        return self._thing("party", name, PartyRow, "unknown_party")

    def edit_party(self, row: PartyRow, by: Editor, expected: int) -> Stored[PartyRow]:
        """Change a party if it is still at `expected`; 0 means that it must be new.

        Raises:
            Refusal: `stale_version` or `bad_<column>`.
        """
        self._refuse_flaws(row)
        return self._edit_thing(
            "party", row.party, expected, by, lambda n: msgspec.structs.replace(row, version=n)
        )

    def rules(self) -> Stored[Rules]:
        """The company's rules; version 0 while they are what they are from the start."""
        with self._database.read() as connection:
            stood = self._standing(connection, RULES, RULES)
            return Stored(self._rules(connection), stood.version, stood.release or FIRST)

    def edit_rules(self, row: Rules, by: Editor, expected: int) -> Stored[Rules]:
        """Change the company's rules.

        Raises:
            Refusal: `stale_version` or `bad_<column>`.
        """
        self._refuse_flaws(row)
        return self._edit_thing(RULES, RULES, expected, by, lambda _n: row)

    def items_after(self, sku: str, limit: int) -> list[ItemRow]:
        """Items by SKU, from the first after `sku`."""
        rows = sa.select(item.c.body).where(item.c.sku > sku).order_by(item.c.sku).limit(limit)
        with self._database.read() as connection:
            return [
                msgspec.json.decode(body, type=ItemRow)
                for body in connection.execute(rows).scalars()
            ]

    # ------------------------------------------------------------------ inside

    def _thing(self, kind: str, name: str, type_: type[R], unknown: str) -> Stored[R]:
        t = thing.c
        with self._database.read() as connection:
            body = connection.execute(
                sa.select(t.body).where(t.kind == kind, t.name == name)
            ).scalar_one_or_none()
            stood = self._standing(connection, kind, name)
        if body is None:
            raise Refusal(unknown, f"There is no {kind} {name}.")
        row: R = msgspec.json.decode(body, type=type_)
        return Stored(row, stood.version or 1, stood.release or FIRST)

    def _edit_thing(
        self, kind: str, name: str, expected: int, by: Editor, made: Callable[[int], R]
    ) -> Stored[R]:
        with self._database.write() as connection:
            lock_master(connection)
            there = connection.execute(
                sa.select(thing.c.name).where(thing.c.kind == kind, thing.c.name == name)
            ).first()
            stood = self._standing(connection, kind, name)
            version = max(stood.version, 1) if there else 0
            _refuse_stale(version, expected)
            row = made(version + 1)
            self.put_things(connection, kind, {name: row}, by)
        return self._thing(kind, name, type(row), f"unknown_{kind}")

    def _tell(
        self,
        connection: Connection,
        kind: str,
        changes: Sequence[tuple[str, Any, MasterBody]],
        by: Editor,
        now: str,
    ) -> list[bytes]:
        """Record who and why, and tell stations; returns the rows' bytes."""
        changelog.record(self._database, connection, kind, changes, by, now)
        return masterlog.append(self._database, connection, [after for _, _, after in changes], now)

    def _items(self, connection: Connection, skus: Sequence[str]) -> dict[str, ItemRow]:
        rows = connection.execute(
            sa.select(item.c.sku, item.c.body).where(
                self._database.in_set(item.c.sku, sorted(set(skus)))
            )
        )
        return {row.sku: msgspec.json.decode(row.body, type=ItemRow) for row in rows}

    def _location(self, connection: Connection, site_name: str, name: str) -> LocationRow | None:
        kind = connection.execute(
            sa.select(location.c.kind)
            .join(site, site.c.n == location.c.site_n)
            .where(site.c.site == site_name, location.c.location == name)
        ).scalar_one_or_none()
        return LocationRow(site_name, name, kind) if kind is not None else None

    def _standing(self, connection: Connection, kind: str, name: str) -> changelog.Standing:
        found = changelog.standings(self._database, connection, kind, [name])
        return found.get(name, changelog.Standing())

    def _rules(self, connection: Connection) -> Rules:
        body = connection.execute(
            sa.select(thing.c.body).where(thing.c.kind == RULES, thing.c.name == RULES)
        ).scalar_one_or_none()
        return msgspec.json.decode(body, type=Rules) if body is not None else Rules()

    def _refuse_flaws(self, row: Any) -> None:
        with self._database.read() as connection:
            found = _flaws(self._rules(connection), [row])
        if found:
            raise Refusal(f"bad_{found[0].column}", found[0].sentence)


def _flaws(rules: Rules, rows: Sequence[Any]) -> list[Flawed]:
    return [
        Flawed(index, column, sentence)
        for index, row in enumerate(rows)
        for column, sentence in CHECKS[type(row)](row, rules)
    ]


def _taken(
    database: Database, connection: Connection, rows: Sequence[Any], items: Sequence[ItemRow]
) -> list[Flawed]:
    elsewhere = barcodes_elsewhere(database, connection, items)
    return [
        Flawed(index, "packs", _TAKEN.format(pack.gtin, elsewhere[pack.gtin.zfill(14)]))
        for index, row in enumerate(rows)
        if isinstance(row, ItemRow)
        for pack in row.packs
        if elsewhere.get(pack.gtin.zfill(14), row.sku) != row.sku
    ]


_TAKEN = "Barcode {} stands for item {} already. Take it away there first."


def _refuse_taken(database: Database, connection: Connection, rows: Sequence[ItemRow]) -> None:
    if not any(row.packs for row in rows):
        return
    for code, sku in sorted(barcodes_elsewhere(database, connection, rows).items()):
        raise Refusal("barcode_exists", _TAKEN.format(code, sku))


def _refuse_stale(version: int, expected: int) -> None:
    if version != expected:
        raise Refusal(
            "stale_version",
            f"Somebody was faster: this is at version {version} now. Read it anew and decide again."
            if version
            else "There is nothing of this name yet. To add it, send version 0.",
        )
