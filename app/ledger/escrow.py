"""Custody of stations' keys: taken sealed, given back sealed to another machine by two persons.

The ledger never holds a key of a station in the clear, but for the moment in which the second
administrator approves, in the memory of that one command.
"""

from dataclasses import dataclass
from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, Row

from app.contract import fingerprint
from app.contract.escrow import (
    EscrowPut,
    EscrowTaken,
    RecoveryAnswer,
    RecoveryAsked,
    escrow_purpose,
    recovery_purpose,
)
from app.errors import Refusal
from app.identity import letter
from app.identity.envelope import WrongKeyError
from app.ledger import keepers as keeping
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.journal import tell
from app.ledger.keepers import Keepers
from app.ledger.sites import Who
from app.ledger.tables import enrolment, escrow, meta, recovery, site

PURPOSE = "keys"
_RECOVERY_KEY = "recovery_key"
_KEPT, _REPLACED = "kept", "replaced"
_WANTED, _ASKED, _APPROVED = "wanted", "asked", "approved"
# Anybody may say that they lost their keys: so many are listened to at a time, for so long.
MOST_WANTED = 20
WANTED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wish:
    """A machine that asks for keys, as administrators see it.

    Attributes:
        words: What the person at the machine reads out.
        station: `SITE/STATION` if it is known whose keys they are, else what the person said.
        state: wanted, asked, approved.
        asked_by: The first administrator.
        approved_by: The second one.
        at: Since when.
    """

    words: str
    station: str
    state: str
    asked_by: str
    approved_by: str
    at: str


def recovery_key(connection: Connection) -> str:
    """What stations seal their keys to; empty when nobody has set recovery up."""
    found = connection.execute(sa.select(meta.c.value).where(meta.c.name == _RECOVERY_KEY))
    return found.scalar_one_or_none() or ""


class Escrow:
    """Keys in custody, and their recovery.

    Args:
        database: The ledger's.
        clock: For dates, and for how long somebody is listened to.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    # ---------------------------------------------------------------------------------- stations

    def put(self, who: Who, asked: EscrowPut) -> EscrowTaken:
        """Take a station's keys into custody, in the place of those it gave before.

        What is not sealed to the recovery key of today is not taken: the answer names that key.
        """
        with self._database.write() as connection:
            current = recovery_key(connection)
            if not asked.sealed or not current or asked.recovery_key != current:
                return EscrowTaken(recovery_key=current)
            e = escrow.c
            mine = (e.enrolment_n == who.n, e.purpose == PURPOSE, e.key_id == asked.vault)
            connection.execute(sa.update(escrow).where(*mine).values(state=_REPLACED, sealed=b""))
            connection.execute(
                sa.insert(escrow).values(
                    enrolment_n=who.n,
                    purpose=PURPOSE,
                    key_id=asked.vault,
                    sealed=bytes.fromhex(asked.sealed),
                    at=self._now(),
                    state=_KEPT,
                )
            )
        tell(object=f"keys {asked.vault}", after={"taken": True})
        return EscrowTaken(recovery_key=current, taken=True)

    def heard(self, asked: RecoveryAsked) -> RecoveryAnswer | None:
        """How far the administrators are; None for a machine that has not asked in time."""
        with self._database.read() as connection:
            found = self._found(connection, words_of(asked.public_key))
        if found is None or found.public_key != asked.public_key:
            return None
        if found.state != _APPROVED:
            return None if self._is_late(found) else RecoveryAnswer(state=found.state)
        return RecoveryAnswer(
            state=_APPROVED, vault=found.key_id, sealed=(found.sealed or b"").hex()
        )

    def listen(self, asked: RecoveryAsked) -> RecoveryAnswer:
        """Listen to a machine without keys: nothing comes of it without two administrators.

        Raises:
            Refusal: `too_many_recoveries`.
        """
        r, words = recovery.c, words_of(asked.public_key)
        before = stamp(self._clock.now() - WANTED_FOR)
        with self._database.write() as connection:
            # Who was not answered in a day is not listened to any more; what was done is kept.
            # A machine that was half answered begins again.
            late = sa.or_(r.state == _WANTED, sa.and_(r.state == _ASKED, r.id == words))
            connection.execute(sa.delete(recovery).where(late, r.asked_at < before))
            waiting = sa.select(sa.func.count()).select_from(recovery).where(r.state == _WANTED)
            if connection.execute(waiting).scalar_one() >= MOST_WANTED:
                raise Refusal(
                    "too_many_recoveries",
                    "Too many machines ask for keys. Tell an administrator; try again tomorrow.",
                )
            connection.execute(
                sa.insert(recovery).values(
                    id=words,
                    enrolment_n=0,
                    purpose=PURPOSE,
                    key_id=asked.vault,
                    public_key=asked.public_key,
                    asked_by="",
                    asked_at=self._now(),
                    reason=asked.station,
                    state=_WANTED,
                )
            )
        tell(object=f"recovery {words}", after={"vault": asked.vault, "station": asked.station})
        return RecoveryAnswer(state=_WANTED)

    # ---------------------------------------------------------------------------- administrators

    def set_up(self, keepers: Keepers) -> None:
        """Tell stations from now on to seal their keys to this recovery key."""
        with self._database.write() as connection:
            connection.execute(sa.delete(meta).where(meta.c.name == _RECOVERY_KEY))
            connection.execute(sa.insert(meta).values(name=_RECOVERY_KEY, value=keepers.public_key))
        tell(
            after={
                "recovery_key": keepers.public_key,
                "keepers": [k.person for k in keepers.keepers],
            }
        )

    def wishes(self) -> list[Wish]:
        """Machines that ask for keys, the newest first."""
        r = recovery.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(recovery).where(r.purpose == PURPOSE).order_by(r.asked_at.desc())
            ).all()
            return [
                Wish(
                    words=row.id,
                    station=_name_of(connection, row.enrolment_n) or row.reason,
                    state=row.state,
                    asked_by=row.asked_by,
                    approved_by=row.approved_by,
                    at=row.asked_at,
                )
                for row in rows
            ]

    def ask(
        self, words: str, by: tuple[str, str], keepers: Keepers, station: tuple[str, str] | None
    ) -> Wish:
        """The first administrator: this machine shall have its keys back.

        Args:
            words: As the person at the machine reads them out.
            by: The administrator and their passphrase.
            keepers: Who can recover keys.
            station: Site and station whose keys they are; None when the machine knows itself.

        Raises:
            Refusal: `unknown_recovery`, `nothing_in_escrow`, and as `keepers.first_half`.
        """
        person, passphrase = by
        halves = keeping.first_half(keepers, person, passphrase)
        with self._database.write() as connection:
            found = self._open(connection, words)
            kept = _kept(connection, found.key_id, station)
            connection.execute(
                sa.update(recovery)
                .where(recovery.c.id == words)
                .values(
                    enrolment_n=kept.enrolment_n,
                    key_id=kept.key_id,
                    asked_by=person,
                    asked_at=self._now(),
                    state=_ASKED,
                    sealed=msgspec.json.encode(halves),
                )
            )
        return self._told(words, by=person)

    def approve(self, words: str, by: tuple[str, str], keepers: Keepers) -> Wish:
        """The second administrator: the keys are sealed to the machine that asks.

        Args:
            words: As the person at the machine reads them out.
            by: The administrator and their passphrase.
            keepers: Who can recover keys.

        Raises:
            Refusal: `unknown_recovery`, `not_asked`, `same_person`, `nothing_in_escrow`,
                `other_recovery_key`, and as `keepers.second_half`.
        """
        person, passphrase = by
        with self._database.write() as connection:
            found = self._open(connection, words)
            if found.state != _ASKED:
                raise Refusal(
                    "not_asked",
                    "Another administrator has to ask first: packhouse ledger recover ask WORDS",
                )
            if found.asked_by == person:
                raise Refusal(
                    "same_person", "Another administrator has to approve: two persons are asked."
                )
            halves = msgspec.json.decode(found.sealed, type=dict[str, str])
            private = keeping.second_half(keepers, person, passphrase, halves)
            kept = _kept(connection, found.key_id, None)
            sealed = _for_machine(private, kept.sealed, kept.key_id, found.public_key)
            connection.execute(
                sa.update(recovery)
                .where(recovery.c.id == words)
                .values(approved_by=person, approved_at=self._now(), state=_APPROVED, sealed=sealed)
            )
        return self._told(words, by=person)

    # ------------------------------------------------------------------------------------- inside

    def _told(self, words: str, by: str) -> Wish:
        wish = next(one for one in self.wishes() if one.words == words)
        tell(object=f"recovery {words}", after={"station": wish.station, "by": by})
        return wish

    def _now(self) -> str:
        return stamp(self._clock.now())

    def _found(self, connection: Connection, words: str) -> "Row[tuple[object, ...]] | None":
        return connection.execute(sa.select(recovery).where(recovery.c.id == words)).one_or_none()

    def _open(self, connection: Connection, words: str) -> "Row[tuple[object, ...]]":
        found = self._found(connection, words)
        if found is None or self._is_late(found):
            raise Refusal(
                "unknown_recovery",
                "No machine asks for keys with these words. Have it ask: packhouse keys recover",
            )
        return found

    def _is_late(self, found: "Row[tuple[object, ...]]") -> bool:
        """Whether nobody may answer any more."""
        return bool(found.asked_at < stamp(self._clock.now() - WANTED_FOR))


def words_of(public_key: str) -> str:
    """The four words of a machine's public key."""
    return fingerprint.words(fingerprint.of(bytes.fromhex(public_key)))


def _kept(
    connection: Connection, vault: str, station: tuple[str, str] | None
) -> "Row[tuple[object, ...]]":
    """The newest keys in custody of a set of keys, or of a station by its name."""
    e = escrow.c
    query = sa.select(escrow).where(e.purpose == PURPOSE, e.state == _KEPT)
    if station is not None:
        where, name = station
        query = (
            query.join(enrolment, enrolment.c.n == e.enrolment_n)
            .join(site, site.c.n == enrolment.c.site_n)
            .where(site.c.site == where, enrolment.c.station == name)
        )
    else:
        query = query.where(e.key_id == vault)
    found = connection.execute(query.order_by(e.n.desc()).limit(1)).one_or_none()
    if found is None:
        raise Refusal(
            "nothing_in_escrow",
            "No keys are kept for this machine. Name its station: --station SITE/STATION; if there "
            "are none for that either, restore nothing, and enrol the station anew.",
        )
    return found


def _for_machine(private: bytes, sealed: bytes, vault: str, public_key: str) -> bytes:
    """What is in custody, read and sealed again for the machine that asks."""
    try:
        plain = letter.open_letter(private, sealed, escrow_purpose(vault))
    except WrongKeyError as error:
        raise Refusal(
            "other_recovery_key",
            "These keys were sealed to a recovery key that is no more. The station hands them over "
            "anew when it is next online; if it is not, put back the older recovery.json.",
        ) from error
    return letter.seal_to(public_key, plain, recovery_purpose(vault))


def _name_of(connection: Connection, enrolment_n: int) -> str:
    row = connection.execute(
        sa.select(site.c.site, enrolment.c.station)
        .join(enrolment, enrolment.c.site_n == site.c.n)
        .where(enrolment.c.n == enrolment_n)
    ).one_or_none()
    return f"{row.site}/{row.station}" if row else ""
