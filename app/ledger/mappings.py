"""Codes of other systems and what they mean here, each from one day to another.

A code means one thing at a time. Barcodes are codes of the system `gtin`: what an item's packs say
is kept here as well, so that no barcode can stand for two items.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.base import Answer
from app.contract.messages import ItemRow
from app.domain.gtin import gtin14
from app.errors import Refusal
from app.ledger.changelog import Editor, record
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.locks import lock_master
from app.ledger.tables import item, location, mapping, site, thing

GTIN = "gtin"
KINDS = ("item", "location", "party", "carrier", "reason")


class Mapping(Answer, frozen=True):
    """One code of another system.

    Attributes:
        system: Whose code it is: `sap`, `shopify`.
        kind: What it names: item, location (`SITE/LOCATION` here), party, carrier, reason.
        code: As the other system writes it.
        ours: What it means here.
        valid_from: First ISO 8601 date or moment it holds.
        valid_to: First one it holds no more; empty while it does.
    """

    system: str
    kind: str
    code: str
    ours: str
    valid_from: str
    valid_to: str = ""


class Mappings:
    """Keeps codes.

    Args:
        database: The ledger's.
        clock: Dates changes.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, wanted: Mapping, by: Editor) -> Mapping:
        """Add a code, or end one that is there.

        Raises:
            Refusal: `unknown_target`, `bad_mapping`, or `mapping_exists` when the code means
                something else at some of that time.
        """
        _refuse_nonsense(wanted)
        now = stamp(self._clock.now())
        with self._database.write() as connection:
            lock_master(connection)
            self._refuse_unknown(connection, wanted)
            before = None
            for other in _of_code(connection, wanted.system, wanted.kind, wanted.code):
                if other.valid_from == wanted.valid_from and other.ours == wanted.ours:
                    before = other
                elif _overlap(other, wanted):
                    raise Refusal(
                        "mapping_exists",
                        f"{wanted.code} of {wanted.system} means {other.ours} from "
                        f"{other.valid_from}. End that first.",
                    )
            if before == wanted:
                return wanted
            _write(self._database, connection, [wanted], by, now)
            told = [(_name(wanted), before, wanted)]
            record(self._database, connection, "mapping", told, by, now)
        return wanted

    def meaning(self, system: str, kind: str, code: str, at: str = "") -> Mapping:
        """What a code means at a moment; now when none is named.

        Raises:
            Refusal: `unknown_code`.
        """
        when = at or stamp(self._clock.now())
        with self._database.read() as connection:
            for one in _of_code(connection, system, kind, code):
                if one.valid_from <= when and (not one.valid_to or when < one.valid_to):
                    return one
        raise Refusal("unknown_code", f"{code} of {system} means nothing here at that time.")

    def all_of(self, system: str, after: tuple[str, str, str], limit: int) -> list[Mapping]:
        """Codes of a system after (kind, code, valid_from), in that order."""
        m = mapping.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(m.system, m.kind, m.code, m.ours, m.valid_from, m.valid_to)
                .where(m.system == system, sa.tuple_(m.kind, m.code, m.valid_from) > after)
                .order_by(m.kind, m.code, m.valid_from)
                .limit(limit)
            )
            return [Mapping(*row) for row in rows]

    def _refuse_unknown(self, connection: Connection, wanted: Mapping) -> None:
        match wanted.kind:
            case "item":
                found = sa.select(item.c.sku).where(item.c.sku == wanted.ours)
            case "location":
                where, _, place = wanted.ours.partition("/")
                found = (
                    sa.select(location.c.location)
                    .join(site, site.c.n == location.c.site_n)
                    .where(site.c.site == where, location.c.location == place)
                )
            case "party":
                found = sa.select(thing.c.name).where(
                    thing.c.kind == "party", thing.c.name == wanted.ours
                )
            case _:
                return
        if connection.execute(found).first() is None:
            raise Refusal(
                "unknown_target", f"There is no {wanted.kind} {wanted.ours} here. Add it first."
            )


def barcodes_elsewhere(
    database: Database, connection: Connection, rows: Sequence[ItemRow]
) -> dict[str, str]:
    """Barcodes among `rows` that stand for another item already, with that item's SKU."""
    claims: dict[str, str] = {}
    taken: dict[str, str] = {}
    for row in rows:
        for code in _codes(row):
            if claims.setdefault(code, row.sku) != row.sku:
                taken[code] = claims[code]
    m = mapping.c
    found = connection.execute(
        sa.select(m.code, m.ours).where(
            m.system == GTIN, m.kind == "item", m.valid_to == "",
            database.in_set(m.code, sorted(claims)),
        )
    )  # fmt: skip
    # An item of the same file may give its barcode to another one.
    giving = {row.sku: _codes(row) for row in rows}
    return taken | {
        code: sku for code, sku in found if sku != claims[code] and code in giving.get(sku, {code})
    }


def follow_barcodes(
    database: Database,
    connection: Connection,
    changes: Iterable[tuple[ItemRow | None, ItemRow]],
    by: Editor,
    now: str,
) -> None:
    """Keep what packs say as codes of the system `gtin`."""
    ended: list[str] = []
    begun: list[Mapping] = []
    for before, after in changes:
        had, has = (_codes(before) if before else set()), _codes(after)
        ended += sorted(had - has)
        begun += [Mapping(GTIN, "item", code, after.sku, now) for code in sorted(has - had)]
    m = mapping.c
    if ended:
        connection.execute(
            sa.update(mapping)
            .where(m.system == GTIN, m.kind == "item", m.valid_to == "",
                   database.in_set(m.code, ended))
            .values(valid_to=now)
        )  # fmt: skip
    _write(database, connection, begun, by, now)


def _codes(row: ItemRow) -> set[str]:
    return {gtin14(pack.gtin) or pack.gtin for pack in row.packs}


def _of_code(connection: Connection, system: str, kind: str, code: str) -> list[Mapping]:
    m = mapping.c
    rows = connection.execute(
        sa.select(m.system, m.kind, m.code, m.ours, m.valid_from, m.valid_to)
        .where(m.system == system, m.kind == kind, m.code == code)
        .order_by(m.valid_from)
    )
    return [Mapping(*row) for row in rows]


def _write(
    database: Database, connection: Connection, rows: Sequence[Mapping], by: Editor, now: str
) -> None:
    database.upsert(
        connection,
        mapping,
        [
            (
                row.system, row.kind, row.code, row.valid_from, row.valid_to, row.ours, by.actor,
                by.reason, now,
            )
            for row in rows
        ],
    )  # fmt: skip


def _overlap(one: Mapping, other: Mapping) -> bool:
    return (not one.valid_to or other.valid_from < one.valid_to) and (
        not other.valid_to or one.valid_from < other.valid_to
    )


def _refuse_nonsense(wanted: Mapping) -> None:
    if wanted.kind not in KINDS or not (wanted.system and wanted.code and wanted.ours):
        raise Refusal("bad_mapping", f"Say system, code, meaning and a kind: {', '.join(KINDS)}.")
    if wanted.system == GTIN:
        raise Refusal("bad_mapping", "Barcodes follow the packs of items. Change the item.")
    if not wanted.valid_from or (wanted.valid_to and wanted.valid_to <= wanted.valid_from):
        raise Refusal("bad_mapping", "The days must begin before they end.")


def _name(row: Mapping) -> str:
    return f"{row.system}/{row.kind}/{row.code}"


__all__ = ["KINDS", "Mapping", "Mappings", "barcodes_elsewhere", "follow_barcodes"]
