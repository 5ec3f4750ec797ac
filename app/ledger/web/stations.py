"""The sync protocol: seven questions of stations, each with the exact types of the contract.

Bodies are decoded by the contract's own msgspec types, not by the framework: operations stay the
raw bytes they were recorded as, and every limit of the contract is checked on the way in. These
routes stand in the same table as all others (`table.py`) and are carried here, by themselves.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from time import monotonic
from typing import TypeVar

import msgspec
from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler

from app.contract.messages import (
    MAX_OPERATIONS,
    MAX_WAIT_S,
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    DigestQuery,
    EditPut,
    EnrolRequest,
    EscrowPut,
    GrantRequest,
    MasterQuery,
    NewKeyRequest,
    NotNow,
    PostBatch,
    Posted,
    RecoveryAsked,
    SnapshotQuery,
    TokenRequest,
)
from app.ledger.changes import is_news
from app.ledger.clock import stamp
from app.ledger.service import LedgerService, Prepared
from app.ledger.sites import Who
from app.ledger.web import strict
from app.ledger.web.answers import respond_to_station
from app.ledger.web.desk import AnyRequest, Asking, Desk
from app.ledger.web.gate import Gate
from app.ledger.web.journal import note
from app.ledger.web.problems import answer
from app.ledger.web.waiting import Mark

Q = TypeVar("Q")
Answering = Callable[[AnyRequest, Desk], Awaitable[object]]

_batch = msgspec.json.Decoder(PostBatch)
_changes = msgspec.json.Decoder(ChangesQuery)


def handlers(desk: Desk) -> Mapping[str, HTTPRouteHandler]:
    """The framework's handler of each of these routes, by its name in the table."""
    service = desk.service
    gate = Gate(service)
    return {
        "POST /v1/post": _address(desk, "/v1/post", _post),
        "POST /v1/changes": _address(desk, "/v1/changes", follow),
        "POST /v1/master": _signed(desk, "/v1/master", MasterQuery, service.master),
        "POST /v1/snapshot": _signed(desk, "/v1/snapshot", SnapshotQuery, _picture(service)),
        "POST /v1/digest": _signed(desk, "/v1/digest", DigestQuery, service.digest),
        "POST /v1/enrol": _open(desk, "/v1/enrol", EnrolRequest, gate.enrol),
        "POST /v1/token": _open(desk, "/v1/token", TokenRequest, gate.token),
        "POST /v1/escrow": _signed(desk, "/v1/escrow", EscrowPut, gate.escrow),
        "POST /v1/grants": _signed(desk, "/v1/grants", GrantRequest, gate.grant),
        "POST /v1/edits": _signed(desk, "/v1/edits", EditPut, gate.edit),
        "POST /v1/recovery": _open(desk, "/v1/recovery", RecoveryAsked, gate.recovery),
        "POST /v1/key": _open(desk, "/v1/key", NewKeyRequest, gate.new_key),
        "GET /v1/hello": _hello(desk),
    }


def _address(desk: Desk, path: str, ask: Answering) -> HTTPRouteHandler:
    name = f"POST {path}"

    @post(path, status_code=200)
    async def handler(request: AnyRequest) -> Response[bytes]:
        note().route = name
        return await respond_to_station(request, desk, ask(request, desk))

    return handler


def _signed(
    desk: Desk, path: str, question: type[Q], task: Callable[[Who, Q], object]
) -> HTTPRouteHandler:
    decoder = msgspec.json.Decoder(question)

    async def ask(request: AnyRequest, desk: Desk) -> object:
        who, message = await desk.who(request), _read(decoder, await request.body())
        return await desk.work(lambda: task(who, message))

    return _address(desk, path, ask)


def _open(
    desk: Desk, path: str, question: type[Q], task: Callable[[Q], object]
) -> HTTPRouteHandler:
    decoder = msgspec.json.Decoder(question)

    async def ask(request: AnyRequest, desk: Desk) -> object:
        message = _read(decoder, await request.body())
        return await desk.work(lambda: task(message))

    return _address(desk, path, ask)


def _picture(service: LedgerService) -> Callable[[Who, SnapshotQuery], object]:
    def ask(who: Who, query: SnapshotQuery) -> object:
        message = service.snapshot(who, query)
        if isinstance(message, NotNow) and message.problem == "retry_later":
            # Nothing is wrong with the ledger: what the station asks for is gone.
            return replace(answer(message), status=410)
        return message

    return ask


def _hello(desk: Desk) -> HTTPRouteHandler:
    @get("/v1/hello")
    async def handler(request: AnyRequest) -> Response[bytes]:
        note().route = "GET /v1/hello"
        return await respond_to_station(request, desk, desk.work(desk.service.hello))

    return handler


def _read(decoder: "msgspec.json.Decoder[Q]", body: bytes) -> Q:
    strict.check(body)
    return decoder.decode(body)


async def _post(request: AnyRequest, desk: Desk) -> object:
    who, body = await desk.who(request), await request.body()
    prepared = await desk.prepare(lambda: _prepare(desk.service, who, body))
    if isinstance(prepared, NotNow):
        return prepared
    posted = await desk.post(prepared)
    if isinstance(posted, Posted):
        desk.meters.operations(result.outcome for result in posted.results)
    return posted


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


async def follow(request: Asking, desk: Desk) -> object:
    """A page of the feed, waiting for news as long as the station asked for."""
    who, query = await desk.who(request), _read(_changes, await request.body())
    ends = monotonic() + desk.lateness.shorter(min(query.wait_s, MAX_WAIT_S))
    begun: ChangesPage | None = None
    while True:
        mark = desk.watch.mark(who.site.n)
        page = await _page(desk, mark, who, query)
        left = ends - monotonic()
        if not isinstance(page, ChangesPage):
            return page
        over = left <= 0 or desk.watch.closed
        # What nothing was heard of since would look the same once more.
        if is_news(page, begun) or over or not await desk.watch.wait(mark, left):
            # The page may have been read a while ago; stations set their clocks by it.
            return msgspec.structs.replace(page, at=stamp(desk.service.clock.now()))
        begun = begun or page


async def _page(desk: Desk, mark: Mark, who: Who, query: ChangesQuery) -> ChangesAnswer:
    """A page of the feed, read once for all stations that stand at the same place."""
    service = desk.service
    service.counts.heard(who.n, query.epoch, query.cursor)
    asked = (query.protocol, query.epoch, query.cursor, query.chain, query.limit)
    page, readers = await desk.watch.look(
        mark, asked, lambda: desk.work(lambda: service.changes_for_all(who.site, query))
    )
    if who.n in readers:
        return page
    # Revoked, or not known any more: asked by itself, it is told why.
    return await desk.work(lambda: service.changes_now(who, query))
