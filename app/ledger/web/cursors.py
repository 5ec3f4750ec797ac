"""Cursors of pages: opaque, of one list and one site, and signed, so that none can be made up.

A cursor holds the position of the last row shown (keyset), not an offset: rows that come or go
meanwhile neither repeat nor hide others.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import msgspec

from app.errors import Refusal

Position = tuple[str | int, ...]

# 96 bits: a cursor opens nothing, it only must not be guessed.
_MAC_BYTES = 12
_decoder = msgspec.json.Decoder(tuple[str | int, ...])


class Cursors:
    """Makes and reads cursors.

    Args:
        secret: Of this ledger; every process of it has the same.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def write(self, about: str, position: Position) -> str:
        """The cursor of a position.

        Args:
            about: The list it is a position in: route and site.
            position: Values of the sort key of the last row.
        """
        body = msgspec.json.encode(position)
        return urlsafe_b64encode(self._mac(about, body) + body).decode().rstrip("=")

    def read(self, about: str, cursor: str) -> Position:
        """The position behind a cursor; empty for an empty one.

        Raises:
            Refusal: `bad_cursor`.
        """
        if not cursor:
            return ()
        try:
            raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError) as error:
            raise _bad() from error
        mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(about, body)):
            raise _bad()
        return _decoder.decode(body)

    def _mac(self, about: str, body: bytes) -> bytes:
        message = b"packhouse cursor 1\n" + about.encode() + b"\n" + body
        return hmac.new(self._secret, message, sha256).digest()[:_MAC_BYTES]


def refuse_future(position: int, head: int) -> None:
    """Refuse a position in a feed that this ledger has not reached.

    Raises:
        Refusal: `cursor_from_future`: the ledger was restored since the cursor was given.
    """
    if position > head:
        raise Refusal(
            "cursor_from_future",
            "This position is beyond the end: the ledger was restored since. Begin at the start.",
            detail=f"{position} of {head}",
        )


def _bad() -> Refusal:
    return Refusal(
        "bad_cursor",
        "This is no cursor of this list. Begin at the start, without a cursor.",
    )
