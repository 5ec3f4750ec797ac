"""What the journal says of a write over HTTP: who, from where, what it was before and is now.

Nothing here is said by a handler: the object is the address, the states before and after are what
`GET` of the same thing answers in the same transaction. So a new route is told like all others.
"""

from dataclasses import replace
from functools import cached_property

import msgspec

from app.errors import Refusal
from app.ledger.journal import Act, Actor, told
from app.ledger.web.journal import note
from app.ledger.web.problems import JSON_TYPE, Reply
from app.ledger.web.route import Answered, Ask, Bearer, Route

# Where a bearer stands: a station acts as itself, another system in the name of a person.
_STATION, _INTEGRATION = "station", "integration"
_NOWHERE = "local"


def actor_of(bearer: Bearer) -> Actor:
    """Who asks, as the journal calls them."""
    role = _INTEGRATION if bearer.who is None else _STATION
    return Actor(bearer.actor or bearer.caller, role, note().address or _NOWHERE, bearer.caller)


def act_of(ask: Ask, route: Route) -> Act:
    """The act of a write, as far as the request tells."""
    path = route.path
    for name, value in ask.path.items():
        path = path.replace(f"{{{name}}}", value)
    where = ask.at.n if ask.at else 0
    reason = getattr(ask.body, "reason", "") or getattr(ask.body, "note", "")
    return Act(
        actor=actor_of(ask.bearer),
        action=route.name,
        object=path.removeprefix("/v1/"),
        transaction=ask.correlation_id,
        reason=reason if isinstance(reason, str) else "",
        site_n=where,
    )


def told_reply(reply: Reply) -> bytes:
    """What was answered, where no address shows what was changed."""
    return told(msgspec.json.decode(reply.body)) if reply.content_type == JSON_TYPE else b""


class Twin:
    """The route that shows what another one changes, if there is one.

    Args:
        route: One that writes.
    """

    def __init__(self, route: Route) -> None:
        self._route = route

    def seen(self, ask: Ask) -> bytes:
        """How the thing stands in this transaction; empty when it cannot be shown."""
        shown = self._shown
        if shown is None or shown.handle is None:
            return b""
        query = {one.name: ask.query.get(one.name, one.default) for one in shown.params}
        looking = replace(ask, query=query, body=None, if_match="", if_none_match="")
        try:
            answered = shown.handle(looking)
        except Refusal:
            return b""  # it is not there: yet, or any more
        return told(answered.body if isinstance(answered, Answered) else answered)

    @cached_property
    def _shown(self) -> Route | None:
        from app.ledger.web.table import table  # the areas name their routes there

        parts = self._route.path.split("/")
        shows = {route.path: route for route in table() if route.method == "GET"}
        for end in range(len(parts), 0, -1):
            found = shows.get("/".join(parts[:end]))
            # A collection is no picture of the one thing that was changed.
            if found and not found.paged and (end == len(parts) or parts[end - 1].endswith("}")):
                return found
        return None
