"""Bytes that only the holder of a private key can read: HPKE (RFC 9180), base mode.

X25519, HKDF-SHA256, AES-256-GCM. What a letter is for goes into `info`, so that one cannot be read
in another's place. It says nothing about who wrote it: signatures and sessions do that.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from app.identity.envelope import WrongKeyError

KEY_BYTES = 32
# The encapsulated key and the tag: what a letter has more than its content.
OVERHEAD_BYTES = 48
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def public_of(private: bytes) -> str:
    """The public key of a private one, 64 hex digits."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw().hex()


def seal_to(public_key: str, plain: bytes, purpose: str) -> bytes:
    """Write a letter.

    Args:
        public_key: Whose; 64 hex digits.
        plain: What it says.
        purpose: What it is for; the same is needed to read it.

    Raises:
        ValueError: That is no public key.
    """
    recipient = X25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    return _SUITE.encrypt(plain, recipient, info=purpose.encode())


def open_letter(private: bytes, sealed: bytes, purpose: str) -> bytes:
    """Read a letter.

    Raises:
        WrongKeyError: It is for somebody else, for something else, or was changed.
    """
    try:
        recipient = X25519PrivateKey.from_private_bytes(private)
        return _SUITE.decrypt(sealed, recipient, info=purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise WrongKeyError from error
