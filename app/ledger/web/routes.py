"""Addresses of the ledger: bytes in, one call of the service, bytes out.

Bodies are decoded by the contract's own msgspec types, not by the framework: operations stay the
raw bytes they were recorded as, and every limit of the contract is checked on the way in.
"""

import gzip
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

import msgspec
from litestar import Litestar, Response, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from app.contract.messages import (
    MAX_OPERATIONS,
    MAX_WAIT_S,
    ChangesPage,
    ChangesQuery,
    EnrolRequest,
    MasterQuery,
    NotNow,
    PostBatch,
    SnapshotQuery,
    TokenRequest,
)
from app.ledger.service import LedgerService, Prepared
from app.ledger.sites import Who
from app.ledger.web.desk import AnyRequest, Desk
from app.ledger.web.openapi import document
from app.ledger.web.problems import Reply, answer, of_error, problem

Q = TypeVar("Q")

# Below this, the headers weigh as much as zipping saves.
GZIP_FROM_BYTES = 1 << 10
# Level 1 already makes a page of rows ten times smaller; higher levels cost more than they save.
GZIP_LEVEL = 1

_batch = msgspec.json.Decoder(PostBatch)
_changes = msgspec.json.Decoder(ChangesQuery)


def application(service: LedgerService) -> tuple[Litestar, Desk]:
    """The application over one service, and what its routes share."""
    desk = Desk(service)
    app = Litestar(
        [
            _address(desk, "/v1/post", _post),
            _address(desk, "/v1/changes", _follow),
            _signed(desk, "/v1/master", MasterQuery, service.master),
            _signed(desk, "/v1/snapshot", SnapshotQuery, service.snapshot),
            _open(desk, "/v1/enrol", EnrolRequest, service.enrol),
            _open(desk, "/v1/token", TokenRequest, service.token),
            _plain(desk, "/v1/hello", service.hello),
            _plain(desk, "/healthz", lambda: _health(service)),
            _plain(desk, "/openapi.json", document),
        ],
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: _unrouted},
        on_startup=[desk.open],
        on_shutdown=[desk.close],
        request_max_body_size=None,
    )
    return app, desk


def _address(
    desk: Desk, path: str, ask: Callable[[AnyRequest, Desk], Awaitable[object]]
) -> HTTPRouteHandler:
    @post(path, status_code=200)
    async def handler(request: AnyRequest) -> Response[bytes]:
        return await _reply(request, desk, ask(request, desk))

    return handler


def _signed(
    desk: Desk, path: str, question: type[Q], task: Callable[[Who, Q], object]
) -> HTTPRouteHandler:
    decoder = msgspec.json.Decoder(question)

    async def ask(request: AnyRequest, desk: Desk) -> object:
        who, message = await desk.who(request), decoder.decode(await request.body())
        return await desk.work(lambda: task(who, message))

    return _address(desk, path, ask)


def _open(
    desk: Desk, path: str, question: type[Q], task: Callable[[Q], object]
) -> HTTPRouteHandler:
    decoder = msgspec.json.Decoder(question)

    async def ask(request: AnyRequest, desk: Desk) -> object:
        message = decoder.decode(await request.body())
        return await desk.work(lambda: task(message))

    return _address(desk, path, ask)


def _plain(desk: Desk, path: str, task: Callable[[], object]) -> HTTPRouteHandler:
    @get(path)
    async def handler(request: AnyRequest) -> Response[bytes]:
        return await _reply(request, desk, desk.work(task))

    return handler


def _health(service: LedgerService) -> dict[str, str]:
    """Healthy is who can read the database."""
    return {"status": "ok", "epoch": service.hello().epoch}


async def _post(request: AnyRequest, desk: Desk) -> object:
    who, body = await desk.who(request), await request.body()
    prepared = await desk.prepare(lambda: _prepare(desk.service, who, body))
    return prepared if isinstance(prepared, NotNow) else await desk.post(prepared)


def _prepare(service: LedgerService, who: Who, body: bytes) -> Prepared | NotNow:
    try:
        batch = _batch.decode(body)
    except msgspec.ValidationError as error:
        if "of length <=" in str(error) and str(error).endswith("`$.operations`"):
            return NotNow(
                problem="too_large",
                sentence=f"At most {MAX_OPERATIONS} operations at a time. Send fewer.",
                limit=MAX_OPERATIONS,
            )
        raise
    return service.prepare(who, batch)


async def _follow(request: AnyRequest, desk: Desk) -> object:
    """A page of the feed, waiting for news as long as the station asked for."""
    who, query = await desk.who(request), _changes.decode(await request.body())
    ends = monotonic() + min(query.wait_s, MAX_WAIT_S)
    while True:
        mark = desk.watch.mark
        page = await desk.work(lambda: desk.service.changes_now(who, query))
        left = ends - monotonic()
        if not isinstance(page, ChangesPage) or page.rows or left <= 0 or desk.watch.closed:
            return page
        await desk.watch.wait(mark, left)


async def _reply(request: AnyRequest, desk: Desk, asked: Awaitable[object]) -> Response[bytes]:
    try:
        message = await asked
        if "gzip" in request.headers.get("accept-encoding", ""):
            return _response(*await desk.work(lambda: _zipped(answer(message))))
        return _response(answer(message), zipped=False)
    except Exception as error:  # noqa: BLE001 - the border: every error becomes an answer
        return _response(of_error(error), zipped=False)


def _zipped(reply: Reply) -> tuple[Reply, bool]:
    if len(reply.body) < GZIP_FROM_BYTES:
        return reply, False
    body = gzip.compress(reply.body, GZIP_LEVEL)
    return Reply(reply.status, reply.content_type, body, reply.retry_after_s), True


def _response(reply: Reply, zipped: bool) -> Response[bytes]:
    headers = {"Cache-Control": "no-store"}
    if zipped:
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    if reply.retry_after_s:
        headers["Retry-After"] = str(reply.retry_after_s)
    return Response(
        reply.body, status_code=reply.status, media_type=reply.content_type, headers=headers
    )


def _unrouted(_request: AnyRequest, error: HTTPException) -> Response[bytes]:
    code = {404: "unknown_address", 405: "unknown_method"}.get(error.status_code, "malformed")
    reply = problem(error.status_code, code, "This is no address of the ledger. See /openapi.json.")
    return _response(reply, zipped=False)
