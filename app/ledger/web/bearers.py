"""Who stands behind a bearer token: a station, or another system with a key."""

import sqlalchemy as sa

from app.errors import Refusal
from app.ledger.apikeys import PREFIX
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from app.ledger.tables import enrolment, site
from app.ledger.web.route import Ask, Bearer, Route, Scope

_STATION = frozenset({Scope.STATION, Scope.READ})


def bearer_of(service: LedgerService, token: str) -> Bearer:
    """The bearer of a token.

    Raises:
        Refusal: `bad_token`.
    """
    if token.startswith(PREFIX):
        key = service.api_keys.find(token)
        scopes = frozenset(Scope(name) for name in key.scopes)
        return Bearer(f"key:{key.name}", key.actor, scopes, key.site)
    who = service.who_bears(token)
    return Bearer(f"station:{who.id}", "", _STATION, who.site, who)


def refuse_revoked(service: LedgerService, bearer: Bearer) -> None:
    """Refuse a station that was revoked since its token was made.

    Raises:
        Refusal: `revoked`.
    """
    if bearer.who is None:
        return
    with service.database.read() as connection:
        state = connection.execute(
            sa.select(enrolment.c.state).where(enrolment.c.n == bearer.who.n)
        ).scalar_one()
    if state == "revoked":
        raise Refusal(
            "revoked", "This station was revoked. What it recorded is kept; ask a supervisor."
        )


def check_scope(route: Route, bearer: Bearer) -> None:
    """Refuse a bearer that may not ask this.

    Raises:
        Refusal: `wrong_scope`.
    """
    if route.scope is not Scope.OPEN and route.scope not in bearer.scopes:
        raise Refusal(
            "wrong_scope",
            f"This needs the scope {route.scope.value}. Ask an administrator for a key that has "
            "it: packhouse ledger key add",
        )


def site_of(service: LedgerService, bearer: Bearer, named: str) -> SiteRef:
    """The site a request is about: the bearer's own, or the one a bearer of all sites names.

    A site of others and a site that does not exist are told in the same words.

    Raises:
        Refusal: `unknown_site` or `which_site`.
    """
    if bearer.site is not None:
        if named in {"", bearer.site.site}:
            return bearer.site
        raise _unknown()
    if not named:
        raise Refusal("which_site", "This key is for every site. Say which one with ?site=.")
    with service.database.read() as connection:
        row = connection.execute(
            sa.select(site.c.n, site.c.site).where(site.c.site == named)
        ).first()
    if row is None:
        raise _unknown()
    return SiteRef(row.n, row.site)


def may_see(ask: Ask, site_name: str) -> bool:
    """Whether the bearer may see a site; for lists that run over several."""
    return ask.bearer.site is None or ask.bearer.site.site == site_name


def _unknown() -> Refusal:
    return Refusal("unknown_site", "This key knows no such site. See /v1/sites.")
