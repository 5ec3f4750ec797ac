"""Writing once: an idempotency key, the effect it stands for and its event are one transaction.

Every write of the interface runs through here, so none can be left out of the journal. Whoever
comes second with a key waits for the first and is given its answer. A refusal rolls back and is
not remembered: nothing was changed, and the mended request may use the key again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from app.errors import Refusal
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.journal import Act, Journal, under_way
from app.ledger.tables import idempotency
from app.ledger.web.problems import Reply

# Longer than anybody retries; the last day of a month's report included.
KEPT_FOR = timedelta(days=30)
_FORM = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_REPLAYED = (("Idempotency-Replayed", "true"),)


@dataclass(frozen=True, slots=True)
class Write:
    """A request that changes something, under its key.

    Attributes:
        caller: Whose key it is; other callers' keys are others.
        key: As sent; empty where none is asked for and none came.
        request: Everything that makes it this request: method, address, version, body.
    """

    caller: str
    key: str
    request: tuple[bytes, ...]

    @property
    def hash(self) -> str:
        """Tells two requests apart; lengths are in it, so that no part flows into the next."""
        told = sha256()
        for part in self.request:
            told.update(b"%d:" % len(part) + part)
        return told.hexdigest()


class Once:
    """Keeps what was answered to each key.

    Args:
        database: The ledger's.
        clock: Decides what is old.
        journal: Where each write leaves its event.
    """

    def __init__(self, database: Database, clock: Clock, journal: Journal) -> None:
        self._database = database
        self._clock = clock
        self._journal = journal

    def run(self, write: Write, act: Act, do: Callable[[], Reply]) -> Reply:
        """Do it, or answer what was answered when it was done.

        Args:
            write: The request, under its key.
            act: What the journal says of it; `do` may say more.
            do: Changes something and answers.

        Raises:
            Refusal: `idempotency_mismatch`, or what `do` refuses.
            Trouble: The database is in distress; nothing was changed.
        """
        with self._database.together() as connection, under_way(act):
            if write.key and not self._reserve(connection, write):
                return _answered(connection, write)
            reply = do()
            self._remember(connection, write, reply)
            self._journal.append(connection, act)
            return reply

    def _remember(self, connection: Connection, write: Write, reply: Reply) -> None:
        if write.key:
            connection.execute(
                sa.update(idempotency)
                .where(idempotency.c.caller == write.caller, idempotency.c.key == write.key)
                .values(
                    status=reply.status,
                    content_type=reply.content_type,
                    etag=dict(reply.headers).get("ETag", ""),
                    body=reply.body,
                )
            )

    def forget_old(self) -> int:
        """Drop what was kept long enough.

        Returns:
            How many keys.
        """
        old = stamp(self._clock.now() - KEPT_FOR)
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(idempotency).where(idempotency.c.at < old))
        return int(gone.rowcount)

    def _reserve(self, connection: Connection, write: Write) -> bool:
        """Take the key; waits while another transaction has it, and is False when it was used."""
        dialect = sqlite if self._database.is_sqlite else postgresql
        taken = connection.execute(
            dialect.insert(idempotency)
            .values(
                caller=write.caller,
                key=write.key,
                request_hash=write.hash,
                status=0,
                content_type="",
                etag="",
                body=None,
                at=stamp(self._clock.now()),
            )
            .on_conflict_do_nothing()
            .returning(idempotency.c.key)
        )
        return taken.first() is not None


def check_key(key: str) -> None:
    """Refuse what is no key.

    Raises:
        Refusal: `idempotency_key_required` or `bad_idempotency_key`.
    """
    if not key:
        raise Refusal(
            "idempotency_key_required",
            "Send an Idempotency-Key, a new one for each thing to do, so that it happens once.",
        )
    if not _FORM.fullmatch(key):
        raise Refusal(
            "bad_idempotency_key",
            "An Idempotency-Key has 1 to 64 letters, digits, points, hyphens, colons.",
        )


def _answered(connection: Connection, write: Write) -> Reply:
    row = connection.execute(
        sa.select(idempotency).where(
            idempotency.c.caller == write.caller, idempotency.c.key == write.key
        )
    ).one()
    if row.request_hash != write.hash:
        raise Refusal(
            "idempotency_mismatch",
            "This Idempotency-Key was used for another request. Use a new one.",
        )
    etag = (("ETag", row.etag),) if row.etag else ()
    return Reply(row.status, row.content_type, row.body, headers=etag + _REPLAYED)
