"""The guard before everything: size, type and encoding of a request, and brute force at the gate.

Plain ASGI around the application, so that what is refused here is never read to its end.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from app.contract.messages import MAX_REQUEST_BYTES
from app.ledger.web.lateness import Lateness
from app.ledger.web.params import SLASH
from app.ledger.web.problems import Reply, problem
from app.ledger.web.tries import FAILURES_S, Tries

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

# What stations send beside batches is a few hundred bytes.
SMALL_BYTES = 64 << 10
# What other systems send: a list of orders, a counted place, a page of master data.
RESOURCE_BYTES = 1 << 20
# A whole batch over a slow line: 8 MiB at 2 Mbit/s; slower than that, the station sends fewer.
BATCH_S = 40.0
# Anything else.
BODY_S = 10.0
# Bytes of bodies in memory at once, from anybody, before it is known who they are. What was only
# announced does not count: who announces much and sends little must not shut others out.
MAX_IN_FLIGHT_BYTES = 256 << 20

# Asked by whoever has no bearer yet, or proves more than one: where guessing would pay.
GATE = frozenset({"/v1/enrol", "/v1/token", "/v1/key", "/v1/recovery", "/v1/grants"})
_BATCHES = "/v1/post"
_NEWS = "/v1/changes"
_LIMITS = dict.fromkeys((_NEWS, "/v1/master", "/v1/snapshot", *GATE), SMALL_BYTES) | {
    _BATCHES: MAX_REQUEST_BYTES
}
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(slots=True)
class _Held:
    """Bytes of one request in memory."""

    size: int = 0


class Guard:
    """Refuses what no honest station sends.

    Args:
        app: What is guarded.
        lateness: Of the loop this runs on.
    """

    def __init__(self, app: App, lateness: Lateness | None = None) -> None:
        self._app = app
        self._lateness = lateness or Lateness()
        self._in_flight = 0
        self._tries = Tries()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._lateness.begin()
        _keep_slashes(scope)
        refusal = self._refusal(scope)
        if refusal is not None:
            await respond(send, refusal)
            return
        if scope["method"] not in _WITH_BODY:
            await self._app(scope, receive, send)
            return
        held = _Held()
        try:
            body = await self._body(receive, scope["path"], held)
            if isinstance(body, Reply):
                await respond(send, body)
            else:
                await self._pass_on(scope, body, send)
        finally:
            self._in_flight -= held.size

    async def _pass_on(self, scope: Message, body: bytes, send: Send) -> None:
        """To the application; at the gate when the address may try, and noting how it went."""
        if scope["path"] not in GATE:
            await self._app(scope, _once(body), send)
            return
        address = _address(scope)
        if not await self._tries.begin(address):
            await respond(send, _too_many())
            return
        # Whatever ends without an answer counts as wrong.
        status = 403

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, _once(body), observed)
        finally:
            self._tries.end(address, failed=status in {401, 403})

    async def _body(self, receive: Receive, path: str, held: "_Held") -> bytes | Reply:
        """The whole body, within its size and time."""
        parts: list[bytes] = []
        limit = _limit(path)
        try:
            async with asyncio.timeout(BATCH_S if path == _BATCHES else BODY_S):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return problem(400, "cut_off", "The request ended half-way.")
                    part = message.get("body", b"")
                    held.size += len(part)
                    self._in_flight += len(part)
                    if held.size > limit:
                        return _too_large(limit)
                    if self._in_flight > MAX_IN_FLIGHT_BYTES:
                        return _busy(1)
                    parts.append(part)
                    if not message.get("more_body", False):
                        return parts[0] if len(parts) == 1 else b"".join(parts)
        except TimeoutError:
            return problem(
                408, "too_slow", "The request took too long to arrive. Send less at a time."
            )

    def _refusal(self, scope: Message) -> Reply | None:
        headers = dict(scope["headers"])
        if scope["path"].endswith("/") or "//" in scope["path"]:
            # The framework would read it as the plain address, past the limits of that address.
            return problem(
                404, "unknown_address", "This is no address of the ledger. See /openapi.json."
            )
        if scope["path"] in GATE and self._tries.is_barred(_address(scope)):
            return _too_many()
        if scope["path"] == _NEWS and (wait_s := self._lateness.turn_away_s()):
            return _busy(wait_s)
        if scope["method"] not in _WITH_BODY:
            return None
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if kind != b"application/json":
            return problem(415, "not_json", "Send application/json.")
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            return problem(415, "encoded", "Send requests plain, without Content-Encoding.")
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > _limit(scope["path"]):
            return _too_large(_limit(scope["path"]))
        return None


def _busy(wait_s: int) -> Reply:
    return problem(503, "retry_later", "The ledger is busy. Send it again in a moment.", wait_s)


def _too_many() -> Reply:
    return problem(
        429,
        "too_many_tries",
        "Too many wrong tries from this address. Wait a minute.",
        int(FAILURES_S),
    )


def _keep_slashes(scope: Message) -> None:
    """A slash inside a name (`%2F`) is not one between two parts of the address."""
    raw = scope["raw_path"]
    if b"%2f" in raw.lower():
        parts = (unquote(part.decode("ascii")) for part in raw.split(b"/"))
        scope["path"] = "/".join(part.replace("/", SLASH) for part in parts)


def _limit(path: str) -> int:
    return _LIMITS.get(path, RESOURCE_BYTES)


def _address(scope: Message) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _too_large(limit: int) -> Reply:
    return problem(413, "too_large", f"A request here may have {limit} bytes. Send less at a time.")


def _once(body: bytes) -> Receive:
    """A `receive` that gives a body that was read already."""
    given = False

    async def receive() -> Message:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def respond(send: Send, reply: Reply) -> None:
    """Send a whole answer."""
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        (b"connection", b"close"),
    ]
    if reply.retry_after_s:
        headers.append((b"retry-after", str(reply.retry_after_s).encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
