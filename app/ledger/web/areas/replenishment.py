"""Thresholds: when a pick location is filled up, and when a site orders more."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import MAX_QUANTITY, Answer, Code, Request, Short
from app.ledger.replenishment import Threshold
from app.ledger.web.route import Ask, Page, Route, Scope

Units = Annotated[int, Meta(ge=0, le=MAX_QUANTITY)]


class ThresholdPut(Request, frozen=True):
    """When a place is low, and how far it is filled then; without a place: the reorder point."""

    item: Code
    low: Units
    location: Short = ""
    fill_to: Units = 0


class Removal(Request, frozen=True):
    """The threshold of an item at a place; without a place: the reorder point."""

    item: Code
    location: Short = ""


class ThresholdShown(Answer, frozen=True):
    """A threshold, and who decided it."""

    item: str
    location: str
    low: int
    fill_to: int
    actor: str
    at: str


class Gone(Answer, frozen=True):
    """A threshold that holds no longer."""

    item: str
    location: str


def _thresholds(ask: Ask) -> Page[ThresholdShown]:
    item, location = ask.after or ("", "")
    rows = ask.service.replenishment.thresholds(ask.site, (str(item), str(location)), ask.limit + 1)
    return ask.page([_shown(one) for one in rows], lambda row: (row.item, row.location))


def _put(ask: Ask) -> ThresholdShown:
    wanted: ThresholdPut = ask.body
    made = Threshold(wanted.item, wanted.location, wanted.low, wanted.fill_to)
    return _shown(ask.service.replenishment.put(ask.site, made, ask.bearer.actor))


def _remove(ask: Ask) -> Gone:
    gone: Removal = ask.body
    ask.service.replenishment.remove(ask.site, gone.item, gone.location)
    return Gone(item=gone.item, location=gone.location)


def _shown(one: Threshold) -> ThresholdShown:
    return ThresholdShown(
        item=one.item,
        location=one.location,
        low=one.low,
        fill_to=one.fill_to,
        actor=one.actor,
        at=one.at,
    )


_EXAMPLE = ThresholdShown(
    item="SKU-1001",
    location="A-04-2",
    low=5,
    fill_to=40,
    actor="p-weber",
    at="2026-03-02T07:14:05.120Z",
)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/thresholds",
        summary="Thresholds of a site by item and location.",
        scope=Scope.READ,
        handle=_thresholds,
        answer=Page[ThresholdShown],
        example=Page(rows=(_EXAMPLE,)),
        at_site=True,
        paged=True,
    ),
    Route(
        method="POST",
        path="/v1/thresholds",
        summary="Set when a pick location is filled up, or when the site orders more.",
        scope=Scope.MASTER,
        handle=_put,
        question=ThresholdPut,
        example_question=ThresholdPut(item="SKU-1001", location="A-04-2", low=5, fill_to=40),
        answer=ThresholdShown,
        example=_EXAMPLE,
        at_site=True,
        codes=("unknown_item", "unknown_location", "bad_threshold"),
    ),
    Route(
        method="POST",
        path="/v1/thresholds/removals",
        summary="Forget a threshold.",
        scope=Scope.MASTER,
        handle=_remove,
        question=Removal,
        example_question=Removal(item="SKU-1001", location="A-04-2"),
        answer=Gone,
        example=Gone(item="SKU-1001", location="A-04-2"),
        at_site=True,
        codes=("unknown_threshold",),
    ),
)
