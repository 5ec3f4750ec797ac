"""What the book knows of documents other than orders: the latest version, and what is counted."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Select, Table, bindparam, func, select, tuple_

from app.cache import counted_anew
from app.cache.lookups import Lookups
from app.cache.tables import document, location, lot, party, pending_tally, tally
from app.contract.messages import DocumentRow, LotRow, PartyRow
from app.station.documents import NOTHING_YET, CountedSince, DocumentHead, Mark, Place

_row = msgspec.json.Decoder(DocumentRow).decode
_party = msgspec.json.Decoder(PartyRow).decode


class DocumentRows(Lookups):
    """Documents within one transaction."""

    def document(self, kind: str, number: str) -> DocumentRow | None:
        """The latest version of one."""
        raw = self.connection.execute(
            _DOCUMENT, {"kind": kind, "document": number}
        ).scalar_one_or_none()
        return None if raw is None else _row(raw)

    def document_version(self, kind: str, number: str) -> int | None:
        """Number of the latest version."""
        return self.connection.execute(
            _VERSION, {"kind": kind, "document": number}
        ).scalar_one_or_none()

    def kinds_of(self, number: str) -> tuple[str, ...]:
        """Kinds of documents that have this number."""
        rows = self.connection.execute(
            select(document.c.kind).where(document.c.document == number).order_by(document.c.kind)
        )
        return tuple(rows.scalars())

    def documents(
        self, kind: str, states: Collection[str], limit: int, after: Place | None = None
    ) -> tuple[DocumentRow, ...]:
        """The most urgent of a kind; pages follow each other by key, never by number."""
        wanted = _listed(select(document.c.body), kind, states, after).limit(limit)
        return tuple(_row(raw) for raw in self.connection.execute(wanted).scalars())

    def document_heads(
        self, kind: str, states: Collection[str], limit: int, after: Place | None = None
    ) -> tuple[DocumentHead, ...]:
        """The same without reading a body."""
        d = document.c
        head = select(d.document, d.party, d.due, d.units)
        rows = self.connection.execute(_listed(head, kind, states, after).limit(limit))
        return tuple(DocumentHead(*row) for row in rows)

    def document_count(self, kind: str, states: Collection[str]) -> int:
        """How many there are in all."""
        d = document.c
        return self.connection.execute(
            select(func.count()).select_from(document).where(d.kind == kind, d.state.in_(states))
        ).scalar_one()

    def counted(
        self, kind: str, number: str, lines: Collection[int] = ()
    ) -> dict[int, dict[str, int]]:
        """Confirmed and pending counts at each line, or at some."""
        about = {"kind": kind, "document": number}
        confirmed, pending = _CONFIRMED, _PENDING
        if lines:
            confirmed = confirmed.where(tally.c.line.in_(lines))
            pending = pending.where(pending_tally.c.line.in_(lines))
        found: dict[int, dict[str, int]] = defaultdict(dict)
        # By place and not by name: a transfer has thousands of rows, and is read with every scan.
        for line, measure, quantity in self.connection.execute(confirmed, about).all():
            found[line][measure] = quantity
        for line, measure, quantity in self.connection.execute(pending, about).all():
            tallies = found[line]
            tallies[measure] = tallies.get(measure, 0) + quantity
        return dict(found)

    def counted_since(self, kind: str, number: str, since: Mark | None) -> CountedSince:
        """Counts at the lines that were counted after a look before."""
        mark, lines = counted_anew.since(self.connection, kind, number, since)
        if lines is None:
            return CountedSince(mark, self.counted(kind, number), whole=True)
        now = self.counted(kind, number, lines) if lines else {}
        return CountedSince(mark, {one: now.get(one, NOTHING_YET) for one in lines}, whole=False)

    def lot(self, item: str, number: str) -> LotRow | None:
        """What is known of a lot."""
        row = self.connection.execute(
            select(lot).where(lot.c.item == item, lot.c.lot == number)
        ).one_or_none()
        return None if row is None else LotRow(item, number, row.expiry, row.state, row.version)

    def party(self, who: str) -> PartyRow | None:
        """Supplier, customer or carrier."""
        raw = self.connection.execute(
            select(party.c.body).where(party.c.party == who)
        ).scalar_one_or_none()
        return None if raw is None else _party(raw)

    def places_of_kind(self, kind: str, limit: int) -> tuple[str, ...]:
        """Locations of a kind, by name."""
        rows = self.connection.execute(
            select(location.c.location)
            .where(location.c.kind == kind)
            .order_by(location.c.location)
            .limit(limit)
        )
        return tuple(rows.scalars())


_S = TypeVar("_S", bound=Select[Any])


def _listed(wanted: _S, kind: str, states: Collection[str], after: Place | None) -> _S:
    """The most urgent first; what is due at no time comes after everything that is due."""
    d = document.c
    wanted = wanted.where(d.kind == kind, d.state.in_(states))
    if after is not None:
        place = (after.due == "", after.due, after.document)
        wanted = wanted.where(tuple_(d.due == "", d.due, d.document) > place)
    return wanted.order_by(d.due == "", d.due, d.document)


_DOCUMENT = select(document.c.body).where(
    document.c.kind == bindparam("kind"), document.c.document == bindparam("document")
)
_VERSION = select(document.c.version).where(
    document.c.kind == bindparam("kind"), document.c.document == bindparam("document")
)


def _tallies(table: Table) -> Select[int, str, int]:
    return select(table.c.line, table.c.measure, table.c.quantity).where(
        table.c.kind == bindparam("kind"), table.c.document == bindparam("document")
    )


_CONFIRMED, _PENDING = _tallies(tally), _tallies(pending_tally)
