"""The files of a station, opened: lock, keys, book. Composed for the window, headless and commands.

Keys know nothing of the book, and the book nothing of where its key lies; here they meet: which key
opens it, what a rotation that was killed left behind, and what to say when nothing opens.
"""

import logging
from datetime import datetime
from pathlib import Path

from app.cache.database import Book, NotOpenedError
from app.cache.diagnosis import Diagnosis, diagnose, salt_of
from app.cache.keying import rekey
from app.cache.store import CacheStore
from app.clock import SystemClock
from app.errors import Trouble
from app.instance import InstanceLock
from app.keys.opening import open_vault
from app.keys.signing import DeviceSigner
from app.keys.unlocking import Unlock
from app.keys.vault import Vault
from app.settings import StationSettings, passphrase

log = logging.getLogger(__name__)

_SAY = {
    Diagnosis.DAMAGED: (
        "The book {path} is damaged. It is kept as it is: restore the newest backup with "
        "`packhouse restore`, or enrol the station anew."
    ),
    Diagnosis.OTHER_KEY: (
        "The key in keys.json is not the one of the book {path}. Put the keys.json back that "
        "belongs to it, or get the keys back with `packhouse keys recover`; nothing was changed."
    ),
    Diagnosis.NOT_A_BOOK: (
        "The file {path} is not this station's book: it is damaged throughout, or another "
        "station's. It is kept as it is: put the book back, or restore the newest backup."
    ),
}


class BookTrouble(Trouble):
    """The keys are there, the book does not open.

    Args:
        diagnosis: Why.
        path: The book.
        detail: For the log.
    """

    def __init__(self, diagnosis: Diagnosis, path: Path, *, detail: str = "") -> None:
        super().__init__(_SAY[diagnosis].format(path=path), detail=detail)
        self.diagnosis = diagnosis


class OpenBook:
    """The files of a station, opened: lock, keys, book.

    Args:
        settings: Where they lie.
        unlock: What unlocks the keys; by default the passphrase of the settings or of systemd,
            else the keyring of this session.

    Raises:
        KeyTrouble: The keys are out of reach; the state says why.
        BookTrouble: The keys are there, the book does not open.
        Trouble: Another program holds the folder, or the disk refuses.
    """

    def __init__(self, settings: StationSettings, unlock: Unlock | None = None) -> None:
        self.settings = settings
        self.unlock = unlock or unlock_of(settings)
        self._lock = InstanceLock(settings.data_dir)
        try:
            self.vault = open_vault(settings.data_dir, settings.book, self.unlock, _now)
            self.signer = DeviceSigner(self.vault.device_seed())
            self.book = open_book(settings.book, self.vault)
        except BaseException:
            self._lock.release()
            raise
        self.store = CacheStore(self.book)

    def close(self) -> None:
        """Close the book and give the folder back."""
        self.book.close()
        self._lock.release()


def unlock_of(settings: StationSettings, typed: str | None = None) -> Unlock:
    """What this start can unlock keys with: typed, from a file or systemd, or the keyring."""
    return Unlock(passphrase=lambda: passphrase(settings) if typed is None else typed)


def open_book(path: Path, vault: Vault) -> Book:
    """Open the book with the key that fits, and tidy up after a rotation that was killed.

    Raises:
        BookTrouble: None fits; says whether the key or the file is at fault.
    """
    keys = vault.book_keys()
    for place, key in enumerate(keys):
        try:
            book = Book(path, key)
        except NotOpenedError as error:
            if place + 1 == len(keys):
                found = diagnose(path, keys, vault.content.book.salt)
                raise BookTrouble(found, path, detail=error.detail) from error
            continue
        if place:
            vault.promote()
        else:
            vault.drop_pending()
        vault.remember_format(salt_of(path))
        return book
    raise AssertionError("a vault has a book key")


def rotate(path: Path, vault: Vault) -> None:
    """Give the book a new key; no connection to it may be open.

    The pending key is on disk before the first page changes, and becomes the active one after the
    last: whatever moment it is killed at, `open_book` finds the key that fits.

    Raises:
        Trouble: The disk refuses; the book has its old key.
    """
    old, new = vault.book_key(), vault.begin_rotation()
    rekey(path, old, new)
    vault.promote()
    log.info("the book has a new key, version %s", vault.content.active.version)


def _now() -> datetime:
    return SystemClock().now()
