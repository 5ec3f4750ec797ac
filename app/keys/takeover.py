"""Taking over the plaintext key files of earlier versions: sealed, proven, then destroyed.

A kill leaves the plaintext files until the sealed ones were proven; every start goes on from there.
"""

from dataclasses import dataclass
from pathlib import Path

from app.keys.files import shred, sync_folder
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.wrapping import KEY_BYTES

_FOLDER = "keys"
_BOOK, _DEVICE = "book.key", "device.key"
_HALF_WRITTEN = ("book.new", "device.new")


@dataclass(frozen=True, slots=True)
class Plaintext:
    """What the old files hold.

    Attributes:
        book: The book key; empty where the file is gone, or no key (any more).
        device: The device key; as above.
        unreadable: A file is there and holds no key: damaged, or destroyed up to its removal.
    """

    book: bytes
    device: bytes
    unreadable: bool = False


def plaintext(folder: Path) -> Plaintext | None:
    """The old key files of a data folder; None without any."""
    files = [path for name in (_BOOK, _DEVICE) if (path := folder / _FOLDER / name).exists()]
    if not files:
        return None
    found = {path.name: _read(path) for path in files}
    return Plaintext(
        found.get(_BOOK, b""), found.get(_DEVICE, b""), unreadable=not all(found.values())
    )


def finish(folder: Path, old: Plaintext, book_keys: tuple[bytes, ...], device: bytes) -> None:
    """Destroy the old files, now that the vault opened with the same keys.

    Raises:
        KeyTrouble: `strange_plaintext`: they are not the keys of this vault, nothing is destroyed.
    """
    if (old.book and old.book not in book_keys) or (old.device and old.device != device):
        raise KeyTrouble(KeyState.STRANGE_PLAINTEXT)
    for name in (_BOOK, _DEVICE, *_HALF_WRITTEN):
        path = folder / _FOLDER / name
        if path.exists():
            shred(path)
    # Empty now, unless somebody put something else there.
    if not any((folder / _FOLDER).iterdir()):
        (folder / _FOLDER).rmdir()
        sync_folder(folder)


def _read(path: Path) -> bytes:
    """The key in a file; empty when it holds none."""
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return b""
    return key if len(key) == KEY_BYTES else b""
