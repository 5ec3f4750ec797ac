"""Sealing bytes under a key: AES-256-GCM with a fresh nonce, bound to what it is for.

`sealed` is nonce (12 bytes), ciphertext and tag (16 bytes). What it is for goes into the associated
data, so that one sealed key cannot be put in another's place.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
_TAG_BYTES = 16


class WrongKeyError(Exception):
    """The key is another one, the bytes were changed, or they are sealed for something else."""


def seal(key: bytes, plain: bytes, purpose: bytes, nonce: bytes) -> bytes:
    """Seal `plain`.

    Args:
        key: 32 bytes.
        plain: What is sealed.
        purpose: What it is for; the same is needed to open it.
        nonce: 12 random bytes, never used with this key before.
    """
    return nonce + AESGCM(key).encrypt(nonce, plain, purpose)


def unseal(key: bytes, sealed: bytes, purpose: bytes) -> bytes:
    """Open what `seal` made.

    Raises:
        WrongKeyError: It does not open.
    """
    if len(sealed) < NONCE_BYTES + _TAG_BYTES:
        raise WrongKeyError
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose)
    except InvalidTag as error:
        raise WrongKeyError from error
