"""Opening the keys of a data folder: existing ones, ones to take over, or new ones."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from app.keys import keyfile, takeover
from app.keys.keyfile import BookFormat, KeyFile, KeyringLock, Lock
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.unlocking import Unlock
from app.keys.vault import BOOK, DEVICE, WRAP, Now, Vault, moment, slot_of
from app.keys.wrapping import new_key

_NAME_BYTES = 16


@dataclass(frozen=True, slots=True)
class Contents:
    """Keys to begin a vault with; new ones unless they are taken over or recovered.

    Attributes:
        book: The book key.
        device: Seed of the device key.
        wraps: Wrapping keys by version.
        version: Of the book key.
    """

    book: bytes
    device: bytes
    wraps: dict[int, bytes]
    version: int = 1


def open_vault(folder: Path, book: Path, unlock: Unlock, now: Now) -> Vault:
    """The keys of a folder; made when the folder is new.

    Args:
        folder: The data folder.
        book: Where the book lies; new keys are never made over an existing one.
        unlock: What there is to unlock with.
        now: Wall time.

    Raises:
        KeyTrouble: The state says why not, the sentence what to do.
    """
    found = keyfile.read(folder)
    plain = takeover.plaintext(folder)
    if found is None:
        if plain is not None and plain.unreadable:
            raise KeyTrouble(KeyState.FILE_DAMAGED, detail="a plaintext key file holds no key")
        old = plain or takeover.Plaintext(b"", b"")
        if book.exists() and not old.book:
            raise KeyTrouble(KeyState.FILE_GONE)
        begin = Contents(old.book or new_key(), old.device or new_key(), {1: new_key()})
        make_vault(folder, unlock, now, begin)
    # Read again from the disk and unlocked again from where the KEK lies: what was just made is
    # proven to open before anything relies on it, or a plaintext key is destroyed.
    vault = unlocked(folder, unlock, now)
    if plain is not None:
        takeover.finish(folder, plain, vault.book_keys(), vault.device_seed())
    return vault


def unlocked(folder: Path, unlock: Unlock, now: Now) -> Vault:
    """The vault of a folder that has one.

    Raises:
        KeyTrouble: The state says why not.
    """
    found = keyfile.read(folder)
    if found is None:
        raise KeyTrouble(KeyState.FILE_GONE)
    return Vault(folder, found, unlock.kek(found.vault, found.lock), now)


def make_vault(folder: Path, unlock: Unlock, now: Now, contents: Contents, name: str = "") -> None:
    """Write a key file with these keys; an existing one is replaced whole.

    Args:
        folder: The data folder.
        unlock: What there is to lock with.
        now: Wall time.
        contents: The keys.
        name: Of the vault, when it is recovered; else a new one.
    """
    vault = name or secrets.token_hex(_NAME_BYTES)
    at = moment(now)
    lock, kek = unlock.make(vault, at, _lock_before(folder))
    keyfile.write(
        folder,
        KeyFile(
            format=keyfile.FORMAT,
            vault=vault,
            lock=lock,
            active=slot_of(kek, vault, BOOK, contents.version, contents.book, at),
            device=slot_of(kek, vault, DEVICE, 1, contents.device, at),
            wraps=tuple(
                slot_of(kek, vault, WRAP, version, key, at)
                for version, key in sorted(contents.wraps.items())
            ),
            book=BookFormat(),
        ),
        kek,
    )


def _lock_before(folder: Path) -> Lock | None:
    """The lock of a key file that is replaced: its keyring entry must not be overwritten."""
    try:
        found = keyfile.read(folder)
    except KeyTrouble:
        return None
    return found.lock if found is not None and isinstance(found.lock, KeyringLock) else None
