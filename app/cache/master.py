"""Applying master data: items, locations, people, boxes, parties and lots, the latest of each."""

from collections.abc import Iterable
from typing import Any

from msgspec import Raw
from sqlalchemy import Connection, bindparam, delete

from app.cache.confirmed import put
from app.cache.search import put_items
from app.cache.tables import barcode, box, item, location, lot, party, person
from app.contract.messages import (
    BoxRow,
    CredentialRow,
    ItemRow,
    LocationRow,
    LotRow,
    PartyRow,
    PersonRow,
    read_master_row,
)
from app.domain.gtin import gtin14


class _Collected:
    """Rows of a page, one entry each."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, ItemRow] = {}
        self.locations: dict[str, dict[str, Any]] = {}
        self.people: dict[str, dict[str, Any]] = {}
        self.boxes: dict[str, dict[str, Any]] = {}
        self.parties: dict[str, dict[str, Any]] = {}
        self.credentials: list[CredentialRow] = []
        self.lots: dict[tuple[str, str], dict[str, Any]] = {}

    def take(self, body: bytes) -> None:
        match read_master_row(body):
            case None:
                # Newer than this program.
                pass
            case ItemRow() as row:
                self._item(row, body)
            case LocationRow() as row:
                self.locations[row.location] = {"location": row.location, "kind": row.kind}
            case PersonRow() as row:
                self._person(row, body)
            case CredentialRow() as row:
                self.credentials.append(row)
            case BoxRow() as row:
                self.boxes[row.box] = {"box": row.box, "body": body}
            case PartyRow() as row:
                self.parties[row.party] = {
                    "party": row.party, "name": row.name, "kind": row.kind, "state": row.state,
                    "body": body,
                }  # fmt: skip
            case LotRow() as row:
                self.lots[row.item, row.lot] = {
                    "item": row.item, "lot": row.lot, "expiry": row.expiry, "state": row.state,
                    "version": row.version,
                }  # fmt: skip

    def _item(self, row: ItemRow, body: bytes) -> None:
        # The latest comes last: a barcode may have moved from one item to another.
        self.rows.pop(row.sku, None)
        self.rows[row.sku] = row
        self.items[row.sku] = {"sku": row.sku, "name": row.name, "body": body}

    @property
    def packs(self) -> dict[str, dict[str, Any]]:
        """Barcodes of the latest rows alone, as scans are looked up."""
        found = {}
        for row in self.rows.values():
            for pack in row.packs:
                code = gtin14(pack.gtin) or pack.gtin
                found[code] = {"gtin": code, "sku": row.sku, "units": pack.units}
        return found

    def _person(self, row: PersonRow, body: bytes) -> None:
        self.people[row.person] = {
            "person": row.person,
            "name": row.name,
            "badge_hash": row.badge_hash,
            "active": int(row.active),
            "body": body,
        }


def apply(connection: Connection, raws: Iterable[Raw]) -> list[CredentialRow]:
    """Write a page of master rows; later versions replace earlier ones.

    Returns:
        The credentials among them, in order; `app.cache.people` believes them or not.
    """
    page = _Collected()
    for raw in raws:
        page.take(bytes(raw))
    if page.items:
        connection.execute(
            delete(barcode).where(barcode.c.sku == bindparam("b_sku")),
            [{"b_sku": sku} for sku in page.items],
        )
    put(connection, item, page.items.values())
    put(connection, barcode, page.packs.values())
    put_items(connection, page.rows.values())
    put(connection, location, page.locations.values())
    put(connection, person, page.people.values())
    put(connection, box, page.boxes.values())
    put(connection, party, page.parties.values())
    put(connection, lot, page.lots.values())
    return page.credentials
