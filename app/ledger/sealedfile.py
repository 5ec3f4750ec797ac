"""Files nobody can read or change unseen: lines, compressed, sealed piece by piece, written once.

Zstandard inside AES-256-GCM. Each piece is sealed with its number and whether it is the last, so
that pieces cannot be left out, swapped or cut off; the memory is that of one piece.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.errors import Trouble
from app.ledger import files

MAGIC = b"packhouse sealed 1\n"
PIECE = 1 << 20
# What a sealed piece may weigh: its plain bytes and the tag.
_MOST = PIECE + 16
_SALT = 8
_LENGTH = struct.Struct(">I")
# Nobody writes it again, the ledger's own account included.
_MODE = 0o400
# A line of the ledger is at most this long when it is read again.
_LINE = 32 << 20


def write(target: Path, key: bytes, lines: Iterable[bytes]) -> tuple[str, int]:
    """Write a file; it has its name only when it is whole.

    Returns:
        Its SHA-256, and how many lines are in it.

    Raises:
        OSError: It cannot be written, or is there already.
    """
    part = files.part_of(target)
    part.unlink(missing_ok=True)
    count = 0

    def counted() -> Iterator[bytes]:
        nonlocal count
        for line in lines:
            count += 1
            yield line

    try:
        with part.open("wb") as out:
            told = sha256()
            for chunk in _sealed(key, os.urandom(_SALT), _compressed(counted())):
                told.update(chunk)
                out.write(chunk)
        part.chmod(_MODE)
        if target.exists():
            raise FileExistsError(str(target))
        files.put_in_place(part, target)
    finally:
        part.unlink(missing_ok=True)
    return told.hexdigest(), count


def hash_of(path: Path) -> str:
    """SHA-256 of a file as it lies there."""
    told = sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(PIECE):
            told.update(chunk)
    return told.hexdigest()


def read(path: Path, key: bytes) -> Iterator[bytes]:
    """Its lines.

    Raises:
        Trouble: It is damaged, cut off, or sealed with another key.
    """
    rest = b""
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    try:
        for piece in _opened(path, key):
            *whole, rest = (rest + decompressor.decompress(piece)).split(b"\n")
            if len(rest) > _LINE:
                raise _damaged(path, "a line without end")
            yield from whole
    except (InvalidTag, zstandard.ZstdError, struct.error) as error:
        raise _damaged(path, repr(error)) from error
    if rest:
        raise _damaged(path, "it ends within a line")


def _compressed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of the compressed lines."""
    compressor = zstandard.ZstdCompressor(level=3).compressobj()
    waiting = bytearray()
    for line in lines:
        waiting += compressor.compress(line + b"\n")
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    waiting += compressor.flush()
    while waiting:
        yield bytes(waiting[:PIECE])
        del waiting[:PIECE]


def _sealed(key: bytes, salt: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    yield MAGIC + salt
    box, number, held = AESGCM(key), 0, b""
    for piece in pieces:
        if held:
            yield _piece(box, salt, number, held, last=False)
            number += 1
        held = piece
    yield _piece(box, salt, number, held, last=True)


def _piece(box: AESGCM, salt: bytes, number: int, plain: bytes, *, last: bool) -> bytes:
    sealed = box.encrypt(salt + _LENGTH.pack(number), plain, _about(last=last))
    return _LENGTH.pack(len(sealed)) + sealed


def _about(*, last: bool) -> bytes:
    return MAGIC + (b"last" if last else b"more")


def _opened(path: Path, key: bytes) -> Iterator[bytes]:
    box = AESGCM(key)
    with path.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            raise _damaged(path, "it is no sealed file")
        salt, number = stream.read(_SALT), 0
        head = stream.read(_LENGTH.size)
        while head:
            (length,) = _LENGTH.unpack(head)
            if length > _MOST:
                raise _damaged(path, "a piece that is too long")
            sealed, head = stream.read(length), stream.read(_LENGTH.size)
            nonce = salt + _LENGTH.pack(number)
            yield box.decrypt(nonce, sealed, _about(last=not head))
            number += 1
        if not number:
            raise _damaged(path, "it holds nothing")


def _damaged(path: Path, detail: str) -> Trouble:
    return Trouble(
        f"{path.name} is damaged or was changed. Keep it as it is, and take the copy from where "
        "archives are kept twice.",
        detail=detail,
    )
