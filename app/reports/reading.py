"""The station's book as a report reads it: one moment of it, for as long as the report takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec
from sqlalchemy import Connection

from app.cache import report_rows
from app.cache.database import Book
from app.cache.store import IDENTITY
from app.cache.work import CacheWork
from app.contract.messages import Checkpoint
from app.errors import Trouble
from app.reports.head import Stamp
from app.station.ports import Identity
from app.station.reporting import ReportRequest

# Where the newest signed place of the feed lies (`app.cache.store` writes it).
_CHECKPOINT = "checkpoint"


class Reading:
    """One transaction that only reads.

    Args:
        connection: Of a reader; every question is answered of the same moment.
        zone: Of the clock on the wall; None is the machine's own.

    Attributes:
        work: What flows may ask, too.
        identity: Whose book it is.
        people: Names by account.
    """

    def __init__(self, connection: Connection, zone: tzinfo | None = None) -> None:
        self.connection = connection
        self.zone = zone
        self.work = CacheWork(connection)
        who = self.work.note(IDENTITY)
        if who is None:
            raise Trouble("This station is not enrolled: there is nothing to report yet.")
        self.identity = msgspec.json.decode(who, type=Identity)
        self.people = report_rows.people_said(connection)

    def name_of(self, person: str) -> str:
        """A person's name, or their account when this book does not know them."""
        return self.people.get(person, person)

    def stamp(self, request: ReportRequest) -> Stamp:
        """Where a report comes from, and how fresh its numbers are."""
        signed = self.work.note(_CHECKPOINT)
        at = msgspec.json.decode(signed, type=Checkpoint).at if signed is not None else ""
        return Stamp(
            site=self.identity.site,
            station=self.identity.station,
            made_at=request.at,
            by=request.by,
            as_of=request.as_of or at,
            waiting=self.work.outbox_state().waiting,
        )

    def day(self, day: str) -> tuple[str, str]:
        """Where a day here begins and ends, ISO 8601 UTC as it is recorded."""
        first = datetime.fromisoformat(day).replace(tzinfo=self.zone)
        return _utc(first), _utc(first + timedelta(days=1))

    def today(self, at: str) -> str:
        """The date here of a moment."""
        return datetime.fromisoformat(at).astimezone(self.zone).date().isoformat()


@contextmanager
def reading(book: Book, zone: tzinfo | None = None) -> Iterator[Reading]:
    """Read the book of one moment; what is recorded meanwhile is not in it."""
    with book.reader.connect() as connection:
        yield Reading(connection, zone)


def _utc(moment: datetime) -> str:
    # Without a zone it is the machine's own, summer and winter.
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
