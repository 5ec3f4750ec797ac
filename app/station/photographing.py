"""Photos as evidence: taken from the picture folder, kept here with the operation they belong to.

The wire has no room for pictures: the ledger is told how many there are and the SHA-256 of each, so
that a picture shown later is proven to be the one of that moment. The picture itself stays in this
station's book, encrypted like everything in it.
"""

from collections.abc import Mapping
from hashlib import sha256

from app.domain.picture import Picture, PictureFlaw, look_at
from app.domain.text import Text, text
from app.station.events import PhotoAsked
from app.station.inbox import PhotoTaken
from app.station.photos import Photo
from app.station.turn import Turn
from app.station.waiting import PHOTOS

# Of one operation; more show nothing new.
MOST = 3
# Of one book: it is backed up whole, and a station is no archive.
MAX_BOOK_BYTES = 256 << 20


def ask(turn: Turn, so_far: tuple[Photo, ...]) -> Text | None:
    """Ask for the newest picture of the folder; why not, when there is no room for it."""
    if len(so_far) >= MOST:
        return text("photo.enough", n=MOST)
    if turn.work.photo_bytes() >= MAX_BOOK_BYTES:
        return text("photo.book_full")
    turn.announce.append(PhotoAsked())
    return None


def taken(answer: PhotoTaken, so_far: tuple[Photo, ...]) -> Photo | Text:
    """The picture that came, or why it is not taken."""
    if answer.content is None:
        return text("photo.none", folder=answer.folder)
    found = look_at(answer.content)
    if isinstance(found, PictureFlaw):
        return text(f"photo.{found.value}", name=answer.name)
    made = _made(answer.content, found)
    if any(one.digest == made.digest for one in so_far):
        return text("photo.twice", name=answer.name)
    return made


def _made(content: bytes, found: Picture) -> Photo:
    return Photo(found.kind, sha256(content).hexdigest(), content)


class Camera:
    """The photos of one unit in hand, in a task that takes several; until it is recorded, memory.

    Attributes:
        photos: What was taken.
    """

    def __init__(self) -> None:
        self.photos: tuple[Photo, ...] = ()

    def ask(self, turn: Turn) -> Text | None:
        """Ask for one; why not, when there is no room for it."""
        return ask(turn, self.photos)

    def take(self, turn: Turn, answer: PhotoTaken) -> tuple[Text, bool]:
        """It came, or it is no photo; what to say of it, and whether it was taken."""
        found = taken(answer, self.photos)
        if isinstance(found, Text):
            return found, False
        self._keep(turn, (*self.photos, found))
        return text("photo.taken", n=len(self.photos) + 1), True

    def record(self, turn: Turn, operation: str) -> None:
        """They belong to this operation from now on."""
        turn.work.add_photos(operation, self.photos)
        self._keep(turn, ())

    def drop(self, turn: Turn) -> None:
        """The unit is not recorded, and its photos are not wanted."""
        self._keep(turn, ())

    def _keep(self, turn: Turn, photos: tuple[Photo, ...]) -> None:
        def keep() -> None:
            self.photos = photos

        turn.after_commit(keep)


def evidence(photos: tuple[Photo, ...]) -> Mapping[str, str | int | bool]:
    """What the operation says of its photos; nothing without any."""
    if not photos:
        return {}
    digests = {f"photo_{n}": one.digest for n, one in enumerate(photos, 1)}
    return {PHOTOS: len(photos), **digests}
