"""The published description of the interface: OpenAPI 3.1, made from the contract's own types."""

from functools import cache
from typing import Any

import msgspec

from app import __version__
from app.contract.messages import (
    ChangesAnswer,
    ChangesQuery,
    Enrolled,
    EnrolRequest,
    FeedBody,
    Hello,
    MasterAnswer,
    MasterBody,
    MasterQuery,
    Operation,
    PostAnswer,
    PostBatch,
    Problem,
    SnapshotAnswer,
    SnapshotBody,
    SnapshotQuery,
    Token,
    TokenRequest,
)

_REFERENCE = "#/components/schemas/{name}"
_QUESTIONS: tuple[tuple[str, str, Any, Any, bool], ...] = (
    ("/v1/post", "Post a batch of operations of one enrolment.", PostBatch, PostAnswer, True),
    (
        "/v1/changes",
        "The site's feed after a cursor; long-poll.",
        ChangesQuery,
        ChangesAnswer,
        True,
    ),
    ("/v1/master", "Master data after a cursor.", MasterQuery, MasterAnswer, True),
    ("/v1/snapshot", "A consistent picture of the site.", SnapshotQuery, SnapshotAnswer, True),
    ("/v1/enrol", "Trade a one-time code for an enrolment.", EnrolRequest, Enrolled, False),
    ("/v1/token", "Trade a signed request for a bearer token.", TokenRequest, Token, False),
)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    types: list[Any] = [Operation, FeedBody, MasterBody, SnapshotBody, Hello, Problem]
    for _, _, question, answer, _ in _QUESTIONS:
        types += [question, answer]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    by_type = {id(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    # Rows are sent as raw JSON; this names what may be in them.
    components |= {
        "FeedBody": by_type[id(FeedBody)],
        "MasterBody": by_type[id(MasterBody)],
        "SnapshotBody": by_type[id(SnapshotBody)],
    }
    paths: dict[str, Any] = {
        "/v1/hello": {"get": _described("Versions, epoch and clock.", by_type[id(Hello)])}
    }
    for path, summary, question, answer, signed in _QUESTIONS:
        told = _described(summary, by_type[id(answer)])
        told["requestBody"] = {"required": True, "content": _json(by_type[id(question)])}
        told["security"] = [{"bearer": []}] if signed else []
        paths[path] = {"post": told}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Packhouse ledger", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    wrong = {
        "description": "What went wrong.",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    return {
        "summary": summary,
        "responses": {
            "200": {"description": "The answer.", "content": _json(schema)},
            "default": wrong,
        },
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
