"""The application: the table of routes, each with who carries it."""

from litestar import Litestar, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from app.ledger.service import LedgerService
from app.ledger.web import stations, upkeep
from app.ledger.web.answers import response
from app.ledger.web.desk import AnyRequest, Desk
from app.ledger.web.openapi import encoded
from app.ledger.web.problems import problem
from app.ledger.web.resource import handler_of
from app.ledger.web.table import table


def application(service: LedgerService) -> tuple[Litestar, Desk]:
    """The application over one service, and what its routes share."""
    desk = Desk(service)
    app = Litestar(
        [*_handlers(desk), upkeep.description(encoded)],
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: _unrouted},
        on_startup=[desk.open],
        on_shutdown=[desk.close],
        request_max_body_size=None,
    )
    return app, desk


def _handlers(desk: Desk) -> list[HTTPRouteHandler]:
    carried = {**stations.handlers(desk), **upkeep.handlers(desk)}
    return [
        handler_of(desk, route, route.handle) if route.handle else carried[route.name]
        for route in table()
    ]


def _unrouted(_request: AnyRequest, error: HTTPException) -> Response[bytes]:
    code = {404: "unknown_address", 405: "unknown_method"}.get(error.status_code, "malformed")
    return response(
        problem(error.status_code, code, "This is no address of the ledger. See /openapi.json.")
    )
