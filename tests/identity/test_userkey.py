"""A person's key opens with PIN and second secret, and with nothing else."""

from random import Random

import msgspec
import pytest

from app.contract.messages import CredentialRow
from app.identity.userkey import CHEAP, Cost, UserKey, is_signed, new_key, unlock

BADGE = "PHB-9F27C0A41D5E88B3"
PEPPER = bytes(range(32))
PIN = "274951"


def _credential(person: str = "p-anna", version: int = 1, cost: Cost = CHEAP) -> CredentialRow:
    chance = Random(f"{person}{version}").randbytes
    made = new_key((person, version), PIN, BADGE, PEPPER, (cost, chance))
    return CredentialRow(
        person=person,
        version=version,
        site="HAM",
        role="clerk",
        public_key=made.public_key,
        salt=made.salt,
        memory_kib=cost.memory_kib,
        passes=cost.passes,
        lanes=cost.lanes,
        by_badge=made.by_badge,
        by_pin=made.by_pin,
    )


def _flipped(word: str, bit: int) -> str:
    raw = bytearray(bytes.fromhex(word))
    raw[bit // 8] ^= 1 << bit % 8
    return raw.hex()


def test_badge_and_pin_open_it_and_what_is_signed_is_theirs() -> None:
    row = _credential()

    key = unlock(row, PIN, badge=BADGE)

    assert isinstance(key, UserKey)
    assert is_signed(key.sign("ab" * 32), row.public_key, "ab" * 32)
    assert not is_signed(key.sign("ab" * 32), row.public_key, "cd" * 32)
    assert not is_signed(key.sign("ab" * 32), _credential("p-bo").public_key, "ab" * 32)


def test_pin_and_pepper_open_the_same_key() -> None:
    row = _credential()

    assert unlock(row, PIN, pepper=PEPPER) == unlock(row, PIN, badge=BADGE)


@pytest.mark.parametrize(
    ("pin", "badge", "pepper"),
    [
        ("274952", BADGE, b""),
        ("", BADGE, b""),
        (PIN, "PHB-9F27C0A41D5E88B4", b""),
        (PIN, "", bytes(32)),
        (PIN, "", b""),
        ("274952", "", PEPPER),
    ],
)
def test_anything_else_opens_nothing(pin: str, badge: str, pepper: bytes) -> None:
    assert unlock(_credential(), pin, badge=badge, pepper=pepper) is None


def test_anothers_blob_and_an_old_versions_blob_open_nothing() -> None:
    mine, others, later = _credential(), _credential("p-bo"), _credential(version=2)

    for strange in (others, later):
        put_in = msgspec.structs.replace(mine, by_badge=strange.by_badge, salt=strange.salt)
        assert unlock(put_in, PIN, badge=BADGE) is None


def test_200_flipped_bits_open_nothing() -> None:
    row, chance = _credential(), Random(7)

    for _ in range(200):
        name = chance.choice(("by_badge", "salt"))
        word = getattr(row, name)
        bent = _flipped(word, chance.randrange(len(word) * 4))
        assert unlock(msgspec.structs.replace(row, **{name: bent}), PIN, badge=BADGE) is None


def test_a_seed_is_not_shown_in_a_traceback() -> None:
    key = unlock(_credential(), PIN, badge=BADGE)

    assert key is not None
    assert key.seed.hex() not in repr(key)
    assert str(key.seed) not in repr(key)
