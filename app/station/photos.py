"""Photos as a flow keeps them: pictures that belong to an operation recorded here.

Part of `ports.Work`; implemented by `app.cache.photos`.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture, as it came from the file."""

    kind: str
    digest: str
    content: bytes


class PhotoWork(Protocol):
    """The part of a transaction that is about photos; implemented by `app.cache.photos`."""

    def add_photos(self, operation: str, photos: tuple[Photo, ...]) -> None:
        """Keep these with an operation that is recorded in this transaction."""
        ...

    def photo_bytes(self) -> int:
        """How much room all of them take."""
        ...
