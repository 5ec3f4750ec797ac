"""From a reply to the framework's response: headers, and gzip where it pays."""

import gzip
from collections.abc import Awaitable
from dataclasses import replace

from litestar import Response

from app.contract.messages import ChangesPage
from app.ledger.web.desk import Asking, Desk
from app.ledger.web.problems import Reply, answer, of_error

# Below this, the headers weigh as much as zipping saves.
GZIP_FROM_BYTES = 1 << 10
# Level 1 already makes a page of rows ten times smaller; higher levels cost more than they save.
GZIP_LEVEL = 1
# No copy is kept anywhere, and no browser takes JSON for a page.
_ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_ZIPPED = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))


async def respond_to_station(
    request: Asking, desk: Desk, asked: Awaitable[object]
) -> Response[bytes]:
    """Answer a station with a message of the contract."""
    return response(await reply_to_station(request, desk, asked))


async def reply_to_station(request: Asking, desk: Desk, asked: Awaitable[object]) -> Reply:
    """The same, before the framework has a part in it."""
    try:
        message = await asked
        if "gzip" not in request.headers.get("accept-encoding", "") or _is_short(message):
            return answer(message)
        return await desk.work(lambda: zipped(answer(message)))
    except Exception as error:  # noqa: BLE001 - the border: every error becomes an answer
        return of_error(error)


def _is_short(message: object) -> bool:
    """Whether it is surely not worth zipping; most news is one fact."""
    return isinstance(message, ChangesPage) and sum(len(row.body) for row in message.rows) < (
        GZIP_FROM_BYTES >> 1
    )


def zipped(reply: Reply) -> Reply:
    """A reply, zipped if it is long enough."""
    if len(reply.body) < GZIP_FROM_BYTES:
        return reply
    body = gzip.compress(reply.body, GZIP_LEVEL)
    return replace(reply, body=body, headers=reply.headers + _ZIPPED)


def response(reply: Reply) -> Response[bytes]:
    """The framework's response of a reply."""
    return Response(
        reply.body,
        status_code=reply.status,
        media_type=reply.content_type or None,
        headers=headers_of(reply),
    )


def headers_of(reply: Reply) -> dict[str, str]:
    """What is said beside type and length."""
    headers = _ALWAYS | dict(reply.headers)
    if reply.retry_after_s:
        headers["Retry-After"] = str(reply.retry_after_s)
    return headers
