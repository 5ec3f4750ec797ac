"""A served ledger for thousands of odd requests, and what every answer must be."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import httpx
import pytest

from app.conformance.floor import order_row
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.web import rate, tries
from app.ledger.web.rate import Rate
from app.ledger.web.route import Route, Scope
from app.ledger.web.server import ServerThread
from tests.ledger.conftest import MUG, SITE, stocked
from tests.ledger.web.asking import headers_of, known_path, query_of
from tests.ledger.web.bad_bodies import MARKER
from tests.ledger.web.conftest import token_of

HANG_S = 2.0


@dataclass(frozen=True, slots=True)
class Target:
    """A served ledger, and bearers that may ask everything."""

    client: httpx.Client
    key: str
    admin: str
    token: str
    # The ETag last seen at each address: a change of the second version reaches further.
    versions: dict[str, str] = field(default_factory=dict)

    def bearer(self, route: Route) -> str:
        """A station's for the sync protocol, one of all sites for `admin`, else one of Halle."""
        other = self.admin if route.scope is Scope.ADMIN else self.key
        return self.token if route.scope is Scope.STATION else other

    def send(self, route: Route, body: bytes) -> httpx.Response:
        """Ask about something that is there, and check what every answer must be."""
        began = monotonic()
        path = known_path(route)
        version = {"If-Match": self.versions[path]} if path in self.versions else {}
        answer = self.client.request(
            route.method,
            path,
            params=query_of(route) | ({"site": SITE} if route.at_site else {}),
            content=body,
            headers=headers_of(route, self.bearer(route)) | version,
        )
        if "etag" in answer.headers:
            self.versions[path] = answer.headers["etag"]
        assert monotonic() - began < HANG_S, body[:200]
        assert answer.status_code < 500, (body[:200], answer.text)
        if answer.status_code >= 400 and "not_now" not in answer.text:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["correlation_id"] == answer.headers["x-correlation-id"]
        if answer.status_code == 400:
            # What is not understood is not repeated; a rule may name what it is about.
            assert MARKER not in answer.text
        return answer


@contextmanager
def served(database: Database) -> Iterator[Target]:
    """A stocked ledger that counts no requests: this is about what is in them."""
    service = stocked(LedgerService(database))
    service.imports.orders(SITE, [order_row("ORD-48213", MUG.sku, (3,))])
    scopes = [scope.value for scope in Scope if scope not in {Scope.OPEN, Scope.STATION}]
    key = service.api_keys.add("fuzz", scopes, actor="p-novak", site_name=SITE)
    admin = service.api_keys.add("admin", scopes, actor="p-novak")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate, "ASKING", Rate(1_000_000, 1_000_000))
        patch.setattr(rate, "SYNCING", Rate(1_000_000, 1_000_000))
        patch.setattr(tries, "FAILURES", 1_000_000)
        with ServerThread(service) as server, httpx.Client(base_url=server.url) as client:
            yield Target(client, key, admin, token_of(service, "PACK-01"))
    service.close()
