"""People of the test bench: credentials as the ledger makes them, but cheap; its key, and pepper.

A lead and a supervisor need their badge, clerks may choose their name.
"""

from functools import cache
from random import Random

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.contract import chain
from app.contract.messages import CredentialRow, PersonRow
from app.domain.secrets import badge_hash
from app.identity.userkey import CHEAP, new_key

LEDGER = Ed25519PrivateKey.from_private_bytes(b"\x2a" * 32)
LEDGER_KEY = LEDGER.public_key().public_bytes_raw().hex()
PEPPER = b"pepper of HAM"
ISSUED = "2026-11-20T06:00:00Z"
BADGE = "PHB-novak-1234567890"
OTHER_BADGE = "PHB-okafor-0987654321"
LEAD_BADGE = "PHB-lind-5555555555"
BOSS_BADGE = "PHB-adeyemi-7777777777"
WHOSE = {
    BADGE: "p-novak",
    OTHER_BADGE: "p-okafor",
    LEAD_BADGE: "p-lind",
    BOSS_BADGE: "p-adeyemi",
}
PINS = {BADGE: "246824", OTHER_BADGE: "135713", LEAD_BADGE: "975397", BOSS_BADGE: "864208"}
_NAMES = {
    "p-novak": ("A. Novak", "clerk"),
    "p-okafor": ("B. Okafor", "clerk"),
    "p-lind": ("C. Lind", "packer_lead"),
    "p-adeyemi": ("O. Adeyemi", "supervisor"),
}
PEOPLE = tuple(
    PersonRow(person, *_NAMES[person], "HAM", badge_hash(badge)) for badge, person in WHOSE.items()
)


def signed(row: CredentialRow) -> CredentialRow:
    """The row as the ledger tells it."""
    plain = msgspec.structs.replace(row, signature="")
    signature = LEDGER.sign(chain.credential_bytes(plain)).hex()
    return msgspec.structs.replace(plain, signature=signature)


@cache
def credential(badge: str = BADGE, *, version: int = 1, pin: str = "") -> CredentialRow:
    """The credential behind a badge; `msgspec.structs.replace` and `signed` make others of it."""
    person = WHOSE[badge]
    role = _NAMES[person][1]
    chance = Random(f"{badge} {version}")
    pepper = PEPPER if role in ("clerk", "packer_lead") else b""
    how = (CHEAP, chance.randbytes)
    locked = new_key((person, version), pin or PINS[badge], badge, pepper, how)
    return signed(
        CredentialRow(
            person=person,
            version=version,
            site="HAM",
            role=role,
            public_key=locked.public_key,
            salt=locked.salt,
            memory_kib=CHEAP.memory_kib,
            passes=CHEAP.passes,
            lanes=CHEAP.lanes,
            by_badge=locked.by_badge,
            by_pin=locked.by_pin,
            badge_hash=badge_hash(badge),
            issued_at=ISSUED,
        )
    )


CREDENTIALS = tuple(credential(badge) for badge in WHOSE)


def promoted(badge: str, role: str) -> tuple[PersonRow, CredentialRow]:
    """Who has this badge, with another role from now on."""
    person = next(row for row in PEOPLE if row.person == WHOSE[badge])
    row = msgspec.structs.replace(credential(badge, version=2), role=role)
    return msgspec.structs.replace(person, role=role), signed(row)
