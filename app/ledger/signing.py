"""What proves that a person asked or decided: their credentials, signatures and grants, as read.

Only what a group of operations names is read, and nothing at all when no request of a person is
among it. Judging is `app.ledger.rules.proving`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import Grant, Signed
from app.identity.foureyes import FAVOUR_H, SIGNED_KINDS
from app.ledger.clock import stamp
from app.ledger.database import Database
from app.ledger.tables import approval_grant, credential, enrolment, feed, grant_use, signed, site

if TYPE_CHECKING:
    from app.ledger.arrivals import Arrival
    from app.ledger.book import Book
    from app.ledger.touched import Touched

KINDS = frozenset(kind.value for kind in SIGNED_KINDS) | {"reverse"}
ACTIVE = "active"


class Credential(NamedTuple):
    """One version of how a person proves who they are.

    Attributes:
        public_key: Hex.
        role: What they were with it.
        site: Where; empty for every site.
        state: active or revoked.
        ended_master: Its end in the master feed; 0 while it holds.
        not_after: When it ends whatever happens, or empty.
    """

    public_key: str
    role: str
    site: str
    state: str
    ended_master: int
    not_after: str


@dataclass(slots=True)
class Granted:
    """A grant and what was decided on it.

    Attributes:
        grant: As it was given; its signature is not kept.
        state: active, or why not.
        used: Decisions by the day it was carried on.
    """

    grant: Grant
    state: str
    used: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Signing:
    """What proofs are judged by.

    Attributes:
        credentials: By person and version.
        favours: Accounts that made or changed somebody's credential lately, by person.
        masters: How much of the master feed went with a place in the site's feed.
        grants: By id.
        used: Grant, decision and day of what is decided here.
    """

    credentials: dict[tuple[str, int], Credential] = field(default_factory=dict)
    favours: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    masters: dict[int, int] = field(default_factory=dict)
    grants: dict[str, Granted] = field(default_factory=dict)
    used: list[tuple[str, str, int]] = field(default_factory=list)

    def use(self, grant: str, decision: str, day: int) -> None:
        """Note a decision that counts."""
        self.used.append((grant, decision, day))
        held = self.grants[grant].used
        held[day] = held.get(day, 0) + 1


def touch(arrival: "Arrival", touched: "Touched") -> None:
    """Whose credentials and grants an operation is judged by."""
    operation = arrival.operation
    if operation is None or operation.kind not in KINDS:
        return
    touched.signers.add(operation.actor)
    touched.seen_at.add(operation.as_of.cursor)
    if operation.grant:
        touched.grants.add(operation.grant)


def read(database: Database, connection: Connection, book: "Book", touched: "Touched") -> None:
    """Read what the requests of people here are judged by."""
    if not touched.signers:
        return
    if _read_credentials(database, connection, book, touched.signers):
        f = feed.c
        rows = connection.execute(
            sa.select(f.seq, f.master).where(
                f.site_n == book.site_n, database.in_set(f.seq, sorted(touched.seen_at))
            )
        )
        book.signing.masters = {seq: master for seq, master in rows}  # noqa: C416 - a Row is no pair
    if touched.grants:
        _read_grants(database, connection, book, touched.grants)


def _read_credentials(
    database: Database, connection: Connection, book: "Book", persons: Iterable[str]
) -> bool:
    """Every version of these people; whether one of them has ended."""
    c = credential.c
    rows = connection.execute(
        sa.select(
            c.person, c.version, c.public_key, c.role, c.site, c.state, c.ended_master,
            c.not_after, c.issued_at, c.issued_by, c.told_at, c.told_by,
        ).where(database.in_set(c.person, sorted(persons)))
    )  # fmt: skip
    ended = False
    # What was done since then counts as a favour when a decision was recorded just after it, too.
    since = stamp(book.at - timedelta(hours=FAVOUR_H) - timedelta(days=31))
    for person, version, *known, issued_at, issued_by, told_at, told_by in rows:
        one = book.signing.credentials[person, version] = Credential(*known)
        ended = ended or one.state != ACTIVE
        # Letting somebody in again, or lending them rights, is a favour as much as making them.
        for at, by in ((issued_at, issued_by), (told_at, told_by)):
            if at >= since:
                book.signing.favours.setdefault(person, set()).add((at, by))
    return ended


def _read_grants(
    database: Database, connection: Connection, book: "Book", ids: Iterable[str]
) -> None:
    g, u = approval_grant.c, grant_use.c
    wanted = sorted(ids)
    rows = connection.execute(
        sa.select(
            g.id, g.person, site.c.site, enrolment.c.id.label("enrolment"), g.max_quantity,
            g.max_value, g.max_count, g.issued_at, g.expires_at, g.state,
        )
        .join(site, site.c.n == g.site_n)
        .join(enrolment, enrolment.c.n == g.enrolment_n)
        .where(database.in_set(g.id, wanted))
    )  # fmt: skip
    for row in rows:
        grant = Grant(
            id=row.id,
            person=row.person,
            site=row.site,
            enrolment=row.enrolment,
            max_quantity=row.max_quantity,
            max_value=row.max_value,
            max_count=row.max_count,
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            signature="",
        )
        book.signing.grants[grant.id] = Granted(grant, row.state)
    counted = connection.execute(
        sa.select(u.grant, u.carried, sa.func.count())
        .where(database.in_set(u.grant, wanted))
        .group_by(u.grant, u.carried)
    )
    for grant_id, carried, count in counted:
        book.signing.grants[grant_id].used[int(carried or 0)] = count


def kept(
    database: Database, connection: Connection, ids: Iterable[str]
) -> dict[str, tuple[Signed, ...]]:
    """The signatures over operations, as they came in."""
    s = signed.c
    rows = connection.execute(
        sa.select(s.operation, s.person, s.version, s.signature)
        .where(database.in_set(s.operation, sorted(ids)))
        .order_by(s.operation, s.person)
    )
    found: dict[str, tuple[Signed, ...]] = {}
    for id_, *parts in rows:
        found[id_] = (*found.get(id_, ()), Signed(*parts))
    return found


def write(database: Database, connection: Connection, book: "Book") -> None:
    """Decisions made on grants."""
    database.insert(
        connection,
        grant_use,
        [
            (grant, decision, str(day) if day else "", book.now)
            for grant, decision, day in book.signing.used
        ],
    )


def write_signed(
    database: Database, connection: Connection, came: Iterable[tuple[str, tuple[Signed, ...]]]
) -> None:
    """Signatures of people, each once."""
    rows = {
        (id_, one.person): (id_, one.person, one.version, one.signature)
        for id_, signatures in came
        for one in reversed(signatures)
    }
    database.insert(connection, signed, list(rows.values()))
