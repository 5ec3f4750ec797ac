"""Every question the station program puts to the ledger, by the method that puts it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from app.contract.messages import ChangesQuery, DigestQuery, MasterQuery, PostBatch, SnapshotQuery
from app.ledger.web.sync_routes import ROUTES
from tests.contract.consumer.line import Client

_ROUTE = {route.path: route for route in ROUTES}
# These know "not now" as an answer; of the others it is trouble for whoever asked.
_MAY_WAIT = (PostBatch, ChangesQuery, MasterQuery, SnapshotQuery, DigestQuery)


@dataclass(frozen=True)
class Call:
    """One question.

    Attributes:
        name: Of the client's method.
        method: Of HTTP.
        path: Of the address.
        bearer: Whether a token goes with it.
        waits: Whether "not now" is one of its answers.
        question: The documented one; None where there is nothing to say.
        ask: Puts it.
        good: The documented answer.
    """

    name: str
    method: str
    path: str
    bearer: bool
    waits: bool
    question: Any
    ask: Callable[[Client], object]
    good: Any

    @property
    def body(self) -> bytes:
        """The documented answer as it is sent."""
        return msgspec.json.encode(self.good)


def _call(name: str, path: str, *, bearer: bool) -> Call:
    route = _ROUTE[path]
    question = route.example_question

    def ask(client: Client) -> object:
        method = getattr(client.ledger if bearer else client.gate, name)
        return method(question) if question is not None else method()

    waits = isinstance(question, _MAY_WAIT)
    return Call(name, route.method, path, bearer, waits, question, ask, route.example)


CALLS: dict[str, Call] = {
    call.name: call
    for call in (
        _call("hello", "/v1/hello", bearer=False),
        _call("enrol", "/v1/enrol", bearer=False),
        _call("token", "/v1/token", bearer=False),
        _call("new_key", "/v1/key", bearer=False),
        _call("recovery", "/v1/recovery", bearer=False),
        _call("post", "/v1/post", bearer=True),
        _call("changes", "/v1/changes", bearer=True),
        _call("master", "/v1/master", bearer=True),
        _call("snapshot", "/v1/snapshot", bearer=True),
        _call("digest", "/v1/digest", bearer=True),
        _call("grant", "/v1/grants", bearer=True),
        _call("edit", "/v1/edits", bearer=True),
        _call("escrow", "/v1/escrow", bearer=True),
    )
}
