"""A batch before the transaction: decoded, hashed, its inner chain and its signature checked.

Nothing here touches the database, so that it can be done for several batches at once while another
transaction is being written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.contract import chain
from app.contract.codec import read_operation
from app.contract.messages import (
    MAX_OPERATIONS,
    PROTOCOL_VERSION,
    NotNow,
    Operation,
    PostBatch,
    Signed,
)
from app.domain.operation import MOVING, Posting, postings
from app.errors import Refusal

PROTOCOL_MIN = 1

_MOVING = frozenset(kind.value for kind in MOVING)


class Arrival(NamedTuple):
    """One operation as it came in.

    Attributes:
        seq: Place in the chain of the enrolment that sent it.
        id: The id it was sent under.
        digest: Digest of the chain at this place, as sent.
        content_hash: Hash of the bytes that came.
        raw: The bytes.
        operation: What they say, or None when they cannot be read.
        postings: What its lines move, if it is of a kind that moves.
        flaw: Why they cannot be read: code and sentence.
        signatures: Of people, unchecked.
    """

    seq: int
    id: str
    digest: str
    content_hash: str
    raw: bytes
    operation: Operation | None
    postings: Sequence[Posting] = ()
    flaw: tuple[str, str] = ("", "")
    signatures: tuple[Signed, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrived:
    """A batch ready for its transaction; what it claims of the feed is checked there.

    One of the ledger's `own` enrolments gets its places in the chain there, too. `signature` is the
    device key's over the last of them; empty for the ledger's own, which sign nothing.
    """

    enrolment: str
    epoch: str
    cursor: int
    chain: str
    arrivals: tuple[Arrival, ...]
    own: bool = False
    signature: str = ""
    # The device key of the head; whether that is still the right one is checked under its lock.
    signed_by: str = ""

    def linked(self, seq: int, digest: str) -> "Arrived":
        """The same with its places in a chain that ends at `seq`."""
        arrivals: list[Arrival] = []
        for arrival in self.arrivals:
            seq += 1
            digest = chain.next_digest(digest, self.enrolment, seq, arrival.content_hash)
            arrivals.append(arrival._replace(seq=seq, digest=digest))
        return replace(self, arrivals=tuple(arrivals))


def receive(batch: PostBatch, public_key: bytes | None) -> Arrived | NotNow:
    """Decode and check a batch.

    Args:
        batch: As sent.
        public_key: The device key of its enrolment; None for the ledger's own, which sign nothing.

    Raises:
        Refusal: `bad_signature`.
    """
    problem = _limits(batch)
    if problem is not None:
        return problem
    if public_key is not None:
        _verify(batch, public_key)
    arrivals: list[Arrival] = []
    previous = batch.operations[0].digest
    for place, sent in enumerate(batch.operations):
        raw = bytes(sent.body)
        content = chain.content_hash(raw)
        if place:
            before = batch.operations[place - 1]
            if sent.seq != before.seq + 1:
                return gap(before.seq + 1)
            if chain.next_digest(previous, batch.enrolment, sent.seq, content) != sent.digest:
                return fork(sent.seq)
        previous = sent.digest
        came = read_body(sent.seq, sent.id, sent.digest, raw, content)
        arrivals.append(came._replace(signatures=sent.signatures) if sent.signatures else came)
    return Arrived(
        batch.enrolment, batch.epoch, batch.cursor, batch.chain, tuple(arrivals),
        signature=batch.head_signature if public_key is not None else "",
        signed_by=public_key.hex() if public_key is not None else "",
    )  # fmt: skip


def gap(expected: int) -> NotNow:
    """Operations are missing before this batch."""
    return NotNow(
        problem="gap",
        sentence=f"Operations are missing before this batch. Send again from number {expected}.",
        expected=expected,
    )


def fork(seq: int) -> NotNow:
    """This chain is not the one the ledger has: a clone, or a station restored from a backup."""
    return NotNow(
        problem="fork",
        sentence=(
            f"This station's record number {seq} differs from the one the ledger holds: the "
            "station was copied or restored from a backup. Keep its data and enrol it anew."
        ),
        expected=seq,
    )


def _limits(batch: PostBatch) -> NotNow | None:
    if not PROTOCOL_MIN <= batch.protocol <= PROTOCOL_VERSION:
        return too_old()
    if len(batch.operations) > MAX_OPERATIONS:
        return NotNow(
            problem="too_large",
            sentence=f"At most {MAX_OPERATIONS} operations at a time. Send fewer.",
            limit=MAX_OPERATIONS,
        )
    return None


def too_old() -> NotNow:
    """The two programs do not speak the same protocol."""
    return NotNow(
        problem="too_old",
        sentence=(
            f"This ledger speaks protocol {PROTOCOL_MIN} to {PROTOCOL_VERSION}. Update the "
            "station; it goes on recording meanwhile."
        ),
        expected=PROTOCOL_VERSION,
    )


def _verify(batch: PostBatch, public_key: bytes) -> None:
    last = batch.operations[-1]
    message = chain.head_bytes(batch.enrolment, last.seq, last.digest)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(
            bytes.fromhex(batch.head_signature), message
        )
    except (InvalidSignature, ValueError) as error:
        raise Refusal(
            "bad_signature",
            "This batch is not signed with the station's own key. Enrol the station anew.",
            detail=f"{batch.enrolment} at {last.seq}",
        ) from error


def read_body(seq: int, id_: str, digest: str, raw: bytes, content: str = "") -> Arrival:
    """One operation from its bytes; `content` is their hash when it is known already."""
    content = content or chain.content_hash(raw)
    try:
        operation = read_operation(raw)
    except Refusal as refusal:
        return Arrival(seq, id_, digest, content, raw, None, (), (refusal.code, refusal.say))
    # PostgreSQL has no NUL in text; what one database cannot hold, neither takes apart.
    if b"\\u0000" in raw and _has_nul(msgspec.to_builtins(operation)):
        flaw = ("unreadable", "This record contains a NUL character. It is kept as it is.")
        return Arrival(seq, id_, digest, content, raw, None, (), flaw)
    moves = postings(operation.lines) if operation.kind in _MOVING else ()
    return Arrival(seq, id_, digest, content, raw, operation, moves)


def _has_nul(value: object) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(_has_nul(part) for pair in value.items() for part in pair)
        case list() | tuple():
            return any(_has_nul(part) for part in value)
        case _:
            return False
