"""Stations' questions for news, answered before the framework: nearly all that a ledger is asked.

Two thousand stations put a thousand of them a second, and the framework's part of each (finding the
route, wrapping request and response) cost more than answering it. The route stands in the table and
is carried by the framework, too (`stations.py`); this is the same answer on a shorter way.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

from app.ledger.web.answers import headers_of, reply_to_station
from app.ledger.web.desk import Asking, Desk
from app.ledger.web.guard import App, Message, Receive, Send
from app.ledger.web.journal import note

PATH = "/v1/changes"


@dataclass(frozen=True, slots=True)
class _Asked:
    """As much of a request as a question for news needs; the guard has read its body already."""

    headers: dict[str, str]
    receive: Receive

    async def body(self) -> bytes:
        """The body, whole."""
        return cast("bytes", (await self.receive()).get("body", b""))


class News:
    """Answers questions for news itself and hands on everything else.

    Args:
        app: Gets what is no question for news; behind the guard, as this is.
        desk: What the routes share.
        follow: Answers.
    """

    def __init__(
        self, app: App, desk: Desk, follow: Callable[[Asking, Desk], Awaitable[object]]
    ) -> None:
        self._app, self._desk, self._follow = app, desk, follow

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        note().route = f"POST {PATH}"
        named = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        asked = _Asked(named, receive)
        reply = await reply_to_station(asked, self._desk, self._follow(asked, self._desk))
        headers = [
            (b"content-type", reply.content_type.encode()),
            (b"content-length", str(len(reply.body)).encode()),
            *((name.lower().encode(), text.encode()) for name, text in headers_of(reply).items()),
        ]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})
