"""`keys.json`: every key of a station, wrapped; and what is known about them.

Nothing in it opens anything without the key-encryption key (KEK), which lies in the keyring or
comes from a passphrase. A seal over the whole file shows when somebody changed a date or a number.
"""

import hmac
from hashlib import sha256
from pathlib import Path

import msgspec

from app.keys.files import write_whole
from app.keys.troubles import KeyState, KeyTrouble

NAME = "keys.json"
FORMAT = 1
# A full file is about 6 KiB: thirty-two wrapping keys and a handful of secrets.
MAX_BYTES = 256 << 10
_SEAL_PURPOSE = b"packhouse keys.json"


class KeyringLock(msgspec.Struct, frozen=True, tag="keyring"):
    """The KEK lies in the operating system's keyring.

    Attributes:
        backend: Which keyring took it.
        entry: Counts up with every new KEK; part of its name in the keyring.
        check: Check value of the KEK.
        made_at: ISO 8601, UTC.
    """

    backend: str
    entry: int
    check: str
    made_at: str


class PassphraseLock(msgspec.Struct, frozen=True, tag="passphrase"):
    """The KEK is Argon2id of a passphrase.

    Attributes:
        salt: 32 hex digits.
        memory_kib: Cost in memory.
        passes: Cost in time.
        lanes: Parallel lanes.
        check: Check value of the KEK.
        made_at: ISO 8601, UTC.
    """

    salt: str
    memory_kib: int
    passes: int
    lanes: int
    check: str
    made_at: str


Lock = KeyringLock | PassphraseLock


class Slot(msgspec.Struct, frozen=True):
    """A wrapped key.

    Attributes:
        version: Counts up; part of the associated data.
        sealed: AES-256-GCM under the KEK, base64.
        check: Check value of the key itself.
        made_at: ISO 8601, UTC.
    """

    version: int
    sealed: str
    check: str
    made_at: str


class BookFormat(msgspec.Struct, frozen=True):
    """How the book is written, pinned: a newer SQLCipher opens it the same way.

    Attributes:
        cipher: Major version of SQLCipher's format.
        page: Bytes of a page.
        salt: First 16 bytes of the book in hex; empty until it was opened once.
    """

    cipher: int = 4
    page: int = 4096
    salt: str = ""


class Escrowed(msgspec.Struct, frozen=True):
    """What the ledger has taken into custody.

    Attributes:
        contents: Digest of the keys that were sent; another one means: send again.
        recovery_key: Public key of the ledger they were sealed to, in hex.
        at: ISO 8601, UTC.
    """

    contents: str
    recovery_key: str
    at: str


class KeyFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The whole file; fields that later versions add have defaults, which are not written.

    Attributes:
        format: Of this file.
        vault: Random name of this set of keys; survives recovery, not a secret.
        lock: Where the KEK comes from.
        active: The book key.
        pending: The next book key while a rotation is under way.
        device: Seed of the Ed25519 device key.
        device_pending: The next one, from before the ledger hears of it until it has taken it.
        device_former: The one before; a ledger that was restored may know no other.
        wraps: Keys that wrap other keys (backups), newest last; old ones open old backups.
        secrets: Small secrets of other parts by name, sealed.
        book: How the book is written.
        escrowed: What the ledger holds, or None.
        seal: HMAC over everything above.
    """

    format: int
    vault: str
    lock: Lock
    active: Slot
    pending: Slot | None = None
    device: Slot
    device_pending: Slot | None = None
    device_former: Slot | None = None
    wraps: tuple[Slot, ...]
    secrets: dict[str, str] = {}
    book: BookFormat
    escrowed: Escrowed | None = None
    seal: str = ""


_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(KeyFile).decode


def read(folder: Path) -> KeyFile | None:
    """The file of a data folder; None without one.

    Raises:
        KeyTrouble: It cannot be read or understood.
    """
    path = folder / NAME
    try:
        if not path.exists():
            return None
        if path.stat().st_size > MAX_BYTES:
            raise KeyTrouble(KeyState.FILE_DAMAGED, detail="larger than a key file can be")
        raw = path.read_bytes()
        found = _decode(raw)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KeyTrouble(KeyState.FILE_DAMAGED, detail=str(error)) from error
    if found.format > FORMAT:
        raise KeyTrouble(KeyState.FILE_NEWER, detail=f"format {found.format}")
    if _encode(found) != raw:
        # Other bytes for the same values are a change, too: a field with another name is left out.
        raise KeyTrouble(KeyState.FILE_DAMAGED, detail=f"format {found.format}")
    return found


def write(folder: Path, content: KeyFile, kek: bytes) -> KeyFile:
    """Seal the file and put it in place; a kill leaves the old one or this one."""
    sealed = msgspec.structs.replace(content, seal=_seal_of(content, kek))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / NAME, _encode(sealed))
    return sealed


def is_whole(content: KeyFile, kek: bytes) -> bool:
    """Whether the seal over the file holds."""
    return hmac.compare_digest(content.seal, _seal_of(content, kek))


def _seal_of(content: KeyFile, kek: bytes) -> str:
    key = hmac.digest(kek, _SEAL_PURPOSE, sha256)
    return hmac.digest(key, _encode(msgspec.structs.replace(content, seal="")), sha256).hex()
