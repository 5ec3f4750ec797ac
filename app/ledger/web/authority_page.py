"""`GET /ca.pem`: what stations must trust, for whoever knows the fingerprint, or trusts us already.

No secret and no proof: a station that asks for the first time compares the fingerprint it was given
by a person; one that is connected learns of the next authority before it takes over. Served under
TLS only, and apart from the API: it is a file for curl and browsers, not a resource.
"""

from collections.abc import Callable

from app.ledger.web.guard import App, Message, Receive, Send, respond
from app.ledger.web.journal import note
from app.ledger.web.problems import Reply

PATH = "/ca.pem"
TYPE = "application/x-pem-file"


class AuthorityPage:
    """Answers this one address, and passes on every other.

    Args:
        app: What answers the others.
        trusted: The certificates now, as PEM.
    """

    def __init__(self, app: App, trusted: Callable[[], bytes]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        asked = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == PATH
        if not asked:
            await self._app(scope, receive, send)
            return
        note().route = f"GET {PATH}"
        await respond(send, Reply(200, TYPE, self._trusted()))
