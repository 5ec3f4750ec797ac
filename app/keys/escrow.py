"""A station's keys for the ledger's custody, and out of it again.

Inside are the book keys and the wrapping keys: enough to open the book and every backup of it. The
device key is not: nobody but the station may ever sign in its name, so it is made anew and enrolled
anew after a recovery.
"""

import msgspec

from app.contract.escrow import escrow_purpose, recovery_purpose
from app.identity import letter
from app.identity.envelope import WrongKeyError
from app.keys.opening import Contents
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.vault import Vault
from app.keys.wrapping import KEY_BYTES, new_key

_FORMAT = 1


class Escrowed(msgspec.Struct, frozen=True):
    """What a letter says; keys in hex.

    Attributes:
        format: Of this structure.
        book: What may open the book, the likeliest first.
        version: Of the first of them.
        wraps: Wrapping keys by version.
    """

    format: int
    book: tuple[str, ...]
    version: int
    wraps: dict[int, str]


def seal_for(vault: Vault, recovery_key: str) -> str:
    """The keys of a vault as a letter to the ledger's recovery key, in hex.

    Raises:
        KeyTrouble: `refuses`, when that is no public key.
    """
    content = Escrowed(
        format=_FORMAT,
        book=tuple(key.hex() for key in vault.book_keys()),
        version=vault.content.active.version,
        wraps={version: key.hex() for version, key in vault.wrapping_keys().items()},
    )
    purpose = escrow_purpose(vault.name)
    try:
        return letter.seal_to(recovery_key, msgspec.json.encode(content), purpose).hex()
    except ValueError as error:
        raise KeyTrouble(KeyState.REFUSES, detail=f"recovery key: {error}") from error


def opened(sealed: str, private: bytes, vault: str) -> tuple[Contents, ...]:
    """The keys in a letter of the ledger: one choice for each book key, the likeliest first.

    Raises:
        KeyTrouble: `lost`, when the letter is for another machine or another set of keys.
    """
    try:
        raw = letter.open_letter(private, bytes.fromhex(sealed), recovery_purpose(vault))
        told = msgspec.json.decode(raw, type=Escrowed)
        keys = [_key(text) for text in told.book]
        wraps = {version: _key(text) for version, text in told.wraps.items()}
    except (WrongKeyError, msgspec.DecodeError, ValueError) as error:
        raise KeyTrouble(KeyState.LOST, detail="the letter of the ledger does not open") from error
    if told.format != _FORMAT or not keys or not wraps:
        raise KeyTrouble(KeyState.LOST, detail=f"a letter of format {told.format}")
    return tuple(
        Contents(key, new_key(), wraps, told.version + place) for place, key in enumerate(keys)
    )


def _key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError("not a key")
    return key
