"""What an administrator looks at: sites, stations, people."""

from dataclasses import dataclass

import msgspec
import sqlalchemy as sa

from app.contract import fingerprint
from app.contract.messages import PersonRow
from app.ledger.database import Database
from app.ledger.names import Names
from app.ledger.tables import enrolment, site, site_feed, thing


@dataclass(frozen=True, slots=True)
class SiteSeen:
    """A site and how long its feed is."""

    site: str
    name: str
    company_prefix: str
    claim_hold_s: int
    feed_seq: int


@dataclass(frozen=True, slots=True)
class StationSeen:
    """An enrolment of a station; `words` are of its device key, as its own screen shows them."""

    site: str
    station: str
    state: str
    enrolment: str
    seq: int
    seen_at: str
    words: str


class Overview:
    """Reads.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def sites(self) -> list[SiteSeen]:
        """All sites by name."""
        s = site.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(s.site, s.name, s.company_prefix, s.claim_hold_s, site_feed.c.seq)
                .join(site_feed, site_feed.c.site_n == s.n)
                .order_by(s.site)
            )
            return [SiteSeen(*row) for row in rows]

    def stations(self) -> list[StationSeen]:
        """All enrolments of stations, newest last within a station."""
        e = enrolment.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(site.c.site, e.station, e.state, e.id, e.seq, e.seen_at, e.public_key)
                .join(site, site.c.n == e.site_n)
                .where(e.kind == "station")
                .order_by(site.c.site, e.station, e.n)
            )
            return [StationSeen(*row[:-1], words=_words(row.public_key)) for row in rows]

    def people(self) -> list[PersonRow]:
        """All people by id."""
        with self._database.read() as connection:
            bodies = connection.execute(
                sa.select(thing.c.body).where(thing.c.kind == "person").order_by(thing.c.name)
            ).scalars()
            names = Names.of(self._database)
            return [names.open(msgspec.json.decode(body, type=PersonRow)) for body in bodies]


def _words(public_key: str) -> str:
    return fingerprint.words(fingerprint.of(bytes.fromhex(public_key)))
