"""What a posting must know beyond its own site's stock: items, people, sites, policy.

Changes seldom and is asked for always, so it is remembered by this process and read again when the
master feed or the policy has moved on.
"""

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import PersonRow
from app.domain.policy import DEFAULT, Policy
from app.identity.accounts import accounts
from app.ledger import absences
from app.ledger.absences import Absences
from app.ledger.book import Book
from app.ledger.database import Database
from app.ledger.locks import MASTER
from app.ledger.tables import counter, item, policy, site, thing
from app.ledger.touched import Touched

_policy = msgspec.json.Decoder(Policy)
_person = msgspec.json.Decoder(PersonRow)

# Where the master data stands, and the version of the site's policy.
_STATE = sa.select(
    sa.select(counter.c.seq).where(counter.c.name == MASTER).scalar_subquery(),
    sa.select(sa.func.max(policy.c.version))
    .where(policy.c.site_n == sa.bindparam("site_n"))
    .scalar_subquery(),
)


class Company:
    """Remembers.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # Items are never deleted, so what was known stays known; tens of bytes each.
        self._items: set[str] = set()
        self._sites: dict[str, int] = {}
        self._people: dict[str, PersonRow] = {}
        self._accounts: dict[str, str] = {}
        self._absences: dict[str, Absences] = {}
        self._people_as_of = -1
        self._policies: dict[int, tuple[int, Policy]] = {}

    def read(self, connection: Connection, book: Book, touched: Touched) -> None:
        """Put what is known of the company into `book`."""
        master, version = connection.execute(_STATE, {"site_n": book.site_n}).one()
        if master != self._people_as_of:
            self._read_people(connection, master)
        book.people = self._people
        book.accounts = self._accounts
        book.absences = self._absences
        book.policy = self._policy(connection, book.site_n, version or 0)
        self._read_items(connection, touched.items)
        book.items = self._items
        if touched.partners - self._sites.keys():
            rows = connection.execute(sa.select(site.c.site, site.c.n))
            self._sites = {name: n for name, n in rows}  # noqa: C416 - a Row is no pair for dict()
        book.sites = self._sites

    def _read_people(self, connection: Connection, master: int) -> None:
        bodies = connection.execute(sa.select(thing.c.body).where(thing.c.kind == "person"))
        people = [_person.decode(body) for body in bodies.scalars()]
        self._people = {row.person: row for row in people}
        self._accounts = accounts(people)
        self._absences = absences.known(connection, people)
        self._people_as_of = master

    def _policy(self, connection: Connection, site_n: int, version: int) -> Policy:
        known = self._policies.get(site_n)
        if known is not None and known[0] == version:
            return known[1]
        body = connection.execute(
            sa.select(policy.c.body).where(policy.c.site_n == site_n, policy.c.version == version)
        ).scalar_one_or_none()
        now = _policy.decode(body) if body is not None else DEFAULT
        self._policies[site_n] = (version, now)
        return now

    def _read_items(self, connection: Connection, skus: set[str]) -> None:
        unknown = skus - self._items
        if unknown:
            found = sa.select(item.c.sku).where(self._database.in_set(item.c.sku, sorted(unknown)))
            self._items.update(connection.execute(found).scalars())
