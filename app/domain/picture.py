"""What a file must be to count as a photo: JPEG or PNG by its bytes, small, and no bomb.

Only headers are read. Nothing here draws or unpacks a picture: what is kept is kept as it came.
"""

from dataclasses import dataclass
from enum import StrEnum

# A phone's picture scaled to what shows a dent; larger ones would fill the station's book.
MAX_BYTES = 2 << 20
# Who opens it later unpacks four bytes a pixel: 160 MB at most.
MAX_PIXELS = 40_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_JPEG_END = b"\xff\xd9"
# Segments of a JPEG that say how large it is, and those without a length.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})


class PictureFlaw(StrEnum):
    """Why a file is no photo here."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NO_PICTURE = "no_picture"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by its header."""

    kind: str
    width: int
    height: int


def look_at(content: bytes) -> Picture | PictureFlaw:
    """What a file is, or why it is no photo."""
    if not content:
        return PictureFlaw.EMPTY
    if len(content) > MAX_BYTES:
        return PictureFlaw.TOO_LARGE
    if content.startswith(_PNG):
        found = _png(content)
    elif content.startswith(_JPEG):
        found = _jpeg(content)
    else:
        return PictureFlaw.NO_PICTURE
    if found is None or not found.width or not found.height:
        return PictureFlaw.BROKEN
    if found.width * found.height > MAX_PIXELS:
        return PictureFlaw.TOO_MANY_PIXELS
    return found


def _png(content: bytes) -> Picture | None:
    """A PNG begins with its header chunk, which has thirteen bytes, and ends with an empty one."""
    if content[12:16] != b"IHDR" or len(content) < 45 or content[-8:-4] != b"IEND":
        return None
    width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    return Picture("png", width, height)


def _jpeg(content: bytes) -> Picture | None:
    """The first frame header, found by walking from segment to segment."""
    if _JPEG_END not in content[-64:]:
        return None
    at = len(_JPEG)
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF or marker in _BARE:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4])
        if marker in _FRAMES and length >= 7:
            height, width = (int.from_bytes(content[at + n : at + n + 2]) for n in (5, 7))
            return Picture("jpeg", width, height)
        if length < 2:
            return None
        at += 2 + length
    return None
