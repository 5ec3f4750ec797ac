"""Names of people, sealed with a key for each person that is kept apart from the database.

Everywhere else people are ids. What is written of a person (the row in hand, its history, the feed
of master data, backups of all that) holds the name sealed; whoever may see it is given it opened.
Forgetting somebody is destroying their key: what was written stays as it is, chains and archives
included, and says no name any more.

An embedded ledger has its keys in the folder `people.keys` beside its database, a file each. A
ledger on PostgreSQL has no folder: until it is told one, names are stored as they are.
"""

import hmac
import re
import shutil
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.contract.messages import PersonRow
from app.ledger import files
from app.ledger.clock import IdSource, SystemIds
from app.ledger.database import Database

FOLDER = "people.keys"
ERASED = "(erased)"
_MARK = "sealed:"
_KEY_BYTES = 32
_NONCE_BYTES = 12
# Nonce, name and tag; whoever is called `sealed:` otherwise is called so.
_SEALED = re.compile(_MARK + r"(?:[0-9a-f]{2}){28,}")
_MODE = 0o700


class Names:
    """Seals, opens and erases names.

    Args:
        folder: Where the keys are; None stores names as they are.
        ids: Makes keys.
    """

    def __init__(self, folder: Path | None, ids: IdSource) -> None:
        self._folder = folder
        self._ids = ids

    @classmethod
    def of(cls, database: Database, ids: IdSource | None = None) -> "Names":
        """Those of a ledger, by where its database is."""
        return cls(folder_of(database), ids or SystemIds())

    def seal(self, row: PersonRow) -> PersonRow:
        """The row as it is written; the same name is always sealed the same."""
        if self._folder is None or _SEALED.fullmatch(row.name):
            return row
        key = self._key(row.person) or self._new_key(row.person)
        name = row.name.encode()
        nonce = hmac.new(key, b"packhouse name 1\n" + name, sha256).digest()[:_NONCE_BYTES]
        sealed = nonce + AESGCM(key).encrypt(nonce, name, row.person.encode())
        return msgspec.structs.replace(row, name=_MARK + sealed.hex())

    def open(self, row: PersonRow) -> PersonRow:
        """The row with its name; `(erased)` where the key is gone."""
        if not _SEALED.fullmatch(row.name):
            return row
        return msgspec.structs.replace(row, name=self._opened(row.person, row.name))

    def erase(self, person: str) -> bool:
        """Destroy a key: nothing written of this person says their name any more.

        Returns:
            Whether there was one.
        """
        path = self._path(person)
        if path is None or not path.is_file():
            return False
        path.write_bytes(bytes(_KEY_BYTES))
        files.sync(path)
        path.unlink()
        files.sync(path.parent)
        return True

    def _opened(self, person: str, sealed: str) -> str:
        key = self._key(person)
        if key is None:
            return ERASED
        raw = bytes.fromhex(sealed.removeprefix(_MARK))
        try:
            plain = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], person.encode())
        except InvalidTag:
            # Sealed with a key that was erased; they have been hired again since.
            return ERASED
        return plain.decode()

    def _path(self, person: str) -> Path | None:
        return self._folder / sha256(person.encode()).hexdigest() if self._folder else None

    def _key(self, person: str) -> bytes | None:
        path = self._path(person)
        try:
            found = path.read_bytes() if path else b""
        except FileNotFoundError:
            return None
        return found if len(found) == _KEY_BYTES and any(found) else None

    def _new_key(self, person: str) -> bytes:
        path = self._path(person)
        if path is None:
            raise LookupError("names are not sealed here")
        path.parent.mkdir(mode=_MODE, exist_ok=True)
        files.write(path, self._ids.random(_KEY_BYTES))
        return path.read_bytes()


def keep_beside(ledger: Path, backup: Path) -> None:
    """Copy the keys to beside a backup, in place of those of the backup before.

    Only the newest backup has keys: who was erased since is a name in none of them.
    """
    source, target = ledger / FOLDER, backup.parent / FOLDER
    fresh, old = target.with_name(f".{FOLDER}.part"), target.with_name(f".{FOLDER}.old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, fresh)
        fresh.chmod(_MODE)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
        files.sync(target.parent)
        shutil.rmtree(old, ignore_errors=True)


def bring_back(ledger: Path, backup: Path) -> None:
    """Take the keys beside a backup to a ledger that has none; keys that are there are newer."""
    source, target = backup.parent / FOLDER, ledger / FOLDER
    if source.is_dir() and not target.exists() and source != target:
        shutil.copytree(source, target)
        target.chmod(_MODE)


def folder_of(database: Database) -> Path | None:
    """Where the keys of a ledger's people are."""
    if not database.is_sqlite:
        return None
    return Path(database.url.removeprefix("sqlite:///")).parent / FOLDER
