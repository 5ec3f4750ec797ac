"""One line and one count for every request, and the correlation id that holds its lines together.

Outermost ASGI: what the guard refuses is counted too. Runs on the loop's thread only, so that
counting needs no lock.
"""

import logging
import re
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic

from app import log as logs
from app.ledger.clock import IdSource
from app.ledger.web.guard import App, Message, Receive, Send
from app.ledger.web.meters import Meters

# Given a file of its own by whoever serves.
LOGGER = __name__
log = logging.getLogger(LOGGER)

HEADER = b"x-correlation-id"
# The form operations have; anything else is replaced, and the answer says by what.
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# A scraper and a load balancer ask every few seconds, and each station for news; their lines would
# bury the others: a thousand a second with two thousand stations, and minutes until all is rotated.
_QUIET = frozenset({"GET /healthz", "GET /readyz", "GET /metrics", "POST /v1/changes"})


@dataclass(slots=True)
class Note:
    """What becomes known of a request on its way."""

    route: str = ""
    caller: str = ""
    address: str = ""


_note: ContextVar[Note | None] = ContextVar("note", default=None)


def note() -> Note:
    """The note of the request under way."""
    return _note.get() or Note()


def client_of(scope: Message) -> str:
    """The address a request came from; empty over a socket that has none."""
    client = scope.get("client")
    return str(client[0]) if client else ""


class Journal:
    """Writes the access log and counts.

    Args:
        app: What is observed.
        meters: Counts.
        ids: Makes correlation ids.
    """

    def __init__(self, app: App, meters: Meters, ids: IdSource) -> None:
        self._app = app
        self._meters = meters
        self._ids = ids

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on and note what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = self._correlation(scope)
        noted = Note(address=client_of(scope))
        logs.correlation.set(said)
        _note.set(noted)
        status = 0
        began = monotonic()

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER, said.encode())]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            self._write(scope, noted, status, monotonic() - began)

    def _correlation(self, scope: Message) -> str:
        for name, value in scope["headers"]:
            if name == HEADER and _UUID.fullmatch(value):
                return str(value.decode("ascii"))
        return self._ids.new_id()

    def _write(self, scope: Message, noted: Note, status: int, took_s: float) -> None:
        self._meters.request(noted.route or "none", status, took_s)
        if noted.route in _QUIET and status < 400:
            return
        fields = {
            "method": scope["method"],
            "path": scope["path"],
            "route": noted.route,
            "status": status,
            "took_ms": round(took_s * 1000, 1),
            "caller": noted.caller,
            "address": noted.address,
        }
        log.info("%s %s %s", scope["method"], scope["path"], status, extra={"fields": fields})
