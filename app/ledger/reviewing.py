"""What an access review shows of each account: rights, where from, how used, what belongs apart.

Read at one moment, when a review begins, and kept as it was then. People are ids; their names are
not part of it.
"""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.base import Answer
from app.contract.messages import PersonRow
from app.domain.policy import DEFAULT, AdjustLimit, ApproveLimit, Policy, offline_limit
from app.domain.roles import ROLES, Role
from app.ledger.database import Database
from app.ledger.duties import Conflict, conflicts
from app.ledger.lastuse import SIGN_IN, LastUses
from app.ledger.people import everybody
from app.ledger.tables import api_key, approval_grant, credential, policy, site, totp

KEY_ROLE = "key"
_policy = msgspec.json.Decoder(Policy)


class SiteLimits(Answer, frozen=True):
    """What a role may do alone at a site, and approve there."""

    site: str
    adjust: AdjustLimit
    approve: ApproveLimit
    approve_offline: ApproveLimit


class Source(Answer, frozen=True):
    """Where rights come from: who gave them, when, in which version."""

    issued_by: str = ""
    issued_at: str = ""
    version: int = 0


class OpenGrant(Answer, frozen=True):
    """A grant that still runs."""

    grant: str
    expires_at: str


class Held(Answer, frozen=True):
    """One account and its rights; empty times mean never, or not since it is noted.

    `conflicts` are pairs of permissions that belong apart, behind the accounts that hold them.
    """

    account: str
    employee: str
    role: str
    site: str
    permissions: tuple[str, ...]
    limits: tuple[SiteLimits, ...] = ()
    source: Source = Source()
    second_factor: bool = False
    last_sign_in: str = ""
    last_use: dict[str, str] = msgspec.field(default_factory=dict)
    conflicts: tuple[tuple[str, str, str], ...] = ()
    grants: tuple[OpenGrant, ...] = ()


class Rights:
    """Reads who holds what.

    Args:
        database: The ledger's.
        uses: When rights were used.
    """

    def __init__(self, database: Database, uses: LastUses) -> None:
        self._database = database
        self._uses = uses

    def held(self, connection: Connection, now: str) -> list[Held]:
        """Every active account, people first, then keys of other systems."""
        people = everybody(connection)
        active = [row for row in people.values() if row.active]
        return [*self._people(connection, active, now), *_keys(connection, now)]

    def _people(self, connection: Connection, people: list[PersonRow], now: str) -> Iterator[Held]:
        policies = _policies(connection)
        sources = _sources(connection)
        factors = set(
            connection.execute(sa.select(totp.c.person).where(totp.c.state == "active")).scalars()
        )
        grants = _grants(connection, now)
        uses = self._uses.of(connection)
        apart = conflicts(people)
        for row in sorted(people, key=lambda one: one.person):
            used = uses.get(row.person, {})
            yield Held(
                account=row.person,
                employee=row.employee,
                role=row.role,
                site=row.site,
                permissions=_permissions(row.role),
                limits=tuple(_limits(row, policies)),
                source=sources.get(row.person, Source()),
                second_factor=row.person in factors,
                last_sign_in=used.get(SIGN_IN, ""),
                last_use={name: at for name, at in sorted(used.items()) if name != SIGN_IN},
                conflicts=tuple(_conflicts(row.person, apart)),
                grants=grants.get(row.person, ()),
            )


def _keys(connection: Connection, now: str) -> Iterator[Held]:
    """Keys of other systems are accounts, too."""
    k = api_key.c
    rows = connection.execute(
        sa.select(k.id, k.actor, k.scopes, k.created_at, k.last_used_at, site.c.site)
        .outerjoin(site, site.c.n == k.site_n)
        .where(k.state == "active", k.expires_at > now)
        .order_by(k.id)
    )
    for row in rows:
        yield Held(
            account=f"{KEY_ROLE}:{row.id}",
            employee="",
            role=KEY_ROLE,
            site=row.site or "",
            permissions=tuple(sorted(row.scopes.split())),
            source=Source(issued_by=row.actor, issued_at=row.created_at),
            last_sign_in=row.last_used_at,
        )


def _permissions(role: str) -> tuple[str, ...]:
    known = {one.value for one in Role}
    return tuple(sorted(one.value for one in ROLES[Role(role)])) if role in known else ()


def _limits(row: PersonRow, policies: dict[str, Policy]) -> Iterator[SiteLimits]:
    for name in sorted(policies) if not row.site else [row.site]:
        here = policies.get(name, DEFAULT)
        yield SiteLimits(
            site=name,
            adjust=here.adjust.get(row.role, AdjustLimit()),
            approve=here.approve.get(row.role, ApproveLimit()),
            approve_offline=offline_limit(here, row.role),
        )


def _conflicts(person: str, apart: list[Conflict]) -> Iterator[tuple[str, str, str]]:
    for conflict in apart:
        if person in conflict.accounts:
            for one, other in conflict.pairs:
                yield "+".join(conflict.accounts), one.value, other.value


def _policies(connection: Connection) -> dict[str, Policy]:
    """The policy of each site that holds now."""
    p = policy.c
    newest = (
        sa.select(p.site_n, sa.func.max(p.version).label("version")).group_by(p.site_n).subquery()
    )
    rows = connection.execute(
        sa.select(site.c.site, p.body)
        .select_from(site)
        .outerjoin(newest, newest.c.site_n == site.c.n)
        .outerjoin(policy, sa.and_(p.site_n == site.c.n, p.version == newest.c.version))
    )
    return {name: _policy.decode(body) if body is not None else DEFAULT for name, body in rows}


def _sources(connection: Connection) -> dict[str, Source]:
    c = credential.c
    rows = connection.execute(
        sa.select(c.person, c.issued_by, c.issued_at, c.version)
        .where(c.state == "active")
        .order_by(c.person, c.version)
    )
    return {person: Source(issued_by=by, issued_at=at, version=n) for person, by, at, n in rows}


def _grants(connection: Connection, now: str) -> dict[str, tuple[OpenGrant, ...]]:
    g = approval_grant.c
    rows = connection.execute(
        sa.select(g.person, g.id, g.expires_at)
        .where(g.state == "active", g.expires_at > now)
        .order_by(g.expires_at, g.id)
    )
    found: dict[str, tuple[OpenGrant, ...]] = {}
    for person, id_, ends in rows:
        found[person] = (*found.get(person, ()), OpenGrant(grant=id_, expires_at=ends))
    return found
