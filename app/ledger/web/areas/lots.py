"""Lots of items: read, corrected and confirmed, for all sites."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import Request, Sentence
from app.contract.messages import LotRow
from app.errors import Refusal
from app.ledger.changelog import Editor
from app.ledger.web.conditions import expected_version, version_tag
from app.ledger.web.route import Answered, Ask, Page, Route, Scope


class LotChange(Request, frozen=True):
    """Until when a lot is good, whether it may be used, and why that is said now.

    Sent with what is there already it confirms that, and answers what was asked about the expiry.
    """

    reason: Sentence
    expiry: Annotated[str, Meta(max_length=10)] = ""
    state: Annotated[str, Meta(max_length=16)] = "good"


def _lots(ask: Ask) -> Page[LotRow]:
    item, name = ask.after or ("", "")
    rows = ask.service.lots.after(str(item), str(name), ask.limit + 1)
    return ask.page(rows, lambda row: (row.item, row.lot))


def _lot(ask: Ask) -> Answered:
    row = ask.service.lots.get(ask.path["item"], ask.path["lot"])
    return Answered(row, etag=version_tag(row.version))


def _put(ask: Ask) -> Answered:
    wanted: LotChange = ask.body
    if not wanted.reason.strip():
        raise Refusal("bad_reason", "Say why in a few words; it is kept with the change.")
    row = LotRow(
        item=ask.path["item"], lot=ask.path["lot"], expiry=wanted.expiry, state=wanted.state
    )
    by = Editor(ask.bearer.actor, wanted.reason)
    now = ask.service.lots.edit(row, by, expected_version(ask))
    ask.service.bell.ring()
    return Answered(now, etag=version_tag(now.version))


_SHOWN = LotRow(item="SKU-1001", lot="L26075A", expiry="2027-09-30", version=2)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/lots",
        summary="Lots by item.",
        scope=Scope.READ,
        handle=_lots,
        answer=Page[LotRow],
        example=Page(rows=(_SHOWN,)),
        paged=True,
    ),
    Route(
        method="GET",
        path="/v1/lots/{item}/{lot}",
        summary="A lot.",
        scope=Scope.READ,
        handle=_lot,
        answer=LotRow,
        example=_SHOWN,
        conditional=True,
        codes=("unknown_lot",),
    ),
    Route(
        method="PUT",
        path="/v1/lots/{item}/{lot}",
        summary='Correct, confirm or release a lot, or add it with If-Match: "0".',
        scope=Scope.MASTER,
        handle=_put,
        question=LotChange,
        example_question=LotChange(expiry="2027-09-30", reason="label read again"),
        answer=LotRow,
        example=_SHOWN,
        conditional=True,
        codes=("stale_version", "bad_lot", "bad_expiry", "bad_state", "bad_reason"),
    ),
)
