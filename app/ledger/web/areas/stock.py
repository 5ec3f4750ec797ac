"""Stock: what lies where, now or at a past position, and why a number is what it is."""

import msgspec

from app.contract.messages import Answer
from app.domain.operation import StockKey
from app.ledger.causes import Cause, likely
from app.ledger.stocklist import StockShown, Wanted
from app.ledger.web.conditions import version_tag
from app.ledger.web.route import MAX_NUMBER, Answered, Ask, Param, Route, Scope
from app.ledger.why import Step, Why

# Steps looked at for a cause: what happened since the last count, in all but the busiest places.
RECENT = 500
_AT = Param("at", int, 0, MAX_NUMBER, "Position of the site's feed; 0 is the newest.")
_KEY = (
    Param("location", maximum=64, description="The place.", required=True),
    Param("item", maximum=64, description="The SKU.", required=True),
    Param("lot", maximum=64, description="The lot; empty is none."),
    Param("serial", maximum=64, description="The serial; empty is none."),
    Param("condition", maximum=16, default="good", description="The condition of the goods."),
)


class StockPage(Answer, frozen=True):
    """Balances that are not zero, at position `at`; `next` is the cursor of the rest."""

    site: str
    at: int
    rows: tuple[StockShown, ...]
    next: str = ""


def _stock(ask: Ask) -> Answered:
    wanted = Wanted(
        ask.text("location"), ask.text("item"), ask.text("condition"), ask.flag("packed")
    )
    # A list that was begun is read on at the position it was begun at.
    at, *after = ask.after or (ask.number("at"),)
    at, rows, last = ask.service.stock_list.page(
        ask.site, wanted, int(at), tuple(map(str, after)), ask.limit
    )
    onward = ask.next_cursor(at, *last) if last else ""
    page = StockPage(site=ask.site.site, at=at, rows=tuple(rows), next=onward)
    return Answered(page, etag=version_tag(at))


class Causes(Answer, frozen=True):
    """What may be behind a variance, best guess first; empty when nothing explains it."""

    quantity: int
    variance: int
    causes: tuple[Cause, ...]


def _causes(ask: Ask) -> Causes:
    key = StockKey(*(ask.text(param.name) for param in _KEY))
    told = ask.service.explainer.why(ask.site, key, 0, None, RECENT)
    variance = ask.number("counted") - told.quantity
    packs = ask.service.explainer.packs(key.item)
    lots = ask.service.stock_list.beside(ask.site, key)
    found = likely(told.steps, variance, packs, lots) if variance else []
    return Causes(quantity=told.quantity, variance=variance, causes=tuple(found))


def _why(ask: Ask) -> Why:
    key = StockKey(*(ask.text(param.name) for param in _KEY))
    at, before = ask.number("at"), None
    if ask.after:
        at, *rest = (int(part) for part in ask.after)
        before = (rest[0], rest[1], rest[2])
    told = ask.service.explainer.why(ask.site, key, at, before, ask.limit + 1)
    if len(told.steps) <= ask.limit:
        return told
    shown = told.steps[: ask.limit]
    oldest = shown[-1]
    opening = oldest.balance - oldest.quantity
    onward = ask.next_cursor(told.at, oldest.feed_seq, oldest.n, opening)
    return msgspec.structs.replace(told, steps=shown, opening=opening, next=onward)


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/stock",
        summary="What lies where, now or at a past position of the feed.",
        scope=Scope.READ,
        handle=_stock,
        answer=StockPage,
        example=StockPage(
            site="BER1",
            at=4712,
            rows=(
                StockShown(
                    location="A-04-2",
                    item="SKU-1001",
                    lot="L-7",
                    serial="",
                    condition="good",
                    quantity=7,
                ),
            ),
        ),
        query=(
            Param("location", maximum=64, description="Only this place."),
            Param("item", maximum=64, description="Only this SKU."),
            Param("condition", maximum=16, description="Only this condition."),
            Param("packed", bool, False, description="Parcels and totes, too."),
            _AT,
        ),
        at_site=True,
        paged=True,
        conditional=True,
        codes=("cursor_from_future",),
    ),
    Route(
        method="GET",
        path="/v1/stock/why",
        summary="Why is this number 7? The operations behind a balance, newest first.",
        scope=Scope.READ,
        handle=_why,
        answer=Why,
        example=Why(
            site="BER1",
            location="A-04-2",
            item="SKU-1001",
            lot="L-7",
            serial="",
            condition="good",
            at=4712,
            quantity=7,
            opening=9,
            steps=(
                Step(
                    feed_seq=4711,
                    n=0,
                    quantity=-2,
                    balance=7,
                    operation="01980a2c-91d4-7b09-b1de-3c5f64e8a07d",
                    kind="pick",
                    actor="p-anna",
                    station="PACK-01",
                    recorded_at="2026-03-02T07:14:05.120Z",
                    document_kind="order",
                    document="ORD-48213",
                    order_line=1,
                    reason="",
                    reverses="",
                    reversed_by="",
                ),
            ),
        ),
        query=(*_KEY, _AT),
        at_site=True,
        paged=True,
        codes=("cursor_from_future",),
    ),
    Route(
        method="GET",
        path="/v1/stock/causes",
        summary="Why a count may differ from the book: where to look first.",
        scope=Scope.READ,
        handle=_causes,
        answer=Causes,
        example=Causes(
            quantity=96,
            variance=-48,
            causes=(
                Cause(
                    cause="double_receipt",
                    sentence="A receive of PO-7 of 48 was recorded twice. If it happened once, "
                    "take one back.",
                    operations=(
                        "01980a2c-91d4-7b09-b1de-3c5f64e8a07d",
                        "01980a2c-91d4-7b09-b1de-3c5f64e8a07c",
                    ),
                    fits=95,
                ),
            ),
        ),
        query=(
            *_KEY,
            Param("counted", int, 0, MAX_NUMBER, "Base units that were counted.", required=True),
        ),
        at_site=True,
    ),
)
