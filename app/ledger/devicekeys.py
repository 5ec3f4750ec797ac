"""Device keys of a station, one after another: the old one names the new one, and both sign.

Every key an enrolment ever had stays in `device_key`, which is only written once. A former key is
good for heads up to the place where its successor took over, so that what it signed can be checked
for as long as it is kept.
"""

from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import NewKey, NewKeyRequest, NotNow, PostBatch
from app.errors import Refusal
from app.ledger.arrivals import Arrived, receive
from app.ledger.book import Sender
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.journal import tell
from app.ledger.proofs import bad_signature, is_signed, refuse_stale, use_nonce
from app.ledger.sites import Who, not_enrolled
from app.ledger.tables import device_key, enrolment, token


class _Holder(NamedTuple):
    """An enrolment, as far as its key is concerned."""

    n: int
    site_n: int
    public_key: str
    state: str
    enrolled_at: str
    seq: int


class DeviceKeys:
    """Lets stations change their device keys.

    Args:
        database: The ledger's.
        clock: Decides whether a request is of now.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        # The key each enrolment last signed with here; another process may have taken a newer one.
        self._last: dict[str, str] = {}

    def receive(self, who: Who, batch: PostBatch) -> Arrived | NotNow:
        """Decode a batch and find the key its head was signed with; see `may_sign`.

        Raises:
            Refusal: `bad_signature`: none of this enrolment's keys.
        """
        likely = self._last.get(who.id, who.public_key)
        try:
            return receive(batch, bytes.fromhex(likely))
        except Refusal as refusal:
            with self._database.read() as connection:
                others = [key for _, key, _, _ in keys_of(connection, who.n) if key != likely]
            for key in reversed(others):
                if is_head_of(batch, key):
                    self._last[who.id] = key
                    return receive(batch, bytes.fromhex(key))
            raise refusal from None

    def change(self, request: NewKeyRequest) -> NewKey:
        """Let a new key follow the present one; asked again, it tells the same.

        Raises:
            Refusal: `not_enrolled`, `revoked`, `clock_wrong`, or `bad_signature` for anything that
                is wrong with the signatures, the nonce or the key.
        """
        now = self._clock.now()
        refuse_stale(request.at, now)
        e = enrolment.c
        with self._database.write() as connection:
            found = connection.execute(
                sa.select(e.n, e.site_n, e.public_key, e.state, e.enrolled_at, e.seq)
                .where(e.id == request.enrolment, e.kind == "station")
                .with_for_update()
            ).first()
            if found is None:
                raise not_enrolled()
            row = _Holder(*found)
            if row.state == "revoked":
                raise Refusal("revoked", "This station was revoked. It gets no new key.")
            known = keys_of(connection, row.n) or [(1, row.public_key, 0, row.enrolled_at)]
            repeated = request.public_key == row.public_key and len(known) > 1
            old = known[-2][1] if repeated else row.public_key
            _check(request, old, [key for _, key, _, _ in known if not repeated])
            use_nonce(connection, request.nonce, now)
            if repeated:
                _, key, seq, at = known[-1]
                return NewKey(enrolment=request.enrolment, public_key=key, seq=seq, at=at)
            return self._follow(connection, request, row, len(known), now)

    def _follow(
        self,
        connection: Connection,
        request: NewKeyRequest,
        row: "_Holder",
        count: int,
        now: datetime,
    ) -> NewKey:
        """Write the new key down; what the old one signed up to `seq` may still be on its way.

        And what came while this was on its way is here, by the old one.
        """
        seq, at = max(request.seq, row.seq), stamp(now)
        begin(connection, row.n, row.public_key, row.enrolled_at)
        connection.execute(
            sa.insert(device_key).values(
                enrolment_n=row.n,
                version=count + 1,
                public_key=request.public_key,
                after_seq=seq,
                at=at,
            )
        )
        connection.execute(
            sa.update(enrolment).where(enrolment.c.n == row.n).values(public_key=request.public_key)
        )
        # Whoever still has the former key only, a copy of the station, is to hear of it at once.
        connection.execute(sa.delete(token).where(token.c.enrolment_n == row.n))
        tell(
            object=f"enrolment {request.enrolment}",
            before={"public_key": row.public_key},
            after={"public_key": request.public_key, "after_seq": seq},
            site_n=row.site_n,
        )
        return NewKey(enrolment=request.enrolment, public_key=request.public_key, seq=seq, at=at)


def begin(connection: Connection, n: int, public_key: str, at: str) -> None:
    """Write down the first key of an enrolment, unless it is there: it may be older than this."""
    d = device_key.c
    if connection.execute(sa.select(d.version).where(d.enrolment_n == n).limit(1)).first():
        return
    connection.execute(
        sa.insert(device_key).values(
            enrolment_n=n, version=1, public_key=public_key, after_seq=0, at=at
        )
    )


def keys_of(connection: Connection, n: int) -> list[tuple[int, str, int, str]]:
    """Version, public key, place and time of every key of an enrolment, oldest first."""
    d = device_key.c
    rows = connection.execute(
        sa.select(d.version, d.public_key, d.after_seq, d.at)
        .where(d.enrolment_n == n)
        .order_by(d.version)
    )
    return [(row.version, row.public_key, row.after_seq, row.at) for row in rows]


def may_sign(connection: Connection, sender: Sender, batch: Arrived) -> bool:
    """Whether a batch's key answers for its head; asked under the enrolment's lock.

    The present key answers for everything, a former one for nothing behind its successor's place.
    """
    if batch.own or batch.signed_by == sender.public_key:
        return True
    known = keys_of(connection, sender.n)
    head = batch.arrivals[-1].seq
    return any(
        key == batch.signed_by and head <= successor[2]
        for (_, key, _, _), successor in pairwise(known)
    )


def is_head_of(batch: PostBatch, public_key: str) -> bool:
    """Whether this key signed the head of a batch."""
    last = batch.operations[-1]
    message = chain.head_bytes(batch.enrolment, last.seq, last.digest)
    return is_signed(public_key, message, batch.head_signature)


def _check(request: NewKeyRequest, old: str, used: list[str]) -> None:
    message = chain.new_key_bytes(
        request.enrolment, request.public_key, request.seq, request.nonce, request.at
    )
    if not is_signed(old, message, request.signature):
        raise bad_signature("the old key did not sign")
    if not is_signed(request.public_key, message, request.proof):
        raise bad_signature("the new key did not sign")
    if request.public_key in used:
        raise bad_signature("a former key does not come back")
