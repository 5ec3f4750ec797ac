"""Orders from a shop: sent, sent again when they change, cancelled, held, released."""

from typing import Annotated, Literal

from msgspec import Meta

from app.contract.base import MAX_QUANTITY, Code, Request, Sentence, Short
from app.contract.messages import MAX_LINES, Answer, OrderedLine, OrderRow
from app.domain.order import OrderState
from app.errors import Refusal
from app.ledger.web.route import Ask, Route, Scope

# One request is one transaction; stations wait for it no longer than for a group of batches.
MAX_ORDERS = 200

Text = Annotated[str, Meta(max_length=200)]


class LineSent(Request, frozen=True):
    """A line of an order, in base units."""

    line: Annotated[int, Meta(ge=1, le=1_000_000)]
    item: Code
    quantity: Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]


class OrderSent(Request, frozen=True):
    """An order. `priority` 1 goes first; `ship_before` is ISO 8601 local time or empty."""

    order: Code
    lines: Annotated[tuple[LineSent, ...], Meta(min_length=1, max_length=MAX_LINES)]
    ship_to: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=10)]
    carrier: Short = ""
    priority: Annotated[int, Meta(ge=1, le=9)] = 5
    ship_before: Annotated[
        str, Meta(pattern=r"^$|^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$", max_length=19)
    ] = ""
    policy: Literal["each", "quantity"] = "each"
    note: Sentence = ""


class OrdersSent(Request, frozen=True):
    """Orders of a site: new ones, or new versions of known ones."""

    orders: Annotated[tuple[OrderSent, ...], Meta(min_length=1, max_length=MAX_ORDERS)]


class OrdersTaken(Answer, frozen=True):
    """How many were written, and how many said nothing new."""

    written: int
    unchanged: int


class StateWanted(Request, frozen=True):
    """Orders, and what becomes of them; all or none."""

    orders: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=MAX_ORDERS)]
    state: Literal["released", "held", "cancelled"]


class StateSet(Answer, frozen=True):
    """How many changed; an order in that state already stays as it is."""

    changed: int


def _send(ask: Ask) -> OrdersTaken:
    sent: OrdersSent = ask.body
    numbers = {one.order for one in sent.orders}
    if len(numbers) < len(sent.orders):
        raise Refusal("order_twice", "An order is there twice. Send its last version only.")
    for one in sent.orders:
        if len({line.line for line in one.lines}) < len(one.lines):
            raise Refusal("line_twice", "An order has a line number twice. Number its lines.")
    done = ask.service.imports.orders(ask.site.site, [_row(one) for one in sent.orders])
    if done.problems:
        first = done.problems[0]
        raise Refusal(
            "order_closed" if first.column == "order" else "unknown_item",
            f"{first.sentence} Nothing was written.",
        )
    return OrdersTaken(written=done.written, unchanged=done.unchanged)


def _set_state(ask: Ask) -> StateSet:
    wanted: StateWanted = ask.body
    state = OrderState(wanted.state)
    return StateSet(changed=ask.service.orders.set_state(ask.site.site, wanted.orders, state))


def _row(sent: OrderSent) -> OrderRow:
    return OrderRow(
        order=sent.order,
        version=1,
        state=OrderState.RELEASED.value,
        policy=sent.policy,
        priority=sent.priority,
        ship_before=sent.ship_before,
        carrier=sent.carrier,
        ship_to=sent.ship_to,
        note=sent.note,
        lines=tuple(OrderedLine(line.line, line.item, line.quantity) for line in sent.lines),
    )


ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        path="/v1/orders",
        summary="Send orders, or new versions of them; all or none.",
        scope=Scope.DOCUMENTS,
        handle=_send,
        question=OrdersSent,
        example_question=OrdersSent(
            orders=(
                OrderSent(
                    order="ORD-48213",
                    lines=(LineSent(line=1, item="SKU-1001", quantity=3),),
                    ship_to=("Anna Novak", "Hafenstr. 1", "20457 Hamburg", "DE"),
                    carrier="DHL",
                ),
            )
        ),
        answer=OrdersTaken,
        example=OrdersTaken(written=1, unchanged=0),
        at_site=True,
        codes=("unknown_item", "order_closed", "order_twice", "line_twice"),
    ),
    Route(
        method="POST",
        path="/v1/orders/state",
        summary="Cancel, hold or release orders; all or none.",
        scope=Scope.DOCUMENTS,
        handle=_set_state,
        question=StateWanted,
        example_question=StateWanted(orders=("ORD-48213",), state="held"),
        answer=StateSet,
        example=StateSet(changed=1),
        at_site=True,
        codes=("unknown_document", "order_cancelled", "order_shipped"),
    ),
)
