"""A key-encryption key from a passphrase, for stations without a keyring."""

import unicodedata
from dataclasses import dataclass

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.keys.troubles import KeyState, KeyTrouble
from app.keys.wrapping import KEY_BYTES

# Four short words have more; below this an attacker with the file tries them all.
MIN_CHARACTERS = 12
MAX_BYTES = 1_024
# A key file asks for its own cost; one that asks for more was not written by this program.
MAX_MEMORY_KIB = 1 << 20
MAX_PASSES = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs (RFC 9106).

    Attributes:
        memory_kib: Memory.
        passes: Passes over it.
        lanes: Parallel lanes.
    """

    memory_kib: int = 64 << 10
    passes: int = 3
    lanes: int = 1


DEFAULT_COST = Cost()


def tidy(typed: str) -> str:
    """The passphrase as every keyboard and editor means it: NFKC, without the final line end."""
    return unicodedata.normalize("NFKC", typed.rstrip("\r\n"))


def check_strength(passphrase: str) -> None:
    """Refuse a passphrase that is too short to guard a stolen disk.

    Raises:
        KeyTrouble: `passphrase_weak`.
    """
    if len(passphrase) < MIN_CHARACTERS or len(passphrase.encode()) > MAX_BYTES:
        raise KeyTrouble(KeyState.PASSPHRASE_WEAK)


def derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    """32 bytes; a quarter of a second and 64 MiB at the default cost.

    Raises:
        KeyTrouble: The cost is not one this program sets.
    """
    if cost.memory_kib > MAX_MEMORY_KIB or cost.passes > MAX_PASSES:
        raise KeyTrouble(KeyState.FILE_DAMAGED, detail=f"cost {cost}")
    try:
        kdf = Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=cost.passes,
            lanes=cost.lanes,
            memory_cost=cost.memory_kib,
        )
    except ValueError as error:
        raise KeyTrouble(KeyState.FILE_DAMAGED, detail=f"cost {cost}") from error
    return kdf.derive(passphrase.encode()[:MAX_BYTES])
