"""Photos as evidence: what was taken, and what the record and the book must say of it.

A picture's digest is in the operation, for ever; the picture itself stays in the book of the
station that took it.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from app.simulation.record import Captured

_PHOTOS, _EACH = "photos", "photo_"


def picture(word: bytes) -> bytes:
    """The smallest file a station takes for a photo, with something of its own in it."""
    size = (640).to_bytes(4) + (480).to_bytes(4)
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size + b"\x08\2\0\0\0"
    return head + word + b"\0\0\0\0IEND" + b"\0" * 4


def digests(body: bytes) -> tuple[str, ...]:
    """What an operation says of its photos."""
    said = json.loads(body).get("evidence", {})
    return tuple(said[f"{_EACH}{n}"] for n in range(1, int(said.get(_PHOTOS, 0)) + 1))


def flaws(recorded: Mapping[str, Captured], photos: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a book's photos do not hold of what was recorded there.

    Args:
        recorded: The oracle's notes of the book's operations.
        photos: Rows of the book.
    """
    kept: dict[str, list[tuple[int, str]]] = {}
    for row in photos:
        found = sha256(row["content"]).hexdigest()
        kept.setdefault(row["operation"], []).append((row["place"], found))
    there = {id_: tuple(one for _, one in sorted(rows)) for id_, rows in kept.items()}
    promised = {id_: digests(one.body) for id_, one in recorded.items()}
    wanted = {id_: said for id_, said in promised.items() if said}
    odd = [id_ for id_ in wanted.keys() | there.keys() if wanted.get(id_) != there.get(id_)]
    return [
        f"photos of {id_}: {wanted.get(id_)} recorded, {there.get(id_)} kept" for id_ in sorted(odd)
    ]
