"""How far an order has come, and what of an item can still be promised."""

from app.contract.base import Answer
from app.contract.messages import OrderedLine, OrderRow
from app.errors import Refusal
from app.ledger.orderview import Inside, LineShown, OrderShown, ParcelShown
from app.ledger.web.conditions import version_tag
from app.ledger.web.route import Answered, Ask, Page, Param, Route, Scope

# Items of one question: an order of a shop asks for its lines.
MAX_ITEMS = 50


class AvailabilityShown(Answer, frozen=True):
    """An item at a site, in base units; `available` = `on_hand` − `not_good` − `reserved`.

    It is below zero for a moment when goods went that were promised. `on_hand` leaves out totes,
    parcels and what is on its way here; they are told apart.
    """

    item: str
    on_hand: int
    not_good: int
    reserved: int
    available: int
    in_totes: int = 0
    in_parcels: int = 0
    in_transit: int = 0


def _order(ask: Ask) -> Answered:
    shown = ask.service.order_view.show(ask.site, ask.path["order"])
    return Answered(shown, etag=version_tag(shown.order.version))


def _availability(ask: Ask) -> Page[AvailabilityShown]:
    items = list(dict.fromkeys(sku for sku in ask.text("items").split(",") if sku))
    if not items or len(items) > MAX_ITEMS:
        raise Refusal("bad_parameter", f"Name 1 to {MAX_ITEMS} items, with commas between them.")
    return Page(
        rows=tuple(
            AvailabilityShown(
                item=one.item,
                on_hand=one.on_hand,
                not_good=one.not_good,
                reserved=one.reserved,
                available=one.available,
                in_totes=one.in_totes,
                in_parcels=one.in_parcels,
                in_transit=one.in_transit,
            )
            for one in ask.service.reservations.available(ask.site, items)
        )
    )


ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/orders/{order}",
        summary="An order with its stage, what is counted at its lines, and its parcels.",
        scope=Scope.READ,
        handle=_order,
        answer=OrderShown,
        example=OrderShown(
            order=OrderRow(
                order="ORD-48213",
                version=2,
                state="released",
                policy="each",
                priority=5,
                ship_before="2026-03-02T16:00:00",
                carrier="DHL",
                ship_to=("Anna Novak", "Hafenstr. 1", "20457 Hamburg", "DE"),
                note="",
                lines=(OrderedLine(1, "SKU-1001", 5),),
            ),
            stage="packing",
            lines=(
                LineShown(line=1, item="SKU-1001", ordered=5, reserved=1, packed=3, backordered=1),
            ),
            parcels=(
                ParcelShown(
                    parcel="parcel/01980a11-7c02",
                    seal="sealed",
                    shipped=False,
                    inside=(Inside(1, "SKU-1001", 3),),
                ),
            ),
            station="PACK-01",
            claimed_until="2026-03-02T15:02:11.040Z",
        ),
        at_site=True,
        codes=("unknown_document",),
    ),
    Route(
        method="GET",
        path="/v1/availability",
        summary="What of items is at a site, promised, and can still be promised.",
        scope=Scope.READ,
        handle=_availability,
        query=(
            Param(
                "items",
                # Twelve bytes a character at worst: below what a request's head may have.
                maximum=2_000,
                required=True,
                description=f"Up to {MAX_ITEMS} SKUs with commas between them.",
            ),
        ),
        answer=Page[AvailabilityShown],
        example=Page(
            rows=(
                AvailabilityShown(
                    item="SKU-1001", on_hand=40, not_good=2, reserved=12, available=26, in_parcels=3
                ),
            )
        ),
        at_site=True,
        codes=("bad_parameter",),
    ),
)
