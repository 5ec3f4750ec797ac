"""People who may sign in at stations: adding, changing and revoking them, each with a credential.

A person and the key they sign with are told in one transaction, so that no station ever knows one
without the other. Who is who in the company is `employee`: two accounts of one employee are one
person, wherever two persons are needed. What happens is told to the journal's act under way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import CredentialRow, PersonRow
from app.domain.badges import new_badge, new_pin
from app.domain.roles import Role, signs_in_by_pin
from app.domain.secrets import SALT_BYTES, pin_hash
from app.errors import Refusal
from app.ledger import duties
from app.ledger.changelog import Editor
from app.ledger.clock import IdSource
from app.ledger.credentials import Credentials, Secrets, Whose
from app.ledger.database import Database
from app.ledger.imports import Applied
from app.ledger.journal import tell
from app.ledger.locks import lock_master
from app.ledger.masterdata import MasterData
from app.ledger.masterfeed import KEYS_FROM
from app.ledger.names import Names
from app.ledger.sites import find_site
from app.ledger.tables import enrolment, thing

# Where somebody works everywhere: how it is typed, and how it is kept.
EVERY_SITE = "*"
_EVERYWHERE = ""
_ROLES = frozenset(role.value for role in Role)
# An id that says nothing about who it is: six characters of 32, a thousand million of them.
_ID_BYTES = 6
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who somebody is to be.

    Attributes:
        person: Id; made when empty.
        name: For people.
        role: What they are.
        site: Where; `EVERY_SITE` for all of them.
        employee: Who they are in the company; empty when they have one account only.
        not_after: Their credential ends then, a stamp; empty for no end.
    """

    person: str
    name: str
    role: str
    site: str
    employee: str = ""
    not_after: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A person ready to be stored: who they are, and their key, unless it stays as it is."""

    row: PersonRow
    credential: CredentialRow | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as administrators see them.

    Attributes:
        row: Who they are.
        credential: What they sign in with now; None for somebody of before version 2.
    """

    row: PersonRow
    credential: CredentialRow | None

    @property
    def state(self) -> str:
        """active, revoked, or what is missing."""
        if not self.row.active:
            return "revoked"
        return "active" if self.credential is not None else "needs badge and PIN"


class People:
    """Adds, changes and revokes people.

    Args:
        database: The ledger's.
        ids: Makes ids, badges, PINs and salts.
        master: Writes the rows of people.
        credentials: Makes their keys.
    """

    def __init__(
        self, database: Database, ids: IdSource, master: MasterData, credentials: Credentials
    ) -> None:
        self._database = database
        self._ids = ids
        self._master = master
        self._credentials = credentials

    def add(self, site: str, person: str, name: str, role: str, secrets: tuple[str, str]) -> None:
        """Add somebody with this badge and PIN, or change who it is.

        Raises:
            Refusal: as `prepare` and `store`.
        """
        wanted = Wanted(person, name, role, site)
        self.store(self.prepare([(wanted, Secrets(*secrets))]), "import")

    def fresh(self, badge: str = "", pin: str = "") -> Secrets:
        """Badge and PIN, made where none is given."""
        return Secrets(badge or new_badge(self._ids.random), pin or new_pin(self._ids.random))

    def prepare(self, wanted: Sequence[tuple[Wanted, Secrets]]) -> list[Prepared]:
        """Make keys for people; half a second each, so outside any transaction.

        Whoever is already who they are to be, with this badge and PIN, keeps their key.

        Raises:
            Refusal: `unknown_site`, `unknown_role`, `bad_badge`, `bad_pin`, `weak_badge`.
        """
        return [self._prepare(one, secrets) for one, secrets in wanted]

    def store(self, prepared: Sequence[Prepared], by: str, reason: str = "") -> Applied:
        """Write people and tell stations, all or none, in one transaction.

        Raises:
            Refusal: `stale_version`, `badge_taken`, `duties_conflict`.
        """
        with self._database.write() as connection:
            lock_master(connection)
            people = everybody(connection)
            for one in prepared:
                _refuse_taken(people, one.row)
                people[one.row.person] = one.row
                duties.refuse_conflicts(people.values(), one.row)
            rows = {one.row.person: one.row for one in prepared}
            written = self._master.put_things(connection, "person", rows, Editor(by, reason))
            fresh = [one.credential for one in prepared if one.credential is not None]
            for row in fresh:
                self._credentials.write(connection, row, by)
        changed = max(written, len({row.person for row in fresh}))
        tell(after=[_told(one.row) for one in prepared])
        return Applied(changed, len(rows) - changed)

    def renew(self, person: str, secrets: Secrets, *, role: str = "") -> Prepared:
        """A next version for somebody there is: other badge, PIN or role.

        Raises:
            Refusal: `unknown_person`, `unknown_role`, and as `prepare`.
        """
        seen = self.find(person)
        # What a credential says is theirs; the row may show a role that is lent for an hour.
        own = seen.credential.role if seen.credential else seen.row.role
        wanted = Wanted(
            person,
            seen.row.name,
            role or own,
            seen.row.site or EVERY_SITE,
            seen.row.employee,
            seen.credential.not_after if seen.credential else "",
        )
        return self._prepare(wanted, secrets)

    def revoke(self, person: str, by: str = "import", reason: str = "") -> None:
        """Let nobody sign in as this person any more; told to stations in one transaction.

        Raises:
            Refusal: `unknown_person`.
        """
        with self._database.write() as connection:
            lock_master(connection)
            row = everybody(connection).get(person)
            if row is None:
                raise _unknown(person)
            gone = msgspec.structs.replace(row, active=False, pin_salt="", pin_hash="")
            self._master.put_things(connection, "person", {person: gone}, Editor(by, reason))
            self._credentials.revoke(connection, person, by)
        tell(before=_told(row), after=_told(gone))

    def unlock(self, person: str, by: str) -> None:
        """Let stations forget wrong PINs: the same credential is told to them anew.

        Raises:
            Refusal: `unknown_person`, `no_credential`.
        """
        with self._database.write() as connection:
            lock_master(connection)
            if person not in everybody(connection):
                raise _unknown(person)
            last = self._credentials.latest(connection, [person]).get(person)
            if last is None or last.state != "active":
                raise Refusal(
                    "no_credential",
                    f"{person} cannot sign in at all. Give them a badge and a PIN: packhouse "
                    f"ledger user pin {person}",
                )
            self._credentials.tell_anew(connection, last, by)
        tell(after={"person": person, "version": last.version, "by": by})

    def proves(self, person: str, secrets: Secrets) -> bool:
        """Whether badge and PIN are this person's; as slow for a stranger as for anybody."""
        with self._database.read() as connection:
            row = person_of(connection, person)
            known = self._credentials.latest(connection, [person]).get(person)
        if row is None or not row.active or known is None:
            self._credentials.lock(Whose("nobody", "clerk", _EVERYWHERE), self.fresh())
            return False
        return self._credentials.opens(known, secrets)

    def find(self, person: str) -> Seen:
        """Somebody.

        Raises:
            Refusal: `unknown_person`.
        """
        seen = next((one for one in self.all() if one.row.person == person), None)
        if seen is None:
            raise _unknown(person)
        return seen

    def all(self) -> list[Seen]:
        """Everybody by id, with what they sign in with."""
        with self._database.read() as connection:
            rows = everybody(connection)
            known = self._credentials.latest(connection, rows)
        active = {name: row for name, row in known.items() if row.state == "active"}
        names = Names.of(self._database)
        return [Seen(names.open(row), active.get(name)) for name, row in sorted(rows.items())]

    # ------------------------------------------------------------------ how it is made

    def _prepare(self, one: Wanted, secrets: Secrets) -> Prepared:
        if one.role not in _ROLES:
            names = ", ".join(sorted(_ROLES))
            raise Refusal("unknown_role", f"There is no role {one.role}. Roles are: {names}.")
        site = self._site(one.site)
        person = one.person or self._new_id()
        with self._database.read() as connection:
            known = self._credentials.latest(connection, [person]).get(person)
            row = everybody(connection).get(person)
            old_stations = _has_old_stations(connection)
        same = row and known and self._is_same(one, site, (row, known))
        if row and known and same and self._credentials.opens(known, secrets):
            return Prepared(msgspec.structs.replace(row, name=one.name), None)
        made = self._credentials.lock(Whose(person, one.role, site, one.not_after), secrets)
        salt = self._ids.random(SALT_BYTES).hex() if old_stations else ""
        return Prepared(
            PersonRow(
                person=person,
                name=one.name,
                role=one.role,
                site=site,
                badge_hash=made.badge_hash,
                pin_salt=salt,
                pin_hash=pin_hash(secrets.pin, salt) if old_stations else "",
                employee=one.employee,
            ),
            made,
        )

    def _is_same(self, one: Wanted, site: str, known: tuple[PersonRow, CredentialRow]) -> bool:
        row, held = known
        return (
            row.active
            and (row.role, row.site, row.employee) == (one.role, site, one.employee)
            and (held.role, held.site, held.not_after) == (one.role, site, one.not_after)
            and bool(held.by_pin) == (bool(site) and signs_in_by_pin(one.role))
        )

    def _site(self, name: str) -> str:
        if name == EVERY_SITE:
            return _EVERYWHERE
        with self._database.read() as connection:
            return find_site(connection, name).site

    def _new_id(self) -> str:
        with self._database.read() as connection:
            taken = everybody(connection)
        while True:
            letters = (_LETTERS[byte % 32] for byte in self._ids.random(_ID_BYTES))
            made = "p-" + "".join(letters)
            if made not in taken:
                return made


def person_of(connection: Connection, person: str) -> PersonRow | None:
    """Somebody as they are now, with a role that is lent to them; None for nobody."""
    t = thing.c
    body = connection.execute(
        sa.select(t.body).where(t.kind == "person", t.name == person)
    ).scalar_one_or_none()
    return msgspec.json.decode(body, type=PersonRow) if body is not None else None


def everybody(connection: Connection) -> dict[str, PersonRow]:
    """Everybody there is or was, by id; names as they are kept."""
    bodies = connection.execute(sa.select(thing.c.body).where(thing.c.kind == "person")).scalars()
    rows = [msgspec.json.decode(body, type=PersonRow) for body in bodies]
    return {row.person: row for row in rows}


def _has_old_stations(connection: Connection) -> bool:
    """Whether a station is enrolled that still compares PINs with hashes.

    One that is enrolled later signs people in by badge until their PIN is made anew.
    """
    e = enrolment.c
    which = sa.select(e.n).where(e.kind == "station", e.state == "active", e.protocol < KEYS_FROM)
    return connection.execute(which.limit(1)).first() is not None


def _refuse_taken(people: dict[str, PersonRow], row: PersonRow) -> None:
    """A badge finds one person; whoever was revoked leaves theirs free."""
    for other in people.values():
        if other.person != row.person and other.active and other.badge_hash == row.badge_hash:
            raise Refusal(
                "badge_taken",
                f"This badge is already {other.person}'s. Give {row.person} another, or leave it "
                "out, and one is made.",
            )


def _told(row: PersonRow) -> dict[str, str | bool]:
    """What the journal says of a person: no name, no secret."""
    return {
        "person": row.person,
        "role": row.role,
        "site": row.site or EVERY_SITE,
        "employee": row.employee,
        "active": row.active,
    }


def _unknown(person: str) -> Refusal:
    return Refusal(
        "unknown_person",
        f"There is nobody called {person} here. See: packhouse ledger user list",
    )


__all__ = ["EVERY_SITE", "People", "Prepared", "Secrets", "Seen", "Wanted"]
