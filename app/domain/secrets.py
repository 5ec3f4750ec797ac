"""How badges and PINs are compared without being kept: the same at ledger and station.

Not for keys or tokens, and not for choosing a salt: randomness comes in from outside.
"""

from hashlib import scrypt, sha256
from hmac import compare_digest

# 16 MiB and about 50 ms on a bench computer: a copied list of four-digit PINs costs minutes each.
_SCRYPT_N = 2**14
_SCRYPT_R = 8
_SCRYPT_P = 1
SALT_BYTES = 16


def badge_hash(secret: str) -> str:
    """What is stored of a badge: it carries enough randomness of its own to need no salt."""
    return sha256(b"packhouse badge 1\n" + secret.encode()).hexdigest()


def pin_hash(pin: str, salt: str) -> str:
    """What is stored of a PIN.

    Args:
        pin: As typed.
        salt: Hex, `SALT_BYTES` random bytes, one per person.
    """
    return scrypt(
        pin.encode(), salt=bytes.fromhex(salt), n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P
    ).hex()


def is_pin(pin: str, salt: str, stored: str) -> bool:
    """Whether `pin` is the one behind `stored`, in constant time."""
    return compare_digest(pin_hash(pin, salt), stored)
