"""What counts as a photo: JPEG and PNG by their bytes, small, whole, and no bomb."""

import struct
import zlib

import pytest

from app.domain.picture import MAX_BYTES, Picture, PictureFlaw, look_at


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 64)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 2 + 5) + b"dent!"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + comment + frame + b"\xff\xda\0\2" + b"\x42" * 40 + b"\xff\xd9"


@pytest.mark.parametrize(("make", "kind"), [(png, "png"), (jpeg, "jpeg")])
def test_a_picture_is_known_by_its_header(make: object, kind: str) -> None:
    assert callable(make)
    assert look_at(make(800, 600)) == Picture(kind, 800, 600)


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", PictureFlaw.EMPTY),
        (b"\0" * (MAX_BYTES + 1), PictureFlaw.TOO_LARGE),
        (b"GIF89a" + b"\0" * 40, PictureFlaw.NO_PICTURE),
        (b"MZ" + b"\0" * 40, PictureFlaw.NO_PICTURE),
        (b"<svg/>", PictureFlaw.NO_PICTURE),
        (png(50_000, 50_000), PictureFlaw.TOO_MANY_PIXELS),
        (jpeg(65_535, 65_535), PictureFlaw.TOO_MANY_PIXELS),
        (png(800, 600)[:-20], PictureFlaw.BROKEN),
        (jpeg(800, 600)[:-2], PictureFlaw.BROKEN),
        (jpeg(0, 600), PictureFlaw.BROKEN),
        (b"\xff\xd8" + b"\xff" * 60 + b"\xff\xd9", PictureFlaw.BROKEN),
        (b"\xff\xd8\xff\xe0\0\0" + b"\0" * 40 + b"\xff\xd9", PictureFlaw.BROKEN),
    ],
)
def test_anything_else_is_told_from_one(content: bytes, flaw: PictureFlaw) -> None:
    assert look_at(content) is flaw


@pytest.mark.parametrize("make", [png, jpeg])
def test_no_cut_and_no_flipped_byte_is_more_than_a_flaw(make: object) -> None:
    assert callable(make)
    whole = make(64, 48)
    for at in range(len(whole)):
        look_at(whole[:at])
        look_at(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
