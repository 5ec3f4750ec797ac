"""Digest of confirmed balances: 64 numbers that two books can compare instead of 200,000 rows.

Each stock key has an odd 64-bit *weight*, made from its name by SHA-256, and belongs to one bucket.
A bucket is the sum of weight x quantity over its keys, modulo 2**64. Sums do not care for order,
keys with nothing weigh nothing, and the digest is linear: the digest of balances *before* some
postings is the digest now minus the digest of those postings. So a ledger that is ahead of a
station compares without rebuilding old balances.

An odd weight times a difference below 2**64 is never zero: one wrong balance always shows. Several
that cancel out by chance are one case in 2**64. This finds accidents; forgery is found by chains.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

# A difference names the bucket, so that a 64th of the rows has to be compared, not all of them.
BUCKETS = 64

_RANGE = 1 << 64
_MASK = _RANGE - 1
_TEXT = re.compile("[0-9a-f]{16}")

Key = tuple[str, str, str, str, str]
"""Location, item, lot, serial, condition: a `StockKey`, or a row of either book."""

Digest = tuple[int, ...]
"""`BUCKETS` numbers from 0 to 2**64 - 1."""

EMPTY: Digest = (0,) * BUCKETS


def key_bytes(key: Key) -> bytes:
    """A key as bytes that no other key has: each part in UTF-8, its length in bytes before it."""
    return b"".join([b"%d:%b," % (len(raw), raw) for raw in (part.encode() for part in key)])


def weight(key: Key) -> tuple[int, int]:
    """A key's bucket and its odd 64-bit weight."""
    raw = sha256(key_bytes(key)).digest()
    return raw[8] % BUCKETS, int.from_bytes(raw[:8], "big") | 1


def bucket_of(key: Key) -> int:
    """Which bucket a key belongs to, from 0."""
    return weight(key)[0]


def digest(quantities: Iterable[tuple[Key, int]]) -> Digest:
    """Digest of balances or of postings: signed base units by key, a key as often as it comes."""
    sums = [0] * BUCKETS
    for key, quantity in quantities:
        if quantity:
            bucket, factor = weight(key)
            sums[bucket] += factor * quantity
    return tuple(total & _MASK for total in sums)


def minus(now: Digest, later: Digest) -> Digest:
    """The digest before: what `now` is without the postings that `later` is the digest of."""
    return tuple((a - b) & _MASK for a, b in zip(now, later, strict=True))


def differing(one: Digest, other: Digest) -> tuple[int, ...]:
    """The buckets in which two digests differ, in order."""
    return tuple(bucket for bucket, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)


def to_texts(value: Digest) -> tuple[str, ...]:
    """For the wire: 16 hex digits a bucket, because JSON readers round numbers above 2**53."""
    return tuple(f"{number:016x}" for number in value)


def from_texts(texts: Sequence[str]) -> Digest:
    """A digest from the wire.

    Raises:
        ValueError: Not `BUCKETS` texts of 16 hex digits.
    """
    if len(texts) != BUCKETS or not all(_TEXT.fullmatch(text) for text in texts):
        raise ValueError(f"a digest is {BUCKETS} texts of 16 lower-case hex digits")
    return tuple(int(text, 16) for text in texts)
