"""Keys of other systems: what they may do, where, in whose name, until when.

A key is `phk_ID_SECRET` with 256 random bits; the ledger keeps a keyed hash, so that whoever reads
the database holds no key. Two keys of one name may be good at a time: the new one is rolled out,
then the old one is revoked, and no call fails between. Idempotency keys belong to the name.
"""

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Connection

from app.errors import Refusal
from app.ledger.clock import Clock, IdSource, moment, stamp
from app.ledger.database import Database
from app.ledger.sites import SiteRef, find_site
from app.ledger.tables import api_key, site

PREFIX = "phk_"
LIFE = timedelta(days=90)
# The old one and the new one.
MAX_VALID = 2
# A date for the yearly review; more often would be a write for every read.
NOTED_EVERY = timedelta(hours=1)
SCOPES = ("read", "master", "documents", "stock", "decide", "admin")

_ID_BYTES = 6
_SECRET_BYTES = 32
_FORM = re.compile(r"phk_([0-9a-f]{12})_([0-9a-f]{64})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}")
_ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
# Compared with when there is no such key, so that it takes as long as a wrong one.
_NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret.

    Attributes:
        id: Names it in lists and when it is revoked.
        name: Of the other system.
        site: The only site it is for; None for every site.
        scopes: What it may do.
        actor: The person in whose name it acts.
        created_at: Stamp.
        expires_at: Stamp.
        last_used_at: Stamp, to the hour; empty when never.
        state: `active` or `revoked`.
    """

    id: str
    name: str
    site: SiteRef | None
    scopes: frozenset[str]
    actor: str
    created_at: str
    expires_at: str
    last_used_at: str
    state: str


class ApiKeys:
    """Makes, checks and revokes keys.

    Args:
        database: The ledger's.
        clock: Decides what has expired.
        ids: Makes keys.
        secret: Keys the stored hashes.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._secret = secret

    def add(self, name: str, scopes: Collection[str], *, actor: str, site_name: str = "") -> str:
        """Make a key.

        Args:
            name: Of the other system.
            scopes: Of `SCOPES`.
            actor: The person in whose name it acts.
            site_name: The only site it is for; empty for every site.

        Returns:
            The key; it is told this once.

        Raises:
            Refusal: `bad_name`, `bad_scope`, `bad_actor`, `unknown_site` or `too_many_keys`.
        """
        _check(name, scopes, actor)
        now = self._clock.now()
        id_ = self._ids.random(_ID_BYTES).hex()
        key = f"{PREFIX}{id_}_{self._ids.random(_SECRET_BYTES).hex()}"
        with self._database.write() as connection:
            # Holds up a second `add` of this name until this one is counted.
            where = _lock_site(connection, site_name)
            self._refuse_third(connection, name, stamp(now))
            connection.execute(
                sa.insert(api_key).values(
                    id=id_,
                    name=name,
                    hash=self._hash(key),
                    site_n=where.n if where else 0,
                    scopes=" ".join(sorted(scopes)),
                    actor=actor,
                    created_at=stamp(now),
                    expires_at=stamp(now + LIFE),
                    last_used_at="",
                    state="active",
                )
            )
        return key

    def find(self, presented: str) -> ApiKey:
        """The key behind a bearer token.

        Raises:
            Refusal: `bad_token`: none, revoked or expired, in the same words.
        """
        form = _FORM.fullmatch(presented)
        now = self._clock.now()
        with self._database.read() as connection:
            row = connection.execute(
                _SELECT.where(api_key.c.id == (form.group(1) if form else ""))
            ).first()
        stored = row.hash if row else _NO_HASH
        is_it = hmac.compare_digest(self._hash(presented), stored)
        if row is None or not is_it or row.state != "active" or row.expires_at <= stamp(now):
            raise Refusal(
                "bad_token",
                "This key is not good: wrong, expired or revoked. Ask an administrator for one.",
            )
        if not row.last_used_at or moment(row.last_used_at) + NOTED_EVERY <= now:
            self._note_use(row.id, stamp(now))
        return _key(row)

    def list(self) -> list[ApiKey]:
        """All keys by name, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                _SELECT.order_by(api_key.c.name, api_key.c.created_at, api_key.c.id)
            )
            return [_key(row) for row in rows]

    def revoke(self, named: str) -> int:
        """Revoke a key by its id, or all keys of a name; good for five seconds more at a server.

        Returns:
            How many were revoked.
        """
        k = api_key.c
        with self._database.write() as connection:
            done = connection.execute(
                sa.update(api_key)
                .where(sa.or_(k.id == named, k.name == named), k.state == "active")
                .values(state="revoked")
            )
        return int(done.rowcount)

    def _refuse_third(self, connection: Connection, name: str, now: str) -> None:
        k = api_key.c
        valid = connection.execute(
            sa.select(sa.func.count()).where(
                k.name == name, k.state == "active", k.expires_at > now
            )
        ).scalar_one()
        if valid >= MAX_VALID:
            raise Refusal(
                "too_many_keys",
                f"{name} has {MAX_VALID} good keys already. Revoke the one that is not used: "
                "packhouse ledger key list",
            )

    def _note_use(self, id_: str, now: str) -> None:
        with self._database.write() as connection:
            connection.execute(
                sa.update(api_key).where(api_key.c.id == id_).values(last_used_at=now)
            )

    def _hash(self, key: str) -> str:
        message = b"packhouse api key 1\n" + key.encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, message, sha256).hexdigest()


_SELECT = sa.select(api_key, site.c.site).select_from(
    api_key.outerjoin(site, site.c.n == api_key.c.site_n)
)


def _key(row: sa.Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        site=SiteRef(row.site_n, row.site) if row.site_n else None,
        scopes=frozenset(row.scopes.split()),
        actor=row.actor,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        state=row.state,
    )


def _lock_site(connection: Connection, name: str) -> SiteRef | None:
    where = find_site(connection, name) if name else None
    which = site.c.n == where.n if where else sa.true()
    connection.execute(sa.select(site.c.n).where(which).order_by(site.c.n).with_for_update())
    return where


def _check(name: str, scopes: Collection[str], actor: str) -> None:
    if not _NAME.fullmatch(name):
        raise Refusal("bad_name", "A name has up to 48 letters, digits, points and hyphens.")
    if not scopes or set(scopes) - set(SCOPES):
        raise Refusal("bad_scope", f"Scopes are {', '.join(SCOPES)}; give at least one.")
    if not _ACTOR.fullmatch(actor):
        raise Refusal("bad_actor", "Say in whose name it acts: the id of a person, as p-novak.")
