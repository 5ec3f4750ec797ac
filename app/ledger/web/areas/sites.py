"""Sites and their stations, as an administrator of another system sees them."""

from typing import Annotated

from msgspec import Meta

from app.contract.messages import Answer, Request
from app.errors import Refusal
from app.ledger.overview import SiteSeen, StationSeen
from app.ledger.web.bearers import may_see
from app.ledger.web.route import Ask, Page, Route, Scope


class SiteShown(Answer, frozen=True):
    """A warehouse."""

    site: str
    name: str
    company_prefix: str
    claim_hold_s: int
    head: int


class StationShown(Answer, frozen=True):
    """An enrolment of a station: how far the ledger has its chain, and when it was last heard."""

    site: str
    station: str
    state: str
    enrolment: str
    seq: int
    seen_at: str


class NewSite(Request, frozen=True):
    """A warehouse to add.

    `company_prefix` is the GS1 company prefix of its SSCCs.
    """

    site: Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
    name: Annotated[str, Meta(min_length=1, max_length=64)]
    company_prefix: Annotated[str, Meta(pattern="^[0-9]{7,12}$")]


def _add(ask: Ask) -> SiteShown:
    if ask.bearer.site is not None:
        raise Refusal("wrong_scope", "A key for one site adds no others. Use one for every site.")
    new: NewSite = ask.body
    ask.service.add_site(new.site, title=new.name, company_prefix=new.company_prefix)
    (made,) = [one for one in ask.service.overview.sites() if one.site == new.site]
    return _site(made)


def _sites(ask: Ask) -> Page[SiteShown]:
    (after,) = ask.after or ("",)
    rows = [_site(one) for one in ask.service.overview.sites() if may_see(ask, one.site)]
    return ask.page([row for row in rows if row.site > str(after)], lambda row: (row.site,))


def _stations(ask: Ask) -> Page[StationShown]:
    # Ids are UUIDv7: of one station, the earlier enrolment comes first.
    after = ask.after or ("", "")
    rows = sorted(
        (one for one in ask.service.overview.stations() if one.site == ask.site.site),
        key=lambda one: (one.station, one.enrolment),
    )
    left = [_station(one) for one in rows if (one.station, one.enrolment) > after]
    return ask.page(left, lambda row: (row.station, row.enrolment))


def _site(seen: SiteSeen) -> SiteShown:
    return SiteShown(
        site=seen.site,
        name=seen.name,
        company_prefix=seen.company_prefix,
        claim_hold_s=seen.claim_hold_s,
        head=seen.feed_seq,
    )


def _station(seen: StationSeen) -> StationShown:
    return StationShown(
        site=seen.site,
        station=seen.station,
        state=seen.state,
        enrolment=seen.enrolment,
        seq=seen.seq,
        seen_at=seen.seen_at,
    )


_BERLIN = SiteShown(
    site="BER1", name="Berlin", company_prefix="4012345", claim_hold_s=28_800, head=4712
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/sites",
        summary="The sites this bearer may see.",
        scope=Scope.READ,
        handle=_sites,
        answer=Page[SiteShown],
        example=Page(rows=(_BERLIN,)),
        paged=True,
    ),
    Route(
        method="POST",
        path="/v1/sites",
        summary="Add a site; needs a key for every site.",
        scope=Scope.ADMIN,
        handle=_add,
        question=NewSite,
        example_question=NewSite(site="BER1", name="Berlin", company_prefix="4012345"),
        answer=SiteShown,
        example=_BERLIN,
        status=201,
        codes=("site_exists",),
    ),
    Route(
        method="GET",
        path="/v1/stations",
        summary="Every enrolment of every station of a site.",
        scope=Scope.ADMIN,
        handle=_stations,
        answer=Page[StationShown],
        example=Page(
            rows=(
                StationShown(
                    site="BER1",
                    station="PACK-01",
                    state="active",
                    enrolment="01980a11-0b52-7f1a-8f6e-77ad1c20b9f4",
                    seq=1203,
                    seen_at="2026-03-02T07:14:05.120Z",
                ),
            )
        ),
        at_site=True,
        paged=True,
    ),
)
