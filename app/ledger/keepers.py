"""The recovery key: its public half for every station, its private half for no one alone.

The private half is sealed once for every ordered pair of administrators, first to the second, then
around that to the first: what the first opens, only the second can read. Each administrator's own
key is sealed by a passphrase of theirs. The file gives nothing to who has it, nor to one of them.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.contract.codec import UNREADABLE
from app.errors import Refusal, Trouble
from app.identity import letter
from app.identity.envelope import NONCE_BYTES, WrongKeyError, seal, unseal
from app.identity.userkey import SALT_BYTES, Cost
from app.ledger import files
from app.ledger.clock import IdSource

NAME = "recovery.json"
# Two must be able to come; each pair has an envelope of its own, and ten people have ninety.
LEAST_KEEPERS, MOST_KEEPERS = 2, 10
MIN_CHARACTERS = 12
_PURPOSE = "packhouse recovery key 1"


class Keeper(msgspec.Struct, frozen=True):
    """An administrator who can help to recover keys.

    Attributes:
        person: Who.
        public_key: X25519, hex.
        salt: Of the passphrase, hex.
        sealed: The private key under the passphrase, hex.
    """

    person: str
    public_key: str
    salt: str
    sealed: str


class Pair(msgspec.Struct, frozen=True):
    """The recovery key for two administrators in this order; `sealed` in hex."""

    first: str
    second: str
    sealed: str


class Keepers(msgspec.Struct, frozen=True):
    """The whole file.

    Attributes:
        public_key: What stations seal their keys to, hex.
        memory_kib: Cost of a try at a passphrase.
        passes: Cost of a try at a passphrase.
        keepers: The administrators.
        pairs: The private half, for each two of them.
    """

    public_key: str
    memory_kib: int
    passes: int
    keepers: tuple[Keeper, ...]
    pairs: tuple[Pair, ...]


def set_up(passphrases: Mapping[str, str], ids: IdSource, cost: Cost) -> Keepers:
    """A new recovery key for these administrators; its private half is forgotten.

    Raises:
        Refusal: `too_few_keepers`, `weak_passphrase`.
    """
    if not LEAST_KEEPERS <= len(passphrases) <= MOST_KEEPERS:
        raise Refusal(
            "too_few_keepers",
            f"Recovery takes two administrators. Name {LEAST_KEEPERS} to {MOST_KEEPERS} people.",
        )
    secret, keepers = ids.random(letter.KEY_BYTES), []
    for person, passphrase in passphrases.items():
        if len(passphrase) < MIN_CHARACTERS:
            raise Refusal(
                "weak_passphrase",
                f"The passphrase of {person} is too short. Use {MIN_CHARACTERS} characters.",
            )
        own, salt = ids.random(letter.KEY_BYTES), ids.random(SALT_BYTES)
        kek = _kek(passphrase, salt, cost.memory_kib, cost.passes)
        sealed = seal(kek, own, _bound_to(person), ids.random(NONCE_BYTES))
        keepers.append(Keeper(person, letter.public_of(own), salt.hex(), sealed.hex()))
    pairs = tuple(
        Pair(one.person, other.person, _for_two(secret, one, other))
        for one in keepers
        for other in keepers
        if one is not other
    )
    public = letter.public_of(secret)
    return Keepers(public, cost.memory_kib, cost.passes, tuple(keepers), pairs)


def first_half(keepers: Keepers, person: str, passphrase: str) -> dict[str, str]:
    """What the first administrator opens: by second administrator, a letter only they can read.

    Raises:
        Refusal: `not_a_keeper`, `wrong_passphrase`.
    """
    own = _own_key(keepers, person, passphrase)
    return {
        pair.second: letter.open_letter(own, bytes.fromhex(pair.sealed), _PURPOSE).hex()
        for pair in keepers.pairs
        if pair.first == person
    }


def second_half(keepers: Keepers, person: str, passphrase: str, halves: Mapping[str, str]) -> bytes:
    """The private half of the recovery key; for one use, then forgotten.

    Raises:
        Refusal: `not_a_keeper`, `wrong_passphrase`; `same_person`, when the halves are one's own;
            `other_recovery_key`, when they are of another set-up.
    """
    own = _own_key(keepers, person, passphrase)
    if person not in halves:
        raise Refusal("same_person", "Another administrator has to approve: two persons are asked.")
    try:
        return letter.open_letter(own, bytes.fromhex(halves[person]), _PURPOSE)
    except WrongKeyError as error:
        raise Refusal(
            "other_recovery_key",
            "Recovery was set up anew since then. Ask again: packhouse ledger recover ask WORDS",
        ) from error


def write(folder: Path, keepers: Keepers) -> None:
    """Put the file in place; a kill leaves the old one or this one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / NAME
    files.write(path, msgspec.json.format(msgspec.json.encode(keepers)))
    path.chmod(0o600)


def read(folder: Path) -> Keepers:
    """The file of a folder.

    Raises:
        Refusal: `no_recovery`: nobody has set it up.
        Trouble: It cannot be read.
    """
    path = folder / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Keepers)
    except FileNotFoundError as error:
        raise Refusal(
            "no_recovery",
            f"There is no {NAME} in {folder}. Set recovery up: packhouse ledger recover setup "
            "PERSON PERSON",
        ) from error
    except (OSError, *UNREADABLE) as error:
        raise Trouble(
            f"{path} cannot be read. Put it back from a backup of that folder.", detail=str(error)
        ) from error


def _for_two(secret: bytes, first: Keeper, second: Keeper) -> str:
    inner = letter.seal_to(second.public_key, secret, _PURPOSE)
    return letter.seal_to(first.public_key, inner, _PURPOSE).hex()


def _own_key(keepers: Keepers, person: str, passphrase: str) -> bytes:
    keeper = next((one for one in keepers.keepers if one.person == person), None)
    if keeper is None:
        names = ", ".join(one.person for one in keepers.keepers)
        raise Refusal("not_a_keeper", f"{person} cannot recover keys. Who can: {names}.")
    kek = _kek(passphrase, bytes.fromhex(keeper.salt), keepers.memory_kib, keepers.passes)
    try:
        return unseal(kek, bytes.fromhex(keeper.sealed), _bound_to(person))
    except WrongKeyError as error:
        raise Refusal("wrong_passphrase", f"That is not the passphrase of {person}.") from error


def _bound_to(person: str) -> bytes:
    return f"{_PURPOSE}\n{person}".encode()


def _kek(passphrase: str, salt: bytes, memory_kib: int, passes: int) -> bytes:
    kdf = Argon2id(salt=salt, length=32, iterations=passes, lanes=1, memory_cost=memory_kib)
    return kdf.derive(passphrase.encode())
