"""Hashes and chains: content hash, a station's digest chain, the feed chain, the signed mark.

All hashes are SHA-256, in lower-case hex. No input is ambiguous: fixed-width hashes, decimal
numbers and ids joined by newlines.
"""

from hashlib import sha256

GENESIS = "0" * 64


def content_hash(body: bytes) -> str:
    """Hash of the canonical bytes of a body, as recorded."""
    return sha256(body).hexdigest()


def next_digest(previous: str, enrolment: str, seq: int, content: str) -> str:
    """Digest of operation `seq` of `enrolment`, after `previous` (GENESIS before the first)."""
    return sha256(f"{previous}\n{enrolment}\n{seq}\n{content}".encode()).hexdigest()


def next_chain(previous: str, row: bytes) -> str:
    """Feed chain after a row with exactly these bytes."""
    return sha256(previous.encode() + b"\n" + row).hexdigest()


def head_bytes(enrolment: str, seq: int, digest: str) -> bytes:
    """What the device key signs with every batch."""
    return f"packhouse head 1\n{enrolment}\n{seq}\n{digest}".encode()


def mark_bytes(enrolment: str, epoch: str, seq: int, digest: str, at: str) -> bytes:
    """What the ledger key signs as its high-water mark."""
    return f"packhouse mark 1\n{enrolment}\n{epoch}\n{seq}\n{digest}\n{at}".encode()


def token_bytes(enrolment: str, nonce: str, at: str) -> bytes:
    """What the device key signs to ask for a token."""
    return f"packhouse token 1\n{enrolment}\n{nonce}\n{at}".encode()
