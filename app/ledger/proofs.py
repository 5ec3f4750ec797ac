"""What whoever stands at the gate must show: a signature by the right key, made now, never before.

No token format with a choice of algorithms is read anywhere: the bytes that are signed are fixed,
the key is the one the ledger has stored, and the algorithm is Ed25519.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from app.errors import Refusal
from app.ledger.clock import moment, stamp
from app.ledger.tables import nonce

# How far the clocks of station and ledger may differ when a station asks for something at the gate.
SKEW = timedelta(seconds=60)


def is_signed(public_key: str, message: bytes, signature: str) -> bool:
    """Whether the holder of a key signed this; false for what is no key and no signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def refuse_stale(at: str, now: datetime) -> None:
    """A request is of this minute.

    Raises:
        Refusal: `clock_wrong`, or `bad_signature` when the time cannot be read.
    """
    try:
        made = moment(at)
    except ValueError as error:
        raise bad_signature("time unreadable") from error
    if abs(made - now) > SKEW:
        raise Refusal(
            "clock_wrong",
            "This station's clock differs from the ledger's by more than a minute. Set it right.",
            detail=f"{at} at {stamp(now)}",
        )


def use_nonce(connection: Connection, value: str, now: datetime) -> None:
    """Use a nonce up: of several at once one gets through.

    Raises:
        Refusal: `bad_signature`: it was used before.
    """
    connection.execute(sa.delete(nonce).where(nonce.c.expires_at <= stamp(now)))
    try:
        # Kept for as long as the request it was in could still be thought fresh.
        connection.execute(sa.insert(nonce).values(nonce=value, expires_at=stamp(now + 2 * SKEW)))
    except sa.exc.IntegrityError as error:
        raise bad_signature("nonce used before") from error


def bad_signature(detail: str) -> Refusal:
    """Anything that is wrong with a signed request, in the same words."""
    return Refusal(
        "bad_signature",
        "This request is not signed with the station's own key. Enrol the station anew.",
        detail=detail,
    )
