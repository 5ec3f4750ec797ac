"""Codes of other systems and what they mean here, from one day to another."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import Code, Request, Sentence, Short
from app.ledger.changelog import Editor
from app.ledger.mappings import Mapping
from app.ledger.web.route import Ask, Page, Param, Route, Scope


class MappingPut(Request, frozen=True):
    """A code that begins, or, with `valid_to`, ends to mean something here."""

    system: Code
    kind: Code
    code: Annotated[str, Meta(min_length=1, max_length=64)]
    ours: Code
    valid_from: Annotated[str, Meta(max_length=32, pattern=r"^\d{4}-\d{2}-\d{2}")]
    reason: Sentence
    valid_to: Short = ""


def _put(ask: Ask) -> Mapping:
    wanted: MappingPut = ask.body
    row = Mapping(
        system=wanted.system,
        kind=wanted.kind,
        code=wanted.code,
        ours=wanted.ours,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
    )
    return ask.service.mappings.put(row, Editor(ask.bearer.actor, wanted.reason))


def _list(ask: Ask) -> Page[Mapping]:
    kind, code, since = ask.after or ("", "", "")
    rows = ask.service.mappings.all_of(
        ask.text("system"), (str(kind), str(code), str(since)), ask.limit + 1
    )
    return ask.page(rows, lambda row: (row.kind, row.code, row.valid_from))


def _meaning(ask: Ask) -> Mapping:
    return ask.service.mappings.meaning(
        ask.text("system"), ask.text("kind"), ask.text("code"), ask.text("at")
    )


_SYSTEM = Param("system", required=True, maximum=64, description="Whose code: `shopify`, `sap`.")
_EXAMPLE = Mapping("shopify", "item", "4421-BLUE", "SKU-10442", "2026-01-01", "")

ROUTES: tuple[Route, ...] = (
    Route(
        method="POST", path="/v1/mappings",
        summary="Say what a code of another system means here, or until when.",
        scope=Scope.MASTER, handle=_put,
        question=MappingPut,
        example_question=MappingPut(
            system="shopify", kind="item", code="4421-BLUE", ours="SKU-10442",
            valid_from="2026-01-01", reason="shop goes live",
        ),
        answer=Mapping, example=_EXAMPLE,
        codes=("mapping_exists", "unknown_target", "bad_mapping"),
    ),
    Route(
        method="GET", path="/v1/mappings", summary="The codes of a system.",
        scope=Scope.READ, handle=_list, paged=True, query=(_SYSTEM,),
        answer=Page[Mapping], example=Page(rows=(_EXAMPLE,)),
    ),
    Route(
        method="GET", path="/v1/mappings/meaning", summary="What a code means at a moment.",
        scope=Scope.READ, handle=_meaning,
        query=(
            _SYSTEM,
            Param("kind", required=True, maximum=64, description="What it names: `item`."),
            Param("code", required=True, maximum=64, description="The code."),
            Param("at", maximum=32, description="ISO 8601 date or moment; now when left out."),
        ),
        answer=Mapping, example=_EXAMPLE, codes=("unknown_code",),
    ),
)  # fmt: skip
