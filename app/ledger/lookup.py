"""Documents, places and the feed as other systems read them, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import DocumentRow, OrderRow
from app.ledger import feed
from app.ledger.database import Database
from app.ledger.sites import SiteRef
from app.ledger.tables import claim, document, enrolment, location, progress, tally
from app.ledger.tables import feed as feed_rows

Body = OrderRow | DocumentRow
Place = tuple[str, str]
Count = tuple[int, str, int]

_body: msgspec.json.Decoder[Body] = msgspec.json.Decoder(Body)


@dataclass(frozen=True, slots=True)
class Found:
    """A document, who works on it, and how far its lines have come.

    Attributes:
        kind: A word of `DocumentKind`.
        document: Its number.
        version: Of the body.
        body: The row as the feed told it.
        station: Who has it, or empty.
        counts: `(line, measure, quantity)`, sorted; `packed` and `short` of orders, tallies of the
            rest.
    """

    kind: str
    document: str
    version: int
    body: Body
    station: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class FeedRead:
    """Part of a site's feed: `(seq, master, body)` of each row, and where the feed ends."""

    epoch: str
    head: int
    rows: tuple[tuple[int, int, bytes], ...]


class Lookup:
    """Reads.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def documents(
        self, where: SiteRef, kind: str, state: str, after: str, limit: int
    ) -> list[Found]:
        """Documents of a kind by number.

        Args:
            where: The site.
            kind: A word of `DocumentKind`.
            state: Only these; any when empty.
            after: Begin behind this number.
            limit: At most so many.
        """
        d = document.c
        which = [d.site_n == where.n, d.kind == kind, d.document > after]
        if state:
            which.append(d.state == state)
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(d.kind, d.document, d.version, d.body)
                .where(*which)
                .order_by(d.document)
                .limit(limit)
            ).all()
            return self._complete(connection, where, kind, rows)

    def document(self, where: SiteRef, kind: str, number: str) -> Found | None:
        """One document, or None."""
        d = document.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(d.kind, d.document, d.version, d.body).where(
                    d.site_n == where.n, d.kind == kind, d.document == number
                )
            ).all()
            found = self._complete(connection, where, kind, rows)
        return found[0] if found else None

    def places(self, where: SiteRef, after: str, limit: int) -> list[Place]:
        """Locations of a site with their kinds, by name."""
        c = location.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(c.location, c.kind)
                .where(c.site_n == where.n, c.location > after)
                .order_by(c.location)
                .limit(limit)
            )
            return [(row.location, row.kind) for row in rows]

    def feed(self, where: SiteRef, after: int, limit: int) -> FeedRead:
        """Rows of a site's feed behind a position."""
        f = feed_rows.c
        with self._database.read() as connection:
            epoch = feed.epoch(connection)
            head, _ = feed.head(connection, where.n)
            rows = connection.execute(
                sa.select(f.seq, f.master, f.body)
                .where(f.site_n == where.n, f.seq > after, f.seq <= head)
                .order_by(f.seq)
                .limit(limit)
            ).all()
        return FeedRead(epoch, head, tuple((row.seq, row.master, row.body) for row in rows))

    def _complete(
        self,
        connection: Connection,
        where: SiteRef,
        kind: str,
        rows: "Sequence[sa.Row[str, str, int, bytes]]",
    ) -> list[Found]:
        numbers = [row.document for row in rows]
        holders = self._holders(connection, where, kind, numbers)
        counts = self._counts(connection, where, kind, numbers)
        return [
            Found(
                row.kind,
                row.document,
                row.version,
                _body.decode(row.body),
                holders.get(row.document, ""),
                tuple(sorted(counts.get(row.document, ()))),
            )
            for row in rows
        ]

    def _holders(
        self, connection: Connection, where: SiteRef, kind: str, numbers: list[str]
    ) -> dict[str, str]:
        c = claim.c
        rows = connection.execute(
            sa.select(c.document, enrolment.c.station)
            .join(enrolment, enrolment.c.n == c.enrolment_n)
            .where(c.site_n == where.n, c.kind == kind, self._database.in_set(c.document, numbers))
        )
        return {row.document: row.station for row in rows}

    def _counts(
        self, connection: Connection, where: SiteRef, kind: str, numbers: list[str]
    ) -> dict[str, list[Count]]:
        counts: dict[str, list[Count]] = {}
        if kind == "order":
            p = progress.c
            for row in connection.execute(
                sa.select(p.document, p.line, p.packed, p.short).where(
                    p.site_n == where.n, self._database.in_set(p.document, numbers)
                )
            ):
                counts.setdefault(row.document, []).extend(
                    ((row.line, "packed", row.packed), (row.line, "short", row.short))
                )
            return counts
        t = tally.c
        for row in connection.execute(
            sa.select(t.document, t.line, t.measure, t.quantity).where(
                t.site_n == where.n, t.kind == kind, self._database.in_set(t.document, numbers)
            )
        ):
            counts.setdefault(row.document, []).append((row.line, row.measure, row.quantity))
        return counts
