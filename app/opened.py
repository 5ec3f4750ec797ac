"""The files of a station, opened: lock, keys, book. Composed for the window, headless and commands.

Keys know nothing of the book, and the book nothing of where its key lies; here they meet: which key
opens it, what a rotation that was killed left behind, and what to say when nothing opens.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.cache import backups, restoring, starting
from app.cache.backups import Backup
from app.cache.database import Book, NotOpenedError
from app.cache.diagnosis import Diagnosis, diagnose, salt_of
from app.cache.keying import PAGE_BYTES, rekey
from app.cache.store import CacheStore
from app.clock import SystemClock
from app.errors import Damaged, Refusal
from app.instance import InstanceLock
from app.keys.opening import open_vault
from app.keys.signing import DeviceKeys
from app.keys.unlocking import Unlock
from app.keys.vault import Vault
from app.settings import StationSettings, passphrase
from app.storage.place import prepare as prepare_place
from app.storage.space import Reserve

log = logging.getLogger(__name__)

_RESTORE = "It is kept as it is: restore the newest backup with `packhouse station --restore`"
_SAY = {
    Diagnosis.DAMAGED: f"The book {{path}} is damaged. {_RESTORE}, or enrol the station anew.",
    Diagnosis.OTHER_KEY: (
        "The key in keys.json is not the one of the book {path}. Put the keys.json back that "
        "belongs to it, or get the keys back with `packhouse keys recover`; nothing was changed."
    ),
    Diagnosis.NOT_A_BOOK: (
        "The file {path} is not this station's book: it is damaged throughout, or another "
        f"station's. {_RESTORE}, or put the book back."
    ),
    Diagnosis.LOST: (
        "The book {path} is gone, or empty. No new one was made: put it back, or restore the "
        "newest backup with `packhouse station --restore`."
    ),
}


class BookTrouble(Damaged):
    """The keys are there, the book does not open.

    Args:
        diagnosis: Why.
        path: The book.
        detail: For the log.
    """

    def __init__(self, diagnosis: Diagnosis, path: Path, *, detail: str = "") -> None:
        newest = next(iter(backups.listed(backups.folder_of(path.parent))), None)
        # A book whose keys are missing is not damaged, and a restore would need the same keys.
        offered = newest is not None and diagnosis is not Diagnosis.OTHER_KEY
        super().__init__(
            _SAY[diagnosis].format(path=path),
            backup=newest.about.made_at if newest is not None and offered else "",
            detail=detail,
        )
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
        Trouble: Another program holds the folder, it may not be used, or the disk refuses.
    """

    def __init__(self, settings: StationSettings, unlock: Unlock | None = None) -> None:
        self.settings = settings
        self.unlock = unlock or unlock_of(settings)
        prepare_place(settings.data_dir)
        self._lock = InstanceLock(settings.data_dir)
        try:
            restoring.finish(settings.book)
            self.vault = open_vault(settings.data_dir, settings.book, self.unlock, _now)
            self.signer = DeviceKeys(self.vault)
            self.book = open_sound(settings.book, self.vault)
        except BaseException:
            self._lock.release()
            raise
        self.reserve = Reserve(settings.data_dir)
        self.store = CacheStore(self.book, self.reserve.give)
        if self.store.enrolled():
            self.signer.settle(self.store.identity().device_key)

    def close(self) -> None:
        """Close the book and give the folder back."""
        self.book.close()
        self._lock.release()


def unlock_of(settings: StationSettings, typed: str | None = None) -> Unlock:
    """What this start can unlock keys with: typed, from a file or systemd, or the keyring."""
    return Unlock(passphrase=lambda: passphrase(settings) if typed is None else typed)


def open_sound(path: Path, vault: Vault) -> Book:
    """Open the book and look it over; an empty one is never made where one was.

    Raises:
        BookTrouble: It is gone, damaged, or of another key; the file is as it was.
    """
    # SQLite takes what is shorter than a page for a new database, and would begin one there.
    lost = not path.exists() or path.stat().st_size < PAGE_BYTES
    if lost and vault.content.book.salt:
        raise BookTrouble(Diagnosis.LOST, path)
    cut_off = starting.was_cut_off(path)
    book = open_book(path, vault)
    found = starting.look_over(book, _now(), cut_off=cut_off).finding
    if found.wrong:
        book.close()
        raise BookTrouble(Diagnosis.DAMAGED, path, detail="; ".join(found.wrong))
    return book


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


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to.

    Attributes:
        backup: The one that is the book now.
        aside: Where what lay there before is kept.
    """

    backup: Backup
    aside: Path | None


def restore(
    settings: StationSettings, source: Path | None = None, unlock: Unlock | None = None
) -> Restored:
    """Put a backup in the place of the book; no station may be running on the folder.

    Args:
        settings: Where the files lie.
        source: A backup; the newest when None.
        unlock: What unlocks the keys.

    Raises:
        Refusal: `no_backup`.
        Trouble: The backup is damaged, the keys are out of reach, or the disk refuses; the book is
            as it was.
    """
    prepare_place(settings.data_dir)
    with InstanceLock(settings.data_dir):
        restoring.finish(settings.book)
        vault = open_vault(settings.data_dir, settings.book, unlock or unlock_of(settings), _now)
        backup = _chosen(settings, source)
        restoring.prepare(settings.book, vault.book_key(), vault, backup, _now())
        return Restored(backup, restoring.finish(settings.book))


def _chosen(settings: StationSettings, source: Path | None) -> Backup:
    if source is not None:
        return backups.at(source)
    folder = backups.folder_of(settings.data_dir)
    newest = next(iter(backups.listed(folder)), None)
    if newest is None:
        raise Refusal(
            "no_backup",
            f"There is no backup in {folder}. Name one with --restore FILE, or enrol a new station "
            "in an empty folder; the ledger has everything that was sent.",
        )
    return newest


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
