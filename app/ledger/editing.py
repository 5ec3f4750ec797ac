"""Changes of master data that somebody makes at a station: signed by them, never over another's.

What the station saw comes with the wish: when it is something else by now, nothing is changed and
the station is told what it is. The same wish twice changes once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import Raw
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import Edited, EditPut, ItemRow, LocationRow, Signed
from app.domain.roles import Permission, may_at
from app.errors import Refusal
from app.ledger.changelog import Editor
from app.ledger.clock import Clock
from app.ledger.credentials import Credentials
from app.ledger.database import Database
from app.ledger.grants import refuse_revoked_station
from app.ledger.journal import tell
from app.ledger.locks import lock_master
from app.ledger.masterdata import MasterData
from app.ledger.proofs import use_nonce
from app.ledger.proven import proven
from app.ledger.replenishment import Replenishment, Threshold
from app.ledger.sites import Who
from app.ledger.tables import threshold

DONE, STALE, REFUSED, SEEN = "done", "stale", "refused", "seen"
# As the office's own form of an item (`app.ledger.web.areas.master`).
MAX_NAME, MAX_PACKS, MAX_WORD = 200, 100, 64
_NULL = b"null"
_encode = msgspec.json.Encoder().encode


class Reorder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reorder point of an item at a site: at so many units or fewer somebody orders more."""

    low: int


@dataclass(frozen=True, slots=True)
class _Subject:
    """One kind of thing that may be edited: its type, how it is read, and how it is written."""

    type: type[Any]
    read: Callable[[Who, str], Any]
    write: Callable[[Who, str, tuple[Any, Any], Editor], None]


class Editing:
    """Takes changes from stations.

    Args:
        database: The ledger's.
        clock: Who may sign now.
        credentials: Who signs.
        master_data: Items and locations.
        replenishment: Reorder points.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        credentials: Credentials,
        master_data: MasterData,
        replenishment: Replenishment,
    ) -> None:
        self._database = database
        self._clock = clock
        self._credentials = credentials
        self._master = master_data
        self._replenishment = replenishment
        self._subjects = {
            "item": _Subject(ItemRow, self._item, self._write_item),
            "location": _Subject(LocationRow, self._location, self._write_location),
            "reorder": _Subject(Reorder, self._reorder, self._write_reorder),
        }

    def edit(self, who: Who, put: EditPut) -> Edited:
        """Change one thing, or tell what it is now.

        Raises:
            Refusal: `revoked`, `unknown_person`, `stale_credential`, `bad_person_signature`,
                `not_permitted`; what is wrong with the change itself is in the answer.
        """
        with self._database.together() as connection:
            self._refuse_others(connection, who, put)
            subject = self._subjects.get(put.what)
            if subject is None:
                return Edited(
                    outcome=REFUSED,
                    current=Raw(_NULL),
                    code="unknown_subject",
                    sentence=f"The ledger does not know how to edit {put.what}. Update it.",
                )
            lock_master(connection)
            return self._decide(connection, subject, who, put)

    def _refuse_others(self, connection: Connection, who: Who, put: EditPut) -> None:
        refuse_revoked_station(connection, who)
        if "\n" in put.reason + put.name + put.what:
            raise Refusal("malformed", "A reason and a name are one line each. Write them anew.")
        signed = Signed(person=put.person, version=put.version, signature=put.signature)
        now = self._clock.now()
        message = chain.edit_bytes(who.id, put)
        person = proven(connection, self._credentials, now, signed, message)
        use_nonce(connection, put.nonce, now)
        if not may_at(person.role, person.site, Permission.EDIT_MASTER, who.site.site):
            raise Refusal(
                "not_permitted",
                f"{put.person} edits no master data at {who.site.site}. A controller does.",
            )

    def _decide(self, connection: Connection, subject: _Subject, who: Who, put: EditPut) -> Edited:
        now = subject.read(who, put.name)
        if bytes(put.after) == _NULL:
            return Edited(outcome=SEEN, current=_raw(now))
        try:
            before, after = _read(subject.type, put.before), _read(subject.type, put.after)
            if _same(now, after):
                return Edited(outcome=DONE, current=_raw(now))
            if not _same(now, before):
                return Edited(outcome=STALE, current=_raw(now))
            _refuse_silence(put.reason)
            with connection.begin_nested():
                subject.write(who, put.name, (now, after), Editor(put.person, put.reason))
        except Refusal as refusal:
            return Edited(
                outcome=REFUSED, current=_raw(now), code=refusal.code, sentence=refusal.say
            )
        made = subject.read(who, put.name)
        tell(
            object=f"{put.what} {put.name}",
            before=msgspec.to_builtins(now),
            after=msgspec.to_builtins(made),
            site_n=who.site.n,
        )
        return Edited(outcome=DONE, current=_raw(made))

    # ------------------------------------------------------------------ what may be edited

    def _item(self, _who: Who, sku: str) -> ItemRow | None:
        try:
            return self._master.item(sku).row
        except Refusal:
            return None

    def _write_item(self, _who: Who, sku: str, rows: tuple[Any, Any], by: Editor) -> None:
        now, after = rows
        if now is None or after is None or after.sku != sku:
            raise _nothing_there(sku)
        if len(after.name) > MAX_NAME or len(after.packs) > MAX_PACKS:
            raise Refusal("bad_name", f"A name has {MAX_NAME} letters at most. Shorten it.")
        if max(len(after.home), len(after.unit), len(after.state)) > MAX_WORD:
            raise Refusal("bad_home", f"A place has {MAX_WORD} letters at most. Correct it.")
        self._master.edit_item(after, by, now.version)

    def _location(self, who: Who, place: str) -> LocationRow | None:
        try:
            return self._master.location(who.site.site, place).row
        except Refusal:
            return None

    def _write_location(self, who: Who, place: str, rows: tuple[Any, Any], by: Editor) -> None:
        now, after = rows
        if now is None or after is None or after.location != place:
            raise _nothing_there(place)
        if len(after.kind) > MAX_WORD or after.site != who.site.site:
            raise Refusal("bad_kind", "Say in a word what the location is for.")
        stored = self._master.location(who.site.site, now.location)
        self._master.edit_location(after, by, stored.version)

    def _reorder(self, who: Who, sku: str) -> "Reorder | None":
        t = threshold.c
        with self._database.read() as connection:
            low = connection.execute(
                sa.select(t.low).where(t.site_n == who.site.n, t.item == sku, t.location == "")
            ).scalar_one_or_none()
        return Reorder(low) if low is not None else None

    def _write_reorder(self, who: Who, sku: str, rows: tuple[Any, Any], by: Editor) -> None:
        if rows[1] is None:
            raise _nothing_there(sku)
        self._replenishment.put(who.site, Threshold(sku, "", rows[1].low, 0), by.actor)


def _read(kind: type[Any], raw: Raw) -> Any:
    if bytes(raw) == _NULL:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError as error:
        raise Refusal("malformed", "This is no such row. Edit it anew.") from error


def _same(one: Any, other: Any) -> bool:
    """Whether two rows say the same, whatever their versions are."""
    if one is None or other is None:
        return one is other
    if isinstance(one, ItemRow):
        return bool(msgspec.structs.replace(other, version=one.version) == one)
    return bool(one == other)


def _raw(row: Any) -> Raw:
    return Raw(_encode(row))


def _refuse_silence(reason: str) -> None:
    if not reason.strip():
        raise Refusal("bad_reason", "Say why in a few words; it is kept with the change.")


def _nothing_there(name: str) -> Refusal:
    """A station edits what is there, under its own name; it adds nothing."""
    return Refusal("unknown_name", f"There is no {name} to edit. The office adds new ones.")
