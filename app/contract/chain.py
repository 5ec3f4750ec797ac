"""Hashes and chains: content hash, a station's digest chain, the feed chain, the signed mark.

All hashes are SHA-256, in lower-case hex. No input is ambiguous: fixed-width hashes, decimal
numbers and ids joined by newlines.
"""

from hashlib import sha256

from app.contract.editing import EditPut
from app.contract.feed import Checkpoint
from app.contract.identity import Grant
from app.contract.master import CredentialRow

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


def token_bytes(enrolment: str, nonce: str, at: str, audience: str = "") -> bytes:
    """What the device key signs to ask for a token; protocol 1 named no audience."""
    if not audience:
        return f"packhouse token 1\n{enrolment}\n{nonce}\n{at}".encode()
    return f"packhouse token 2\n{audience}\n{enrolment}\n{nonce}\n{at}".encode()


def enrol_bytes(code: str, public_key: str) -> bytes:
    """What the device key signs to show that it is there; the code as 10 characters."""
    return f"packhouse enrol 1\n{code}\n{public_key}".encode()


def new_key_bytes(enrolment: str, public_key: str, seq: int, nonce: str, at: str) -> bytes:
    """What the old and the new device key sign when one follows the other."""
    return f"packhouse key 1\n{enrolment}\n{public_key}\n{seq}\n{nonce}\n{at}".encode()


def person_bytes(person: str, version: int, content: str) -> bytes:
    """What a user key signs: the content hash of an operation, as this person."""
    return f"packhouse person 1\n{person}\n{version}\n{content}".encode()


def grant_request_bytes(enrolment: str, person: str, version: int, code: str, nonce: str) -> bytes:
    """What a user key signs to ask for a grant at one station."""
    return f"packhouse grant request 1\n{enrolment}\n{person}\n{version}\n{code}\n{nonce}".encode()


def edit_bytes(enrolment: str, put: EditPut) -> bytes:
    """What a user key signs to change master data at one station."""
    before, after = content_hash(bytes(put.before)), content_hash(bytes(put.after))
    parts = (
        enrolment, put.what, put.name, put.person, put.version, put.nonce, before, after,
        put.reason,
    )  # fmt: skip
    return _joined("packhouse edit 1", *parts)


def grant_bytes(grant: Grant) -> bytes:
    """What the ledger key signs of a grant; later fields are signed under a new name."""
    parts = (
        grant.id, grant.person, grant.site, grant.enrolment, grant.max_quantity, grant.max_value,
        grant.max_count, grant.issued_at, grant.expires_at,
    )  # fmt: skip
    return _joined("packhouse grant 1", *parts)


def credential_bytes(row: CredentialRow) -> bytes:
    """What the ledger key signs of a credential; later fields are signed under a new name."""
    parts = (
        row.person, row.version, row.site, row.role, row.public_key, row.salt, row.memory_kib,
        row.passes, row.lanes, row.by_badge, row.by_pin, row.badge_hash, row.state, row.issued_at,
        row.not_after,
    )  # fmt: skip
    return _joined("packhouse credential 1", *parts)


def checkpoint_bytes(point: Checkpoint) -> bytes:
    """What the ledger key signs of a place in a feed."""
    place = f"{point.site}\n{point.epoch}\n{point.seq}\n{point.chain}\n{point.master}"
    return f"packhouse checkpoint 1\n{place}\n{point.at}".encode()


def _joined(*parts: str | int) -> bytes:
    """Parts by line; none of them holds a line break, or it would be another message."""
    if any("\n" in part for part in parts if isinstance(part, str)):
        raise ValueError("a signed part holds a line break")
    return "\n".join(map(str, parts)).encode()
