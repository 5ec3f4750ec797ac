"""What people compare when a machine introduces itself: four words to read out, hex to copy.

Words are proquints (arXiv 0901.4016): consonant, vowel, consonant, vowel, consonant for 16 bits,
the same in every language and unlike each other on the telephone. Four of them are 64 bits: enough
for two people looking at two screens, too few for a machine that decides alone. That takes 128.
"""

import hmac
from hashlib import sha256

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_WORDS = 4
_GROUP = 4
# 128 bits: nobody finds a second certificate with the same beginning. 64 bits somebody might.
MIN_DIGITS = 32
DIGITS = 64
_HEX = frozenset("0123456789abcdef")
_SPACERS = str.maketrans("", "", " :-\t")


def of(content: bytes) -> str:
    """SHA-256 of a key or a certificate (DER), 64 hex digits."""
    return sha256(content).hexdigest()


def words(fingerprint: str) -> str:
    """The first 64 bits of a fingerprint as four words: `lusab-babad-gutih-tugad`."""
    first = bytes.fromhex(fingerprint)[: 2 * _WORDS]
    numbers = (int.from_bytes(first[at : at + 2]) for at in range(0, 2 * _WORDS, 2))
    return "-".join(map(_word, numbers))


def short(fingerprint: str) -> str:
    """The shortest part that proves anything, in groups that a person can copy."""
    return "-".join(fingerprint[at : at + _GROUP] for at in range(0, MIN_DIGITS, _GROUP))


def tidy(typed: str) -> str:
    """The hex digits of a fingerprint as typed or pasted; empty when they are none, or too few."""
    digits = typed.strip().lower().removeprefix("sha256:").translate(_SPACERS)
    good = MIN_DIGITS <= len(digits) <= DIGITS and _HEX.issuperset(digits)
    return digits if good else ""


def is_of(typed: str, content: bytes) -> bool:
    """Whether a typed fingerprint, or its first 128 bits and more, is that of `content`."""
    digits = tidy(typed)
    return bool(digits) and hmac.compare_digest(of(content)[: len(digits)], digits)


def _word(number: int) -> str:
    return "".join(
        _CONSONANTS[number >> shift & 15] if shift % 6 == 0 else _VOWELS[number >> shift & 3]
        for shift in (12, 10, 6, 4, 0)
    )
