"""A person's key: an Ed25519 seed that only PIN and badge, or PIN and pepper, bring to light.

A PIN is not compared with anything (NIST SP 800-63B-4, 5.2.11): together with a second secret it
becomes a key that opens the seed. A copied list of credentials is worth nothing without the second
secret: 128 random bits on the badge, or the site's pepper, which no credential holds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from typing_extensions import override

from app.contract import chain
from app.contract.messages import CredentialRow, Signed
from app.identity.envelope import KEY_BYTES, NONCE_BYTES, WrongKeyError, seal, unseal

SALT_BYTES = 16
SEED_BYTES = 32
# Gives `n` random bytes; chance comes in from outside.
Chance = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one try of a PIN costs.

    Attributes:
        memory_kib: Memory of Argon2id.
        passes: Its iterations.
        lanes: Its parallelism.
    """

    memory_kib: int
    passes: int
    lanes: int


# A quarter of a second on a bench computer (security.md §3): 70 hours of one core for all PINs of
# six digits, if somebody has the second secret as well.
COST = Cost(memory_kib=65_536, passes=3, lanes=1)
# A ledger that asks for less than OWASP's least is mistaken or false: a station does not unlock.
LEAST = Cost(memory_kib=19_456, passes=2, lanes=1)
# For simulations and tests only: the same way, in a millisecond.
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)


@dataclass(frozen=True, slots=True)
class UserKey:
    """An unlocked key of a person; lives in memory while they are signed in.

    Attributes:
        person: Whose.
        version: Of the credential it came from.
        seed: Ed25519, 32 bytes.
    """

    person: str
    version: int
    seed: bytes

    @override
    def __repr__(self) -> str:
        """Without the seed: a traceback must not show it."""
        return f"UserKey({self.person!r}, {self.version})"

    def sign(self, content: str) -> Signed:
        """Sign an operation by its content hash."""
        message = chain.person_bytes(self.person, self.version, content)
        return Signed(person=self.person, version=self.version, signature=self.raw(message))

    def raw(self, message: bytes) -> str:
        """Sign other bytes of the contract; 128 hex digits."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message).hex()


@dataclass(frozen=True, slots=True)
class Locked:
    """A fresh user key, locked: what goes into a credential.

    Attributes:
        public_key: Hex.
        salt: Hex.
        by_badge: Hex.
        by_pin: Hex, or empty.
    """

    public_key: str
    salt: str
    by_badge: str
    by_pin: str


def new_key(
    whose: tuple[str, int], pin: str, badge: str, pepper: bytes, how: tuple[Cost, Chance]
) -> Locked:
    """Make a key and lock it; the seed is forgotten.

    Args:
        whose: Person and credential version.
        pin: As the person types it.
        badge: Its secret, as scanned.
        pepper: The site's; empty when the person must use their badge.
        how: Cost and chance.
    """
    cost, chance = how
    seed, salt = chance(SEED_BYTES), chance(SALT_BYTES)
    purpose = _purpose(*whose)

    def under(second: bytes) -> str:
        return seal(_kek(pin, salt, second, cost), seed, purpose, chance(NONCE_BYTES)).hex()

    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return Locked(public.hex(), salt.hex(), under(badge.encode()), under(pepper) if pepper else "")


def unlock(row: CredentialRow, pin: str, *, badge: str = "", pepper: bytes = b"") -> UserKey | None:
    """The person's key, or None: wrong PIN, wrong badge, another's blob, all the same.

    Takes as long as the credential says; call it on a thread nobody waits for.

    Args:
        row: The credential, already believed (`is_of_ledger`).
        pin: As typed.
        badge: Its secret when it was scanned.
        pepper: The site's; counts where no badge was scanned, or the badge is a mere number.
    """
    # A badge that is no secret has nothing locked under it; it only says who is there.
    with_badge = bool(badge and row.by_badge)
    locked = row.by_badge if with_badge else row.by_pin
    second = badge.encode() if with_badge else pepper
    if not second:
        locked = ""
    cost = Cost(row.memory_kib, row.passes, row.lanes)
    try:
        kek = _kek(pin, bytes.fromhex(row.salt), second or b"none", cost)
        seed = unseal(kek, bytes.fromhex(locked), _purpose(row.person, row.version))
    except (WrongKeyError, ValueError):
        return None
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return UserKey(row.person, row.version, seed) if public.hex() == row.public_key else None


def is_of_ledger(row: CredentialRow, ledger_key: str) -> bool:
    """Whether the ledger signed this credential."""
    return verified(ledger_key, row.signature, chain.credential_bytes(row))


def is_signed(signed: Signed, public_key: str, content: str) -> bool:
    """Whether a person's signature over an operation is theirs."""
    message = chain.person_bytes(signed.person, signed.version, content)
    return verified(public_key, signed.signature, message)


def verified(public_key: str, signature: str, message: bytes) -> bool:
    """Whether an Ed25519 signature holds; hex in, never an error."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _kek(pin: str, salt: bytes, second: bytes, cost: Cost) -> bytes:
    derived = Argon2id(
        salt=salt,
        length=KEY_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
        secret=second,
    )
    return derived.derive(pin.encode())


def _purpose(person: str, version: int) -> bytes:
    return f"packhouse user key 1\n{person}\n{version}".encode()
