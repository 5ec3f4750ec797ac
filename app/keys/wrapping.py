"""One key wrapped by another: AES-256-GCM, bound to what the key is for.

The associated data names vault, purpose and version, so a wrapped key cannot be moved to another
station, used for another purpose, or put back in place of its successor.
"""

import base64
import hmac
import secrets
from hashlib import sha256

from app.identity import envelope

KEY_BYTES = envelope.KEY_BYTES
# Eight bytes tell keys apart and give nothing away: HMAC does not lead back to the key.
_CHECK_BYTES = 8


class NotThisKeyError(Exception):
    """The wrapping key is another one, or the wrapped bytes were changed."""


def new_key() -> bytes:
    """32 bytes of the system's randomness."""
    return secrets.token_bytes(KEY_BYTES)


def bound_to(vault: str, purpose: str, version: int) -> bytes:
    """The associated data of a wrapped key."""
    return f"packhouse\n{vault}\n{purpose}\n{version}".encode()


def seal(kek: bytes, secret: bytes, aad: bytes) -> str:
    """Nonce, ciphertext and tag as base64."""
    nonce = secrets.token_bytes(envelope.NONCE_BYTES)
    return base64.b64encode(envelope.seal(kek, secret, aad, nonce)).decode("ascii")


def unseal(kek: bytes, sealed: str, aad: bytes) -> bytes:
    """The secret again.

    Raises:
        NotThisKeyError: Another key, other associated data, or changed bytes.
    """
    try:
        return envelope.unseal(kek, base64.b64decode(sealed, validate=True), aad)
    except (envelope.WrongKeyError, ValueError) as error:
        raise NotThisKeyError(aad.decode()) from error


def check_value(key: bytes) -> str:
    """Tells whether a key is the one meant, without the data it opens (16 hex digits)."""
    return hmac.digest(key, b"kcv", sha256)[:_CHECK_BYTES].hex()
