"""Carries a `Route`: everything between the bytes of a request and its handler, in one order.

Sign-in, scope, site, parameters, body, idempotency, handler, ETag. All but the sign-in runs on a
worker thread, so that a slow read holds up nobody else.
"""

from dataclasses import dataclass

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from app import log as logs
from app.errors import Refusal
from app.ledger.journal import Act
from app.ledger.web import strangers, strict
from app.ledger.web.acts import Twin, act_of, told_reply
from app.ledger.web.answers import response, zipped
from app.ledger.web.bearers import check_scope, refuse_revoked, site_of
from app.ledger.web.conditions import is_unchanged
from app.ledger.web.desk import AnyRequest, Desk
from app.ledger.web.journal import note
from app.ledger.web.once import Write, check_key
from app.ledger.web.params import read_path, read_query
from app.ledger.web.problems import Reply, of_resource_error
from app.ledger.web.route import Answered, Ask, Bearer, Handle, Route

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class _Raw:
    """A request as it came, taken apart on the loop."""

    bearer: Bearer
    path: dict[str, object]
    query: bytes
    body: bytes
    if_match: str
    if_none_match: str
    key: str


def handler_of(desk: Desk, route: Route, handle: Handle) -> HTTPRouteHandler:
    """The framework's handler of a route."""
    carrier = _Carrier(desk, route, handle)

    async def handler(request: AnyRequest) -> Response[bytes]:
        note().route = route.name
        return response(await carrier.answer(request))

    return HTTPRouteHandler(route.path.replace("}", ":str}"), http_method=route.method)(handler)  # type: ignore[arg-type]


class _Carrier:
    def __init__(self, desk: Desk, route: Route, handle: Handle) -> None:
        self._desk = desk
        self._route = route
        self._handle = handle
        self._decoder = msgspec.json.Decoder(route.question) if route.question else None
        self._twin = Twin(route)

    async def answer(self, request: AnyRequest) -> Reply:
        try:
            bearer = await self._desk.bearer(request)
            self._desk.asking.take(bearer.caller)
            check_scope(self._route, bearer)
            headers = request.headers
            raw = _Raw(
                bearer,
                request.path_params,
                request.scope["query_string"],
                await request.body() if self._decoder else b"",
                headers.get("if-match", ""),
                headers.get("if-none-match", ""),
                headers.get("idempotency-key", ""),
            )
            zips = "gzip" in headers.get("accept-encoding", "")
            return await self._desk.work_for_others(lambda: self._work(raw, zips=zips))
        except Exception as error:  # noqa: BLE001 - the border: every error becomes an answer
            return of_resource_error(error)

    def _work(self, raw: _Raw, *, zips: bool) -> Reply:
        ask = self._ask(raw)
        if self._route.method == "GET":
            reply = self._reply(ask)
        else:
            if self._route.keyed or raw.key:
                check_key(raw.key)
            act = act_of(ask, self._route)
            reply = self._desk.once.run(self._write(raw), act, lambda: self._change(ask, act))
            # Whoever waits for news: what was written is committed only now.
            self._desk.service.bell.ring()
        return zipped(reply) if zips else reply

    def _change(self, ask: Ask, act: Act) -> Reply:
        """Do it, and see for the journal what it was before and what it is now."""
        act.before = self._twin.seen(ask)
        reply = self._reply(ask)
        act.after = act.after or self._twin.seen(ask) or told_reply(reply)
        return reply

    def _write(self, raw: _Raw) -> Write:
        parts = [self._route.name, *map(str, raw.path.values()), raw.if_match]
        request = (*(part.encode("utf-8", "surrogatepass") for part in parts), raw.query, raw.body)
        return Write(raw.bearer.caller, raw.key, request)

    def _ask(self, raw: _Raw) -> Ask:
        route, service = self._route, self._desk.service
        refuse_revoked(service, raw.bearer)
        query = read_query(route, raw.query)
        path = read_path(raw.path)
        at = site_of(service, raw.bearer, str(query["site"])) if route.at_site else None
        about = f"{route.name} {at.n if at else raw.bearer.site}"
        cursors = self._desk.cursors
        body = None
        if self._decoder is not None:
            strict.check(raw.body)
            body = self._decoder.decode(raw.body)
            strangers.refuse(raw.body, body)
        if route.conditional and route.method != "GET" and not raw.if_match:
            raise Refusal(
                "precondition_required",
                "Say which version you mean to change: send the ETag you were shown as If-Match.",
            )
        return Ask(
            service=service,
            bearer=raw.bearer,
            at=at,
            path=path,
            query=query,
            body=body,
            if_match=raw.if_match,
            if_none_match=raw.if_none_match,
            idempotency_key=raw.key,
            correlation_id=logs.correlation.get(),
            after=cursors.read(about, str(query["cursor"])) if route.paged else (),
            to_cursor=lambda position: cursors.write(about, position),
        )

    def _reply(self, ask: Ask) -> Reply:
        told = self._handle(ask)
        answered = told if isinstance(told, Answered) else Answered(told, status=self._route.status)
        headers = (("ETag", answered.etag),) if answered.etag else ()
        if self._route.method == "GET" and is_unchanged(answered.etag, ask.if_none_match):
            return Reply(304, "", b"", headers=headers)
        body = answered.body if isinstance(answered.body, bytes) else _encode(answered.body)
        return Reply(answered.status, answered.content_type, body, headers=headers)
