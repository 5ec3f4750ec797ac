"""Sites and enrolments as values: the parts of them that never change."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.chain import GENESIS
from app.errors import Refusal
from app.ledger.database import Database
from app.ledger.tables import enrolment, site, site_feed

# DESIGN §4: a silent station's unstarted orders go to others after this.
CLAIM_HOLD = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class SiteRef:
    """A warehouse."""

    n: int
    site: str


@dataclass(frozen=True, slots=True)
class Who:
    """An enrolment: which station, which site, which key."""

    n: int
    id: str
    station: str
    kind: str
    public_key: str
    site: SiteRef


class Sites:
    """Looks up sites and enrolments, once each.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._who: dict[str, Who] = {}

    def who(self, enrolment_id: str) -> Who:
        """The enrolment with this id.

        Raises:
            Refusal: `not_enrolled`.
        """
        known = self._who.get(enrolment_id)
        if known is not None:
            return known
        e, s = enrolment.c, site.c
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(e.n, e.id, e.station, e.kind, e.public_key, s.n, s.site)
                .join(site, s.n == e.site_n)
                .where(e.id == enrolment_id)
            ).first()
        if row is None:
            raise not_enrolled()
        who = Who(row[0], row[1], row[2], row[3], row[4], SiteRef(row[5], row[6]))
        self._who[enrolment_id] = who
        return who

    def all(self) -> list[SiteRef]:
        """Every site, by number."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(site.c.n, site.c.site).order_by(site.c.n)).all()
        return [SiteRef(n, name) for n, name in rows]

    def state(self, connection: Connection, who: Who) -> str:
        """The state of an enrolment, which may change at any time.

        Raises:
            Refusal: `not_enrolled`: a database from before it was put in place meanwhile.
        """
        e = enrolment.c
        state = connection.execute(
            sa.select(e.state).where(e.n == who.n, e.id == who.id)
        ).scalar_one_or_none()
        if state is None:
            self._who.pop(who.id, None)
            raise not_enrolled()
        return str(state)


def not_enrolled() -> Refusal:
    """The ledger has no such enrolment."""
    return Refusal(
        "not_enrolled", "The ledger does not know this station. Enrol it with a new code."
    )


def find_site(connection: Connection, name: str) -> SiteRef:
    """The site of this name.

    Raises:
        Refusal: `unknown_site`.
    """
    row = connection.execute(sa.select(site.c.n, site.c.site).where(site.c.site == name)).first()
    if row is None:
        raise Refusal(
            "unknown_site",
            f"There is no site {name}. Add it with: packhouse ledger site add {name}",
        )
    return SiteRef(row[0], row[1])


def add_site(
    connection: Connection, name: str, title: str, company_prefix: str, now: str
) -> SiteRef:
    """A new site with an empty feed.

    Raises:
        Refusal: `site_exists`.
    """
    if connection.execute(sa.select(site.c.n).where(site.c.site == name)).first():
        raise Refusal("site_exists", f"Site {name} exists already. Nothing was changed.")
    n = connection.execute(
        sa.insert(site)
        .values(
            site=name,
            name=title,
            company_prefix=company_prefix,
            claim_hold_s=int(CLAIM_HOLD.total_seconds()),
            next_serial=1,
            created_at=now,
        )
        .returning(site.c.n)
    ).scalar_one()
    connection.execute(sa.insert(site_feed).values(site_n=n, seq=0, chain=GENESIS))
    return SiteRef(n, name)


def claim_hold(connection: Connection, where: SiteRef) -> timedelta:
    """How long a silent station keeps its orders, and a claim lasts."""
    found = connection.execute(sa.select(site.c.claim_hold_s).where(site.c.n == where.n))
    return timedelta(seconds=found.scalar_one())


def set_claim_hold(connection: Connection, where: SiteRef, seconds: int) -> None:
    """Change how long a silent station keeps its orders."""
    connection.execute(sa.update(site).where(site.c.n == where.n).values(claim_hold_s=seconds))
