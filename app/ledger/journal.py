"""The ledger's own journal: acts that are no operations, each exactly once, in one hash chain.

People, credentials, stations, codes, keys, policy, master data, imports, restores: whatever changes
the ledger without being an operation is told here, in the transaction that did it. Operations are
not: stations' chains hold them. Acts are opened at the border where somebody comes in (a route, a
command); what is called inside says more about the act with `tell`. Nobody is called by name here:
people appear as ids (`app.ledger.names`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.errors import Refusal
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.keys import LedgerKey
from app.ledger.locks import lock_journal
from app.ledger.tables import journal, journal_mark

T = TypeVar("T")

# What an act changed is kept as it was up to this size, and beyond it as its hash.
MAX_STATE_BYTES = 4_096
# Values under these names are never written down, whoever sends them.
_SECRET = frozenset(
    {"pin", "badge", "token", "secret", "seed", "password", "totp", "pepper"}
    | {"pin_hash", "pin_salt", "badge_hash", "by_badge", "by_pin", "salt", "sealed"}
)
_HIDDEN = "…"

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        name: The id of a person, or `station:…`, `key:…`, `os:…` where none is known.
        role: What they act as: a role of the matrix, `integration`, `station`, `operator`.
        address: Where from: an IP address, or `local`.
        device: With what: an enrolment, a key's name, a host's name.
    """

    name: str
    role: str
    address: str
    device: str


@dataclass(slots=True)
class Act:
    """An act under way; what is known of it grows until it is written.

    Attributes:
        actor: Who.
        action: What was done, as `site.add` or `PUT /v1/items/{sku}`.
        object: What to.
        transaction: Holds it together with its operations: a correlation id.
        before: What it was, as JSON; empty when there was nothing.
        after: What it is, as JSON.
        reason: As given; empty when nobody asked.
        site_n: Where; 0 for the whole company.
    """

    actor: Actor
    action: str
    object: str
    transaction: str
    before: bytes = b""
    after: bytes = b""
    reason: str = ""
    site_n: int = 0


_act: ContextVar[Act | None] = ContextVar("act", default=None)


class Event(msgspec.Struct, frozen=True):
    """One row of the journal; its sorted JSON is what the chain covers."""

    n: int
    at: str
    actor: str
    role: str
    action: str
    object: str
    before: str
    after: str
    transaction: str
    address: str
    device: str
    reason: str
    site: int


def told(value: object) -> bytes:
    """A state as JSON, secrets hidden; of a large one only its size and hash."""
    raw = _encode(_without_secrets(msgspec.to_builtins(value)))
    if len(raw) <= MAX_STATE_BYTES:
        return raw
    return _encode({"bytes": len(raw), "sha256": sha256(raw).hexdigest()})


def tell(
    *,
    action: str | None = None,
    object: str | None = None,  # noqa: A002 - the journal's own word
    before: object = None,
    after: object = None,
    reason: str | None = None,
    site_n: int | None = None,
) -> None:
    """Say more about the act under way; nothing happens where nobody opened one."""
    act = _act.get()
    if act is None:
        return
    act.action = act.action if action is None else action
    act.object = act.object if object is None else object
    act.before = act.before if before is None else told(before)
    act.after = act.after if after is None else told(after)
    act.reason = act.reason if reason is None else reason
    act.site_n = act.site_n if site_n is None else site_n


@contextmanager
def under_way(act: Act) -> Iterator[Act]:
    """What is called inside may `tell` more of this act."""
    before = _act.set(act)
    try:
        yield act
    finally:
        _act.reset(before)


class Journal:
    """Writes events and signs the end of the chain.

    Args:
        database: The ledger's.
        clock: When it happened.
        ids: Names acts nobody has named.
        key: Signs the end; None where nothing is signed.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: IdSource, key: LedgerKey | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key

    @contextmanager
    def act(self, actor: Actor, action: str, object_: str, reason: str = "") -> Iterator[Act]:
        """One act in one transaction with its one event; a refusal leaves neither.

        Raises:
            Trouble: The database is in distress; nothing was changed.
        """
        act = Act(actor, action, object_, self._ids.new_id(), reason=reason)
        with self._database.together() as connection, under_way(act):
            yield act
            self.append(connection, act)

    def attempt(self, act: Act, do: Callable[[], T]) -> T:
        """One act that leaves its event also when it is refused.

        What a wrong guess has cost stays committed; what `do` takes back by itself does not.

        Raises:
            Refusal: As `do` does, once the event is committed.
            Trouble: The database is in distress; nothing was changed.
        """
        with self._database.together() as connection, under_way(act):
            try:
                outcome: T | Refusal = do()
            except Refusal as refusal:
                outcome = refusal
                act.action, act.reason = f"{act.action} refused", refusal.code
            self.append(connection, act)
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    def append(self, connection: Connection, act: Act) -> Event:
        """Write an act, last in its transaction: nothing may be locked after the journal is."""
        last, digest = lock_journal(self._database, connection)
        event = _event(act, last + 1, stamp(self._clock.now()))
        self._database.insert(
            connection,
            journal,
            [
                (
                    event.n, event.at, event.actor, event.role, event.action, event.object,
                    act.before, act.after, event.transaction, event.address, event.device,
                    event.reason, event.site, chain.next_chain(digest, event_bytes(event)),
                )
            ],
        )  # fmt: skip
        return event

    def sign(self) -> int:
        """Sign the end of the chain, unless it was signed there already.

        Returns:
            1 when there was something to sign.
        """
        if self._key is None:
            return 0
        with self._database.write() as connection:
            last, digest = lock_journal(self._database, connection)
            signed = connection.execute(sa.select(sa.func.max(journal_mark.c.n))).scalar() or 0
            if last <= signed:
                return 0
            at = stamp(self._clock.now())
            signature = self._key.sign(journal_mark_bytes(last, digest, at))
            self._database.insert(connection, journal_mark, [(last, digest, at, signature)])
        return 1


def event_bytes(event: Event) -> bytes:
    """What the journal's chain covers."""
    return _encode(event)


def journal_mark_bytes(n: int, digest: str, at: str) -> bytes:
    """What the ledger key signs as the end of its journal."""
    return f"packhouse journal 1\n{n}\n{digest}\n{at}".encode()


def event_of(row: sa.Row[tuple[object, ...]]) -> Event:
    """A row of the table as it was chained."""
    fields = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row by column
    texts = {name: bytes(fields[name]).decode() for name in ("before", "after")}
    plain = ("at", "actor", "role", "action", "object", "transaction", "address", "device")
    return Event(
        n=int(fields["n"]),
        reason=str(fields["reason"]),
        site=int(fields["site_n"]),
        **texts,
        **{name: str(fields[name]) for name in plain},
    )


def _event(act: Act, n: int, at: str) -> Event:
    act = replace(act, object=act.object or act.action)
    return Event(
        n=n,
        at=at,
        actor=act.actor.name,
        role=act.actor.role,
        action=act.action,
        object=act.object,
        before=act.before.decode(),
        after=act.after.decode(),
        transaction=act.transaction,
        address=act.actor.address,
        device=act.actor.device,
        reason=act.reason,
        site=act.site_n,
    )


def _without_secrets(value: object) -> object:
    match value:
        case dict():
            return {
                name: _HIDDEN if name in _SECRET and part else _without_secrets(part)
                for name, part in value.items()
            }
        case list() | tuple():
            return [_without_secrets(part) for part in value]
        case _:
            return value
