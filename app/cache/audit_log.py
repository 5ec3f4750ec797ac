"""The station's chain, read as a log: newest first, limited by an index, page by page."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, select

from app.cache import links
from app.cache.lookups import Lookups
from app.cache.moments import first_since
from app.cache.tables import operation, trace
from app.contract.messages import Signed, operation_body
from app.station.audit_log import Entry, Limits, Links

# Rows of a page while everything is read: bodies are a kilobyte.
PAGE = 500
_signatures = msgspec.json.Decoder(tuple[Signed, ...])


class AuditRows(Lookups, ABC):
    """Implements `app.station.audit_log.AuditWork`."""

    def entries(self, limits: Limits, limit: int, before: int = 0) -> tuple[Entry, ...]:
        """What was recorded here, the latest first."""
        return page(self.connection, limits, limit, before)

    def entry(self, n: int) -> Entry | None:
        """One of them."""
        row = self.connection.execute(_ENTRIES.where(_O.n == n)).one_or_none()
        return None if row is None else _entry(row)

    def entry_of(self, operation: str) -> Entry | None:
        """The one with this id."""
        return one(self.connection, operation)

    def follow_links(self, known: Links, portion: int) -> Links:
        """Follow the chain on from where it is known to be whole."""
        last, at = self.connection.execute(_LAST).one_or_none() or (0, "")
        if known.broken or known.upto >= last:
            return replace(known, last=last)
        upto = min(known.upto + portion, last)
        found = links.broken(self.connection, known.upto, upto)
        broken = next((seq for seq, _ in found), 0)
        if upto < last:
            here = self.connection.execute(_LAST.where(_O.n <= upto)).one_or_none()
            at = here.recorded_at if here is not None else ""
        elif not broken:
            broken = self._broken_end()
        return Links(upto, last, broken, at)

    def _broken_end(self) -> int:
        end = self.head()
        wrong = links.has_wrong_end(self.connection, end)
        return end.seq if end is not None and wrong else 0

    @abstractmethod
    def head(self) -> links.End | None:
        """The end of the present chain; the transaction knows it."""

    def is_about(self, document: str) -> bool:
        """Whether anything was recorded about a document of this number."""
        found = select(_O.n).where(_O.about == document).limit(1)
        return self.connection.execute(found).first() is not None


def page(connection: Connection, limits: Limits, limit: int, before: int = 0) -> tuple[Entry, ...]:
    """One page of the log, the latest first, before number `before` (0: from the end)."""
    wanted = limited(connection, limits)
    if before:
        wanted = wanted.where(_O.n < before)
    return tuple(_entry(row) for row in connection.execute(wanted.limit(limit)))


def one(connection: Connection, operation: str) -> Entry | None:
    """The record with this id."""
    row = connection.execute(_ENTRIES.where(_O.id == operation)).one_or_none()
    return None if row is None else _entry(row)


def every(connection: Connection, limits: Limits) -> Iterator[Entry]:
    """Everything in the log that is limited so, the latest first, read page by page.

    What is written as a file is made of this.
    """
    before = 0
    while found := page(connection, limits, PAGE, before):
        yield from found
        before = found[-1].n


def limited(connection: Connection, limits: Limits) -> Select[Any]:
    """The log limited by what is given, in its order."""
    wanted = _ENTRIES.order_by(_O.n.desc())
    if limits.item:
        wanted = wanted.join(trace, trace.c.n == _O.n).where(trace.c.item == limits.item)
        # In the order of the index of the item, not of the whole chain.
        wanted = wanted.order_by(None).order_by(trace.c.n.desc())
    if limits.document:
        wanted = wanted.where(_O.about == limits.document)
    if limits.person:
        wanted = wanted.where(_O.actor == limits.person)
    if limits.kind:
        wanted = wanted.where(_O.kind == limits.kind)
    if limits.day:
        first, after = day_of(limits.day)
        begin = first_since(connection, _O.n, _O.recorded_at, first)
        end = first_since(connection, _O.n, _O.recorded_at, after)
        wanted = wanted.where(_O.n >= begin, _O.n < end)
    return wanted


def day_of(day: str) -> tuple[str, str]:
    """Where a day by the clock on the wall begins and ends, as moments are recorded."""
    begin = datetime.fromisoformat(day)
    return _recorded(begin), _recorded(begin + timedelta(days=1))


def _recorded(wall: datetime) -> str:
    return wall.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


_O = operation.c
_LATER = operation.alias()
_ENTRIES = select(
    _O.n,
    _O.body,
    _O.enrolment,
    _O.seq,
    _O.content_hash,
    _O.digest,
    _O.signatures,
    _O.transport,
    _O.outcome,
    _O.sentence,
    _O.feed_seq,
    select(func.min(_LATER.c.id))
    .where(_LATER.c.reverses == _O.id, _LATER.c.reverses != "", _LATER.c.kind == "reverse")
    .scalar_subquery()
    .label("reversed_by"),
)
_LAST = select(_O.n, _O.recorded_at).order_by(_O.n.desc()).limit(1)


def _entry(row: Any) -> Entry:
    return Entry(
        n=row.n,
        operation=operation_body.decode(row.body),
        enrolment=row.enrolment,
        seq=row.seq,
        content_hash=row.content_hash,
        digest=row.digest,
        signatures=_signatures.decode(row.signatures) if row.signatures else (),
        transport=row.transport,
        outcome=row.outcome,
        sentence=row.sentence,
        feed_seq=row.feed_seq,
        reversed_by=row.reversed_by or "",
    )
