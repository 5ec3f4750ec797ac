"""When somebody last signed in, and last used each permission: for access reviews.

Operations are looked through by a job, set-based and by enrolment, behind whoever posts; nothing is
done while posting. What the office does is read from where it is kept anyway, when it is asked for.
Times are the ledger's own: when it heard of it.
"""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.codec import UNREADABLE
from app.domain.operation import Kind
from app.domain.roles import Permission
from app.ledger.database import Database
from app.ledger.tables import (
    change,
    credential,
    enrolment,
    last_use,
    operation,
    policy,
    use_noted,
)

# Operations looked through at a time: a few megabytes of bodies.
CHUNK = 5_000
SIGN_IN = "sign_in"

_P = Permission
_WORK = _P.WORK.value
# What an operation of each kind is a use of; the others are work.
_USES = {
    Kind.COUNT: _P.COUNT,
    Kind.ADJUST: _P.ADJUST,
    Kind.REQUEST: _P.ASK,
    Kind.CANCEL: _P.ASK,
    Kind.DECIDE: _P.DECIDE,
    Kind.RESOLVE: _P.RESOLVE,
}
_PERMISSIONS = {kind.value: permission.value for kind, permission in _USES.items()}


class _Body(msgspec.Struct):
    """The little of an operation that is needed here."""

    actor: str = ""
    reason: str = ""


_decode = msgspec.json.Decoder(_Body).decode


class LastUses:
    """Notes and reads.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Look through what was posted since the last time; how many operations."""
        return sum(self._note(n, stop) for n in self._behind())

    def of(self, connection: Connection) -> dict[str, dict[str, str]]:
        """When, by person and permission."""
        found: dict[str, dict[str, str]] = {}
        kept = connection.execute(
            sa.select(last_use.c.person, last_use.c.permission, last_use.c.at)
        )
        rows = [(person, permission, at) for person, permission, at in kept]
        for column, at, permission in (
            (policy.c.actor, policy.c.at, _P.SET_POLICY),
            (change.c.actor, change.c.at, _P.EDIT_MASTER),
            (credential.c.issued_by, credential.c.issued_at, _P.MANAGE_PEOPLE),
        ):
            latest = connection.execute(sa.select(column, sa.func.max(at)).group_by(column))
            rows += [(person, permission.value, when) for person, when in latest]
        for person, name, when in rows:
            known = found.setdefault(person, {})
            known[name] = max(known.get(name, ""), when)
        return found

    def _behind(self) -> list[int]:
        """Enrolments that have recorded something since they were looked through."""
        e, u = enrolment.c, use_noted.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(e.n)
                .outerjoin(use_noted, u.enrolment_n == e.n)
                .where(e.seq > sa.func.coalesce(u.seq, 0))
                .order_by(e.n)
            )
            return list(rows.scalars())

    def _note(self, enrolment_n: int, stop: Callable[[], bool]) -> int:
        count = 0
        while not stop():
            read = self._chunk(enrolment_n)
            count += read
            if read < CHUNK:
                break
        return count

    def _chunk(self, enrolment_n: int) -> int:
        """Look through the next operations of an enrolment, and remember how far."""
        o, u = operation.c, use_noted.c
        with self._database.write() as connection:
            start = connection.execute(
                sa.select(u.seq).where(u.enrolment_n == enrolment_n)
            ).scalar_one_or_none()
            # First the end: what is posted meanwhile is looked through the next time.
            end = connection.execute(
                sa.select(enrolment.c.seq).where(enrolment.c.n == enrolment_n)
            ).scalar_one()
            rows = connection.execute(
                sa.select(o.seq, o.kind, o.body, o.received_at)
                .where(o.enrolment_n == enrolment_n, o.seq > (start or 0), o.seq <= end)
                .order_by(o.seq)
                .limit(CHUNK)
            ).all()
            # A chain has places whose operation stands elsewhere: the end counts, not the last row.
            seq = rows[-1].seq if len(rows) == CHUNK else end
            self._database.upsert(connection, use_noted, [(enrolment_n, seq)])
            self._keep(connection, _uses(rows))
        return len(rows)

    def _keep(self, connection: Connection, uses: dict[tuple[str, str], str]) -> None:
        last = last_use.c
        people = sorted({person for person, _ in uses})
        known = connection.execute(
            sa.select(last.person, last.permission, last.at).where(
                self._database.in_set(last.person, people)
            )
        )
        before = {(person, permission): at for person, permission, at in known}
        later = [(*use, at) for use, at in sorted(uses.items()) if at > before.get(use, "")]
        self._database.upsert(connection, last_use, later)


def _uses(rows: Iterable[Any]) -> dict[tuple[str, str], str]:
    """The latest of each person and permission."""
    found: dict[tuple[str, str], str] = {}
    for _seq, kind, body, at in rows:
        try:
            said = _decode(body)
        except UNREADABLE:
            # Held because nobody can read it; then nobody knows whose it was, either.
            continue
        event = kind == Kind.EVENT.value
        use = said.reason if event else _PERMISSIONS.get(kind, _WORK)
        if said.actor and (not event or use == SIGN_IN):
            key = (said.actor, use)
            found[key] = max(found.get(key, ""), at)
    return found
