"""Looking something up in believable states."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station import lookup_screen
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_BACK = Action("Esc", Intent.NO, text("key.step_back"))
_WHY = Action("F6", Intent.WHY, text("key.why_number"))
_TO_TASK = Action("F2", Intent.LOOKUP, text("key.to_task"), main=True)


def _n(units: int) -> Text:
    return text("lookup.units", n=units)


FACTS = (
    Fact(text("lookup.on_hand"), _n(23)),
    Fact(text("lookup.in_boxes"), _n(2)),
    Fact(text("lookup.not_good"), _n(4)),
    Fact(text("lookup.pending"), text("lookup.pending_said", n=3, units=-2)),
    Fact(text("lookup.orders"), text("lookup.orders_said", n=2)),
    Fact(
        text("lookup.order", order="ORD-48213"),
        text("lookup.wants", n=3, before="14:00"),
    ),
    Fact(
        text("lookup.order", order="ORD-48216"),
        text("lookup.wants", n=1, before="16:00"),
    ),
)


def _screen(
    title: Text, detail: Text, rows: ListView, facts: tuple[Fact, ...], *actions: Action
) -> Screen:
    return Screen(
        page=Page.LOOKUP,
        title=text("lookup.title"),
        subtitle=text("lookup.fresh", at="2026-11-20T09:40:00Z", n=3),
        prompt=Prompt(Tone.ASK, "search", title, detail),
        scan_hint=text("lookup.hint"),
        choices=rows,
        facts=facts,
        actions=actions,
        as_typed=True,
    )


EMPTY = _screen(
    text("lookup.ask"),
    text("lookup.ask_detail"),
    ListView(text("lookup.found"), lookup_screen.HITS, empty=text("lookup.empty")),
    (),
    Action("Esc", Intent.NO, text("key.to_task")),
)
HITS = _screen(
    text("lookup.for", said="tray"),
    text("lookup.hits", n=2),
    ListView(
        text("lookup.found"),
        lookup_screen.HITS,
        (
            Choice("SKU-10987", ("SKU-10987", "Bamboo tray, large", _n(29))),
            Choice("SKU-20444", ("SKU-20444", "Bamboo tray, small", _n(9))),
        ),
        2,
        "SKU-10987",
    ),
    FACTS,
    Action("Esc", Intent.NO, text("key.to_task")),
    _WHY,
)
ITEM = _screen(
    text("lookup.item", item="Bamboo tray, large"),
    text("lookup.item_detail", sku="SKU-10987", n=4),
    ListView(
        text("lookup.places"),
        lookup_screen.PLACES,
        (
            Choice("a", ("B-11-1", text("lookup.lot_good", lot="L-2611"), _n(17))),
            Choice("b", ("D-02-4", text("lookup.condition_good"), _n(6))),
            Choice("c", ("tote/T-7", text("lookup.condition_good"), _n(2))),
            Choice("d", ("RET-B", text("lookup.condition_damaged"), _n(4)), Mark.WRONG),
        ),
        4,
        "a",
    ),
    FACTS,
    _BACK,
    _WHY,
    _TO_TASK,
)
MOVES = _screen(
    text("lookup.why", item="SKU-10987"),
    text("lookup.why_detail"),
    ListView(
        text("lookup.moves"),
        lookup_screen.MOVES,
        (
            Choice(
                "m1",
                (
                    text("lookup.when", at="2026-11-20T09:38:00Z"),
                    text("lookup.did_pack"),
                    _n(2),
                ),
                Mark.WAITING,
            ),
            Choice(
                "m2",
                (
                    text("lookup.when", at="2026-11-20T08:12:00Z"),
                    text("lookup.did_move"),
                    _n(6),
                ),
                Mark.DONE,
            ),
            Choice(
                "m3",
                (
                    text("lookup.when", at="2026-11-19T16:55:00Z"),
                    text("lookup.did_adjust"),
                    _n(4),
                ),
                Mark.WRONG,
            ),
        ),
        3,
        "m1",
    ),
    (
        Fact(text("lookup.who"), text("case.plain", said="Anna Novak")),
        Fact(text("lookup.column_became"), text("health.transport_unsent")),
        Fact(text("lookup.document_of"), text("case.plain", said="ORD-48213")),
        Fact(
            text("lookup.from_to"), text("lookup.way", n=2, source="B-11-1", target="parcel/P-118")
        ),
    ),
    _BACK,
    Action("F4", Intent.UNDO, text("key.take_back")),
    _TO_TASK,
)
UNKNOWN = replace(
    HITS,
    prompt=Prompt(
        Tone.WARN,
        "circle-help",
        text("lookup.unknown", code="4006381333931"),
        text("lookup.unknown_detail"),
    ),
)


def looking_scenes() -> tuple[Scene, ...]:
    """All of them."""
    note = text("lookup.offline")
    offline = replace(ITEM, prompt=replace(ITEM.prompt, note=note))
    return (
        Scene("lookup_empty", EMPTY),
        Scene("lookup_hits", HITS),
        Scene("lookup_item", ITEM),
        Scene("lookup_item_offline", offline, OFFLINE),
        Scene("lookup_why", MOVES, OFFLINE),
        Scene("lookup_unknown", UNKNOWN),
    )
