"""The published description of the interface: OpenAPI 3.1, made from the table of routes.

Types, examples and limits are those the server decodes and answers with; nothing is said twice.
"""

from functools import cache
from typing import Any, get_args

import msgspec

from app import __version__
from app.contract.messages import FeedBody, MasterBody, NotNow, Operation, SnapshotBody
from app.ledger.web.problems import PROBLEM_TYPE, Told
from app.ledger.web.route import Param, Route, Scope
from app.ledger.web.table import table

_REFERENCE = "#/components/schemas/{name}"
# Rows and bodies are sent as raw JSON; these name what may be in them.
_INSIDE: dict[str, Any] = {
    "FeedBody": FeedBody,
    "MasterBody": MasterBody,
    "SnapshotBody": SnapshotBody,
}
_JSON_TYPES: dict[type, str] = {str: "string", int: "integer", bool: "boolean"}
_PROBLEM = {"$ref": "#/components/responses/Problem"}
# "Not now" is an answer of the sync protocol, with the status of what stands in the way.
_NOT_NOW = ("409", "410", "413", "426", "503")
_ABOUT = """\
Requests are `application/json` in UTF-8, without Content-Encoding, floats, duplicate keys, NUL or
more than 32 levels. Errors are `application/problem+json` with a stable `code`. Every answer has an
`X-Correlation-Id`; send one of your own (a UUID) to find a request in the log. POST needs an
`Idempotency-Key`; a change of something with versions needs `If-Match`."""


@cache
def encoded() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document())


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    routes = table()
    types: list[Any] = [Operation, NotNow, Told, *_INSIDE.values()]
    types += [kind for route in routes for kind in (route.question, route.answer) if kind]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schema_of = dict(zip(map(repr, types), schemas, strict=True))
    components |= {name: schema_of[repr(kind)] for name, kind in _INSIDE.items()}
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of)
    problem: dict[str, Any] = {
        "description": "What went wrong.",
        "content": {PROBLEM_TYPE: {"schema": schema_of[repr(Told)]}},
    }
    not_now = {
        "description": "Nothing of it was remembered; `problem` says what to do.",
        "content": problem["content"] | {"application/json": {"schema": schema_of[repr(NotNow)]}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Packhouse ledger", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {"Problem": problem, "NotNow": not_now},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A station's token, or a key of `packhouse ledger key add`.",
                }
            },
        },
    }


def _operation(route: Route, schema_of: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "tags": [route.path.split("/")[2] if route.path.startswith("/v1/") else "upkeep"],
        "parameters": [*_path(route), *map(_parameter, route.params), *_headers(route)],
        "security": [] if route.scope is Scope.OPEN else [{"bearer": [route.scope.value]}],
        "responses": _responses(route, schema_of),
    }
    if route.question:
        content = _content(schema_of[repr(route.question)], route.example_question)
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    if route.codes:
        told["description"] = f"May be refused with: {', '.join(route.codes)}."
    return told


def _responses(route: Route, schema_of: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {
        "description": "The answer.",
        "content": {route.content_type: _content(schema_of[repr(route.answer)], route.example)},
    }
    if route.conditional:
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
    told = {str(route.status): good, "default": _PROBLEM}
    if NotNow in get_args(route.answer):
        told |= {status: {"$ref": "#/components/responses/NotNow"} for status in _NOT_NOW}
    if route.conditional and route.method == "GET":
        told["304"] = {"description": "Nothing has changed since If-None-Match."}
    return told


def _content(schema: dict[str, Any], example: object) -> dict[str, Any]:
    return {"schema": schema, "example": msgspec.json.decode(msgspec.json.encode(example))}


def _path(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": part[1:-1],
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }
        for part in route.path.split("/")
        if part.startswith("{")
    ]


def _parameter(param: Param) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _JSON_TYPES[param.type]}
    if param.type is int:
        schema["minimum"] = param.minimum
    if param.maximum is not None:
        schema["maximum" if param.type is int else "maxLength"] = param.maximum
    if param.choices:
        schema["enum"] = list(param.choices)
    if not param.required and param.default != "":
        schema["default"] = param.default
    return {
        "name": param.name,
        "in": "query",
        "required": param.required,
        "description": param.description,
        "schema": schema,
    }


def _headers(route: Route) -> list[dict[str, Any]]:
    told = []
    if route.keyed:
        told.append(_header("Idempotency-Key", "^[A-Za-z0-9._:-]{1,64}$", required=True))
    if route.conditional:
        reads = route.method == "GET"
        told.append(_header("If-None-Match" if reads else "If-Match", "", required=not reads))
    return told


def _header(name: str, pattern: str, *, required: bool) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern} if pattern else {"type": "string"}
    return {"name": name, "in": "header", "required": required, "schema": schema}


def _operation_id(route: Route) -> str:
    words = route.path.removeprefix("/v1/").replace("{", "").replace("}", "").strip("/")
    return f"{route.method.lower()}_{words.replace('/', '_').replace('-', '_')}"
