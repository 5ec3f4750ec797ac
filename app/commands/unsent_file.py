"""What the ledger has not confirmed, as a file of JSON lines that proves itself.

The first line says whose chain it is and where it ends, signed by the device key; one line an
operation follows, in the order recorded; the last line counts them and signs all lines before it.
Nothing is taken out of the book: whatever is in the file is still sent when the ledger takes it.
"""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from app import __version__
from app.cache.enrolling import last_link
from app.cache.unsent import unsent
from app.clock import SystemClock
from app.contract import chain
from app.errors import Refusal, Trouble
from app.keys.files import OWNER_ONLY, sync_folder
from app.opened import OpenBook

FORMAT = "packhouse unsent 1"

_encode = msgspec.json.Encoder(order="sorted").encode


def write(opened: OpenBook, path: Path) -> tuple[int, str]:
    """Write the file: whole or not at all, readable by its owner alone, never over another.

    Returns:
        How many operations are in it, and the SHA-256 of the lines before the last.

    Raises:
        Refusal: `file_exists`.
        Trouble: It cannot be written there.
    """
    if path.exists():
        raise Refusal("file_exists", f"{path} exists already. Name another file.")
    temporary = path.with_name(f"{path.name}.new")
    whole, count = sha256(), -1
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            for line in _lines(opened):
                whole.update(line)
                file.write(line)
                count += 1
            digest = whole.hexdigest()
            signature = opened.signer.sign(file_bytes(count, digest))
            last = {"operations": count, "sha256": digest, "signature": signature}
            file.write(_encode(last) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Trouble(
            f"{path} cannot be written. Name a file somewhere else.", detail=str(error)
        ) from error
    return count, digest


def file_bytes(count: int, digest: str) -> bytes:
    """What the device key signs at the end of the file."""
    return f"{FORMAT}\n{count}\n{digest}".encode()


def _lines(opened: OpenBook) -> Iterator[bytes]:
    who, seq = opened.store.identity(), opened.store.head_seq()
    enrolment, digest = last_link(opened.store)
    head = {
        "format": FORMAT,
        "site": who.site,
        "station": who.station,
        "enrolment": enrolment,
        "seq": seq,
        "digest": digest,
        "device_key": opened.signer.public_key,
        "head_signature": opened.signer.sign(chain.head_bytes(enrolment, seq, digest)),
        "program": __version__,
        "at": SystemClock().now().isoformat(timespec="seconds"),
    }
    yield _encode(head) + b"\n"
    for one in unsent(opened.store):
        yield _encode(one) + b"\n"
