"""One question and its answer over HTTP: bounded in time and size, every error translated once.

What the answer means is `app.sync.answers`' business; which question to ask is `HttpLedger`'s.
"""

import ssl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from app.errors import Trouble
from app.sync import sentences
from app.sync.sockets import Sockets
from app.sync.tls import is_cut, ssl_error_in, why
from app.sync.transport import SocketTransport
from app.sync.trouble import BadAnswer, CutOff, Unproven, Unreachable

# A ledger in reach answers a connection at once; waiting longer only delays "offline".
CONNECT_S = 2.0
# A ledger that takes no bytes for this long has stopped reading.
WRITE_S = 5.0
# Inflated a slice at a time, so that a bomb is noticed at the cap and not after it.
SLICE_BYTES = 1 << 18

_UNPINNED = (
    "Nobody said which certificate authority to believe, so nothing was sent. Name it: the system's"
    " own list is not asked."
)
_ADDRESS = "The ledger's address is not usable. Ask IT to correct it in the settings."


@dataclass(frozen=True, slots=True)
class Patience:
    """How long and how much an answer may be.

    Attributes:
        silence_s: Longest wait for the first or the next byte.
        total_s: Longest wait for the whole answer.
        most_bytes: Largest decoded size.
    """

    silence_s: float
    total_s: float
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, type, and the whole decoded body."""

    status: int
    content_type: str
    retry_after: str
    body: bytes


class Wire:
    """A kept-alive connection to one address.

    Args:
        base_url: `http://…` or `https://…`.
        tls: What to trust for https.
        times: How many times longer than usual to wait. A station's patience says when it shows
            that it is offline; whoever asks what is right waits for a slow ledger, too.

    Raises:
        Trouble: The address is none, or https without anything to trust.
    """

    def __init__(self, base_url: str, tls: ssl.SSLContext | None = None, times: int = 1) -> None:
        self._sockets = Sockets()
        self._times = times
        if tls is None and base_url.startswith("https:"):
            raise Trouble(_UNPINNED)
        try:
            self._client = httpx.Client(
                base_url=base_url,
                transport=SocketTransport(self._sockets, tls),
                headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
                follow_redirects=False,
                trust_env=False,
            )
        except httpx.InvalidURL as error:
            raise Trouble(_ADDRESS, detail=repr(error)) from error

    def ask(self, path: str, body: bytes | None, token: str, patience: Patience) -> Reply:
        """Put one question; POST with a JSON body, GET without.

        Raises:
            Trouble: Of the kind that says how to go on.
        """
        if self._client.is_closed:
            # The station is stopping, and something that nobody waits for asks all the same.
            raise Unreachable(sentences.UNREACHABLE, detail="closed")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._sockets.deadline_in(patience.total_s * self._times)
        silence_s = patience.silence_s * self._times
        limits = httpx.Timeout(silence_s, connect=CONNECT_S, write=WRITE_S)
        try:
            with self._client.stream(
                "GET" if body is None else "POST",
                path,
                content=body,
                headers=headers,
                timeout=limits,
            ) as response:
                return Reply(
                    response.status_code,
                    response.headers.get("content-type", "").partition(";")[0].strip().lower(),
                    response.headers.get("retry-after", ""),
                    b"".join(decoded(response, patience.most_bytes)),
                )
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            httpx.CookieConflict,
            httpx.StreamError,
        ) as error:
            raise trouble_of(error) from error

    def hang_up(self) -> None:
        """End what is under way, for good. Callable from any thread."""
        self._sockets.hang_up()

    def close(self) -> None:
        """Close what is left; call it when no thread asks any more."""
        self._client.close()


def trouble_of(error: Exception) -> Trouble:
    """What an httpx error means for the sync."""
    detail = repr(error)
    behind = ssl_error_in(error)
    if behind is not None:
        if is_cut(behind):
            return CutOff(sentences.CUT, detail=detail)
        return Unproven(why(behind), detail=repr(behind))
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.ProxyError():
            return Unreachable(sentences.UNREACHABLE, detail=detail)
        case httpx.TimeoutException():
            return Trouble(sentences.SLOW, detail=detail)
        case httpx.RemoteProtocolError() | httpx.NetworkError() | httpx.StreamClosed():
            return CutOff(sentences.CUT, detail=detail)
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return Unreachable(_ADDRESS, detail=detail)
        case _:
            return BadAnswer(sentences.ODD, detail=detail)


def decoded(response: httpx.Response, most: int) -> Iterator[bytes]:
    """The body, inflated if need be, never more than `most` bytes of it.

    Raises:
        Trouble: It is larger, zipped in another way, or torn.
    """
    raw = response.iter_raw()
    match response.headers.get("content-encoding", "identity").strip().lower():
        case "gzip":
            pieces = _inflated(raw)
        case "identity" | "":
            pieces = raw
        case other:
            raise BadAnswer(sentences.ODD, detail=f"content-encoding {other!r}")
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise BadAnswer(sentences.HUGE, detail=f"over {most} bytes")
        yield piece


def _inflated(raw: Iterator[bytes]) -> Iterator[bytes]:
    """gunzip, a slice at a time; what ends too early or goes on too long is not an answer."""
    unzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        for chunk in raw:
            rest = chunk
            while rest:
                piece = unzip.decompress(rest, SLICE_BYTES)
                rest = unzip.unconsumed_tail
                yield piece
            if unzip.unused_data:
                raise BadAnswer(sentences.ODD, detail="bytes after the end of gzip")
    except zlib.error as error:
        raise BadAnswer(sentences.ODD, detail=repr(error)) from error
    if not unzip.eof:
        raise CutOff(sentences.CUT, detail="gzip ends half-way")
