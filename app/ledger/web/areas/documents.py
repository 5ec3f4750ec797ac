"""Documents and places of a site: read one by one, or page by page."""

from app.contract.messages import Answer, DocumentRow, OrderedLine, OrderRow
from app.domain.document import DocumentKind
from app.errors import Refusal
from app.ledger.lookup import Found, Lookup
from app.ledger.web.conditions import version_tag
from app.ledger.web.route import Answered, Ask, Page, Param, Route, Scope


class Count(Answer, frozen=True, array_like=True):
    """How far a line has come, by one measure."""

    line: int
    measure: str
    quantity: int


class DocumentShown(Answer, frozen=True):
    """A document, the station that has it, and how far its lines have come."""

    document: OrderRow | DocumentRow
    station: str = ""
    counts: tuple[Count, ...] = ()


class PlaceShown(Answer, frozen=True):
    """A location and what it is for."""

    location: str
    kind: str


_KINDS = tuple(kind.value for kind in DocumentKind)


def _documents(ask: Ask) -> Page[DocumentShown]:
    (after,) = ask.after or ("",)
    found = Lookup(ask.service.database).documents(
        ask.site, _kind(ask), ask.text("state"), str(after), ask.limit + 1
    )
    more = len(found) > ask.limit
    shown = found[: ask.limit]
    return Page(
        rows=tuple(map(_shown, shown)),
        next=ask.next_cursor(shown[-1].document) if more else "",
    )


def _document(ask: Ask) -> Answered:
    kind, number = _kind(ask), ask.path["document"]
    found = Lookup(ask.service.database).document(ask.site, kind, number)
    if found is None:
        raise Refusal("unknown_document", f"There is no {kind} of this number at this site.")
    return Answered(_shown(found), etag=version_tag(found.version))


def _places(ask: Ask) -> Page[PlaceShown]:
    (after,) = ask.after or ("",)
    found = Lookup(ask.service.database).places(ask.site, str(after), ask.limit + 1)
    rows = [PlaceShown(location=name, kind=kind) for name, kind in found]
    return ask.page(rows, lambda row: (row.location,))


def _kind(ask: Ask) -> str:
    kind = ask.path["kind"]
    if kind not in _KINDS:
        raise Refusal("unknown_kind", f"Kinds of documents are {', '.join(_KINDS)}.")
    return kind


def _shown(found: Found) -> DocumentShown:
    counts = tuple(Count(*count) for count in found.counts)
    return DocumentShown(document=found.body, station=found.station, counts=counts)


_MUGS = DocumentShown(
    document=OrderRow(
        order="ORD-48213",
        version=3,
        state="released",
        policy="together",
        priority=5,
        ship_before="2026-03-02T16:00:00",
        carrier="DHL",
        ship_to=("Anna Novak", "Hafenstr. 1", "20457 Hamburg", "DE"),
        note="",
        lines=(OrderedLine(1, "SKU-1001", 3),),
    ),
    station="PACK-01",
    counts=(Count(1, "packed", 2), Count(1, "short", 0)),
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/documents/{kind}",
        summary="Documents of a kind by number: orders, inbounds, returns, transfers, counts.",
        scope=Scope.READ,
        handle=_documents,
        query=(Param("state", maximum=64, description="Only documents in this state."),),
        answer=Page[DocumentShown],
        example=Page(rows=(_MUGS,)),
        at_site=True,
        paged=True,
        codes=("unknown_kind",),
    ),
    Route(
        method="GET",
        path="/v1/documents/{kind}/{document}",
        summary="A document as it is now.",
        scope=Scope.READ,
        handle=_document,
        answer=DocumentShown,
        example=_MUGS,
        at_site=True,
        conditional=True,
        codes=("unknown_kind", "unknown_document"),
    ),
    Route(
        method="GET",
        path="/v1/locations",
        summary="The locations of a site by name.",
        scope=Scope.READ,
        handle=_places,
        answer=Page[PlaceShown],
        example=Page(rows=(PlaceShown(location="A-04-2", kind="bin"),)),
        at_site=True,
        paged=True,
    ),
)
