"""How people prove who they are: keys locked under badge and PIN, every version kept.

A version is made outside any transaction, because locking a key takes half a second, and written
with the person it belongs to, in the same transaction as the rows stations hear of it by. Of badge
and PIN nothing is kept that could be guessed from a copy (`app.identity.userkey`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import CredentialRow
from app.domain.badges import badge_flaw, is_secret, pin_flaw
from app.domain.roles import signs_in_by_pin
from app.domain.secrets import badge_hash
from app.errors import Refusal
from app.identity.userkey import Cost, new_key, unlock
from app.ledger import masterlog
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.feed import master_head
from app.ledger.keys import LedgerKey
from app.ledger.pepper import pepper_of
from app.ledger.tables import credential, site

ACTIVE, REPLACED, REVOKED = "active", "replaced", "revoked"

_encode = msgspec.json.Encoder().encode
_row = msgspec.json.Decoder(CredentialRow)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What somebody signs in with; handed through, never kept."""

    badge: str = field(repr=False)
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Whose:
    """What a credential says of its person.

    Attributes:
        person: Id.
        role: What they are.
        site: Where; empty for every site.
        not_after: It ends then, a stamp; empty for no end of its own.
    """

    person: str
    role: str
    site: str
    not_after: str = ""


class Credentials:
    """Makes, tells, ends and reads credentials.

    Args:
        database: The ledger's.
        clock: Dates them.
        ids: Chance for keys.
        key: Signs them.
        cost: What one try of a PIN costs.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: IdSource, key: LedgerKey, cost: Cost
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key
        self._cost = cost

    # ------------------------------------------------------------------ making

    def lock(self, whose: Whose, secrets: Secrets) -> CredentialRow:
        """A next version, with a fresh key; takes long, so call it outside a transaction.

        Raises:
            Refusal: `bad_badge`, `bad_pin`, `weak_badge`.
        """
        refuse_flaws(whose.role, secrets)
        with self._database.read() as connection:
            version = self.latest(connection, [whose.person])
            pepper = self._pepper(connection, whose)
        number = version[whose.person].version + 1 if version else 1
        locked = new_key(
            (whose.person, number),
            secrets.pin,
            secrets.badge,
            pepper,
            (self._cost, self._ids.random),
        )
        return CredentialRow(
            person=whose.person,
            version=number,
            site=whose.site,
            role=whose.role,
            public_key=locked.public_key,
            salt=locked.salt,
            memory_kib=self._cost.memory_kib,
            passes=self._cost.passes,
            lanes=self._cost.lanes,
            # A short badge is a number somebody may know: nothing is locked under it.
            by_badge=locked.by_badge if is_secret(secrets.badge) else "",
            by_pin=locked.by_pin,
            badge_hash=badge_hash(secrets.badge),
            not_after=whose.not_after,
        )

    def opens(self, row: CredentialRow, secrets: Secrets) -> bool:
        """Whether badge and PIN are those of this credential; takes long."""
        with self._database.read() as connection:
            pepper = self._pepper(connection, Whose(row.person, row.role, row.site))
        if row.badge_hash != badge_hash(secrets.badge) or row.state != ACTIVE:
            return False
        return unlock(row, secrets.pin, badge=secrets.badge, pepper=pepper) is not None

    def holds(self, row: CredentialRow, at: datetime) -> bool:
        """Whether a latest version is good at a moment."""
        return row.state == ACTIVE and (not row.not_after or stamp(at) <= row.not_after)

    # ------------------------------------------------------------------ telling

    def write(self, connection: Connection, row: CredentialRow, by: str) -> CredentialRow:
        """Sign a version and tell it; the one before ends here. Under the master feed's lock.

        Raises:
            Refusal: `stale_version`: another version was made meanwhile.
        """
        before = self.latest(connection, [row.person]).get(row.person)
        if row.version != (before.version + 1 if before else 1):
            raise Refusal(
                "stale_version",
                f"Somebody else has just changed {row.person}. Look again, then do it once more.",
            )
        told = self._tell(connection, row)
        place = master_head(connection)
        if before is not None:
            self._end(connection, before, (told, by, place))
        ended = told.state != ACTIVE
        self._database.insert(
            connection,
            credential,
            [
                (
                    told.person, told.version, told.site, told.role, told.public_key,
                    told.badge_hash, told.issued_at, by, place, told.not_after, told.state,
                    told.issued_at if ended else "", by if ended else "", place if ended else 0,
                    "", "", _encode(told),
                )
            ],
        )  # fmt: skip
        return told

    def tell_anew(self, connection: Connection, row: CredentialRow, by: str) -> None:
        """Tell the version that holds once more, perhaps with a role that is lent.

        It is the same key, told later: what stations hold against its person (wrong PINs) is
        forgotten with it. Who did so is kept beside who made it.
        """
        told = self._tell(connection, row)
        c = credential.c
        connection.execute(
            sa.update(credential)
            .where(c.person == row.person, c.version == row.version)
            .values(told_at=told.issued_at, told_by=by)
        )

    def _tell(self, connection: Connection, row: CredentialRow) -> CredentialRow:
        now = stamp(self._clock.now())
        dated = msgspec.structs.replace(row, issued_at=now, signature="")
        told = msgspec.structs.replace(
            dated, signature=self._key.sign(chain.credential_bytes(dated))
        )
        masterlog.append(self._database, connection, [told], now)
        return told

    def revoke(self, connection: Connection, person: str, by: str) -> None:
        """Tell that a person's key opens nothing any more; nothing when there is none."""
        last = self.latest(connection, [person]).get(person)
        if last is None or last.state != ACTIVE:
            return
        ended = msgspec.structs.replace(
            last, version=last.version + 1, state=REVOKED, by_badge="", by_pin="", badge_hash=""
        )
        self.write(connection, ended, by)

    # ------------------------------------------------------------------ reading

    def latest(self, connection: Connection, people: Iterable[str]) -> dict[str, CredentialRow]:
        """The last version of each of these people who has one."""
        return latest(self._database, connection, people)

    def _end(
        self, connection: Connection, before: CredentialRow, ending: tuple[CredentialRow, str, int]
    ) -> None:
        told, by, place = ending
        c = credential.c
        connection.execute(
            sa.update(credential)
            .where(c.person == before.person, c.version == before.version, c.ended_at == "")
            .values(
                state=REPLACED if told.state == ACTIVE else REVOKED,
                ended_at=told.issued_at,
                ended_by=by,
                ended_master=place,
            )
        )

    def _pepper(self, connection: Connection, whose: Whose) -> bytes:
        """The pepper of a person who may sign in by PIN alone; people of every site have none.

        There is one pepper a site, so that a stolen station tells nothing about another site; a
        key locked under each would be one more lock for everybody at every new site.
        """
        if not whose.site or not signs_in_by_pin(whose.role):
            return b""
        found = connection.execute(sa.select(site.c.n).where(site.c.site == whose.site)).scalar()
        return pepper_of(connection, int(found)) if found is not None else b""


def latest(
    database: Database, connection: Connection, people: Iterable[str]
) -> dict[str, CredentialRow]:
    """The last version of each of these people who has one."""
    c = credential.c
    newest = (
        sa.select(c.person, sa.func.max(c.version).label("version"))
        .where(database.in_set(c.person, sorted(set(people))))
        .group_by(c.person)
        .subquery()
    )
    rows = connection.execute(
        sa.select(c.person, c.body).join(
            newest, sa.and_(newest.c.person == c.person, newest.c.version == c.version)
        )
    )
    return {row.person: _row.decode(row.body) for row in rows}


def refuse_flaws(role: str, secrets: Secrets) -> None:
    """Refuse a badge or PIN that cannot be, or is too weak for a role.

    Raises:
        Refusal: `bad_badge`, `bad_pin`, `weak_badge`.
    """
    if flaw := badge_flaw(secrets.badge):
        raise Refusal("bad_badge", flaw)
    if flaw := pin_flaw(secrets.pin):
        raise Refusal("bad_pin", flaw)
    if not is_secret(secrets.badge) and not signs_in_by_pin(role):
        raise Refusal(
            "weak_badge",
            f"A {role.replace('_', ' ')} needs a badge that cannot be guessed. Leave the badge "
            "out, and a good one is made and shown once.",
        )
