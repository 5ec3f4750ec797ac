"""One-time enrolment codes: ten characters a person reads out, good once, for ten minutes.

Crockford's alphabet (no I, L, O, U) survives handwriting and the telephone. The first three
characters find the code, so that a wrong guess is charged to it: after five it is dead. Only a
keyed hash is stored.
"""

import hmac
from datetime import timedelta
from hashlib import sha256

LENGTH = 10
SELECTOR = 3
TRIES = 5
# NIST SP 800-63B: a binding code lives ten minutes at most.
LIFE = timedelta(minutes=10)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code(random: bytes) -> str:
    """A code from ten random bytes, five bits of each: 50 bits."""
    return "".join(_ALPHABET[byte % 32] for byte in random[:LENGTH])


def normal(code: str) -> str:
    """A code as typed, with look-alikes, case and hyphens undone."""
    return code.strip().upper().translate(_READ_AS)


def selector(code: str) -> str:
    """The part that finds a normal code."""
    return code[:SELECTOR]


def keyed_hash(code: str, key: bytes) -> str:
    """What is stored of a normal code."""
    return hmac.new(key, b"packhouse code 1\n" + code.encode(), sha256).hexdigest()


def is_code(code: str, key: bytes, stored: str) -> bool:
    """Whether a normal code is the one behind `stored`, in constant time."""
    return hmac.compare_digest(keyed_hash(code, key), stored)
