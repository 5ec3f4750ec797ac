"""Breaking the glass: a role lent to somebody for an hour in an emergency, by two persons.

One asks, another approves; neither is who gets the role by approving it alone. The lent role is
told like any other, so that ledger and stations judge by it alike, and taken back by a job. Every
use of it is in the chains anyway; when it ends, an exception asks somebody to look through it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import PersonRow
from app.domain.roles import ROLES, Permission, may_at
from app.errors import Refusal
from app.identity.accounts import accounts
from app.ledger.book import Book
from app.ledger.changelog import Editor
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.credentials import Credentials
from app.ledger.database import Database
from app.ledger.journal import tell
from app.ledger.locks import lock_master
from app.ledger.masterdata import MasterData
from app.ledger.pages import Pages
from app.ledger.people import everybody, person_of
from app.ledger.rules.rights_contradictions import glass_broken
from app.ledger.sites import SiteRef
from app.ledger.tables import break_glass, credential
from app.ledger.writing import Writer

LIFE = timedelta(hours=1)
# Who asks and is not answered asks anew: an old request must not be approved by surprise.
ASKED_FOR = timedelta(hours=1)
ASKED, LENT, ENDED, LAPSED = "asked", "lent", "ended", "lapsed"
# Lent are roles that decide. An administrator is made, not lent.
LENDABLE = frozenset(role.value for role, held in ROLES.items() if Permission.DECIDE in held)
MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Lent:
    """One time the glass was broken, or is asked to be."""

    id: str
    site_n: int
    person: str
    role: str
    asked_by: str
    approved_by: str
    begins_at: str
    ends_at: str
    reason: str
    state: str


class BreakGlass:
    """Lends roles and takes them back.

    Args:
        database: The ledger's.
        clock: When an hour is over.
        ids: Names what is asked.
        master: Writes the rows of people.
        credentials: Tells what people sign in with.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ids: IdSource,
        master: MasterData,
        credentials: Credentials,
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._master = master
        self._credentials = credentials
        self._writer = Writer(database, ids)

    def ask(self, where: SiteRef, person: str, role: str, *, by: str, reason: str) -> Lent:
        """Ask that somebody be lent a role; nothing changes before another person approves.

        Raises:
            Refusal: `unknown_person`, `not_lendable`, `no_reason`, `already_lent`,
                `badge_needed`.
        """
        if role not in LENDABLE:
            raise Refusal(
                "not_lendable",
                f"The role {role} is not lent. Roles are: {', '.join(sorted(LENDABLE))}.",
            )
        if not 0 < len(reason.strip()) <= MAX_REASON:
            raise Refusal("no_reason", f"Say why, in at most {MAX_REASON} characters.")
        with self._database.write() as connection:
            _active(connection, person, where)
            _active(connection, by, where)
            self._refuse_lent(connection, person)
            self._refuse_without_badge(connection, person)
            made = Lent(
                self._ids.new_id(), where.n, person, role, by, "", "",
                stamp(self._clock.now() + ASKED_FOR), reason.strip(), ASKED,
            )  # fmt: skip
            self._database.insert(connection, break_glass, [_values(made)])
        tell(object=f"break-glass {made.id}", after=_told(made), reason=made.reason, site_n=where.n)
        return made

    def approve(self, where: SiteRef, id_: str, *, by: str) -> Lent:
        """Lend the role for an hour from now.

        Raises:
            Refusal: `unknown_break_glass`, `not_open`, `two_persons_needed`, `not_permitted`.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            asked = _find(connection, where, id_)
            if asked.state != ASKED or asked.ends_at <= stamp(now):
                raise Refusal(
                    "not_open",
                    "This is approved, ended or too old by now. Ask anew: packhouse ledger "
                    "break-glass ask",
                )
            approver = _active(connection, by, where)
            if not may_approve(approver, where.site):
                raise Refusal(
                    "not_permitted",
                    f"{by} may not approve this. Ask a supervisor, a site manager or an "
                    "administrator.",
                )
            word = accounts(everybody(connection).values())
            if word[by] in {word[asked.asked_by], word[asked.person]}:
                raise Refusal(
                    "two_persons_needed",
                    "Two persons are needed: neither who asked nor who gets the role approves it.",
                )
            person = _active(connection, asked.person, where)
            self._refuse_lent(connection, asked.person)
            lent = Lent(
                asked.id, where.n, asked.person, asked.role, asked.asked_by, by, stamp(now),
                stamp(now + LIFE), asked.reason, LENT,
            )  # fmt: skip
            _set(connection, lent)
            self._report(connection, where, lent)
            lock_master(connection)
            self._wear(connection, person, lent.role, by)
        tell(
            object=f"break-glass {lent.id}",
            before=_told(asked),
            after=_told(lent),
            reason=lent.reason,
            site_n=where.n,
        )
        return lent

    def end(self, where: SiteRef, id_: str, *, by: str) -> Lent:
        """Take the role back before its time, or a request that nobody has approved.

        Raises:
            Refusal: `unknown_break_glass`, `not_open`.
        """
        with self._database.write() as connection:
            found = _find(connection, where, id_)
            if found.state not in {ASKED, LENT}:
                raise Refusal("not_open", "This has ended already. See: break-glass list")
            lock_master(connection)
            ended = self._end(connection, found, by)
        tell(object=f"break-glass {id_}", before=_told(found), after=_told(ended), site_n=where.n)
        return ended

    def due(self) -> list[Lent]:
        """What is over by now and not ended."""
        b = break_glass.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(break_glass)
                .where(b.state.in_([ASKED, LENT]), b.ends_at <= stamp(self._clock.now()))
                .order_by(b.ends_at, b.id)
            ).all()
        return [_lent(row) for row in rows]

    def list(self, where: SiteRef | None = None) -> list[Lent]:
        """Every time, the latest first."""
        b = break_glass.c
        asked = sa.select(break_glass).order_by(b.ends_at.desc(), b.id)
        with self._database.read() as connection:
            rows = connection.execute(
                asked if where is None else asked.where(b.site_n == where.n)
            ).all()
        return [_lent(row) for row in rows]

    # ------------------------------------------------------------------ how

    def _end(self, connection: Connection, found: Lent, by: str) -> Lent:
        state = ENDED if found.state == LENT else LAPSED
        ended = Lent(
            found.id, found.site_n, found.person, found.role, found.asked_by, found.approved_by,
            found.begins_at, stamp(self._clock.now()), found.reason, state,
        )  # fmt: skip
        _set(connection, ended)
        person = person_of(connection, found.person)
        own = self._credentials.latest(connection, [found.person]).get(found.person)
        if found.state == LENT and person is not None and person.active and own is not None:
            self._wear(connection, person, own.role, by)
        return ended

    def _report(self, connection: Connection, where: SiteRef, lent: Lent) -> None:
        """Ask somebody to look through what was done; it does not wait for the end."""
        pages = Pages()
        pages.rows.append((glass_broken(lent.id, lent.person, lent.role, lent.approved_by), ""))
        self._writer.write(connection, Book(where.n, where.site, self._clock.now()), pages)

    def _wear(self, connection: Connection, person: PersonRow, role: str, by: str) -> None:
        """Tell a person with another role; what they sign in with is kept under its own."""
        own = self._credentials.latest(connection, [person.person])[person.person]
        row = msgspec.structs.replace(person, role=role)
        self._master.put_things(
            connection, "person", {person.person: row}, Editor(by, "break-glass")
        )
        lent = msgspec.structs.replace(
            own, role=role, by_pin=own.by_pin if role == own.role else ""
        )
        c = credential.c
        connection.execute(
            sa.update(credential)
            .where(c.person == own.person, c.version == own.version)
            .values(role=role)
        )
        self._credentials.tell_anew(connection, lent, by)

    def _refuse_lent(self, connection: Connection, person: str) -> None:
        b = break_glass.c
        found = connection.execute(
            sa.select(b.id).where(b.person == person, b.state == LENT)
        ).first()
        if found is not None:
            raise Refusal("already_lent", f"A role is lent to {person} already. End that first.")

    def _refuse_without_badge(self, connection: Connection, person: str) -> None:
        own = self._credentials.latest(connection, [person]).get(person)
        if own is None or not own.by_badge or own.state != "active":
            raise Refusal(
                "badge_needed",
                f"{person} has no badge that a deciding role needs. Give them one: packhouse "
                f"ledger user badge {person}",
            )


def may_approve(person: PersonRow, site: str) -> bool:
    """Whether somebody may lend a role at a site: who decides there, or manages people."""
    able = (Permission.DECIDE, Permission.MANAGE_PEOPLE)
    return any(may_at(person.role, person.site, permission, site) for permission in able)


def _active(connection: Connection, person: str, where: SiteRef) -> PersonRow:
    row = person_of(connection, person)
    if row is None or not row.active or row.site not in {"", where.site}:
        raise Refusal(
            "unknown_person", f"There is nobody called {person} at {where.site} who may sign in."
        )
    return row


def _find(connection: Connection, where: SiteRef, id_: str) -> Lent:
    b = break_glass.c
    row = connection.execute(
        sa.select(break_glass).where(b.id == id_, b.site_n == where.n).with_for_update()
    ).first()
    if row is None:
        raise Refusal(
            "unknown_break_glass", f"Nothing called {id_} was asked at {where.site}. See the list."
        )
    return _lent(row)


def _set(connection: Connection, lent: Lent) -> None:
    connection.execute(
        sa.update(break_glass)
        .where(break_glass.c.id == lent.id)
        .values(
            approved_by=lent.approved_by,
            begins_at=lent.begins_at,
            ends_at=lent.ends_at,
            state=lent.state,
        )
    )


def _lent(row: Any) -> Lent:
    return Lent(*row)


def _values(lent: Lent) -> tuple[str | int, ...]:
    return (
        lent.id, lent.site_n, lent.person, lent.role, lent.asked_by, lent.approved_by,
        lent.begins_at, lent.ends_at, lent.reason, lent.state,
    )  # fmt: skip


def _told(lent: Lent) -> dict[str, str]:
    return {
        "person": lent.person,
        "role": lent.role,
        "asked_by": lent.asked_by,
        "approved_by": lent.approved_by,
        "until": lent.ends_at,
        "state": lent.state,
    }
