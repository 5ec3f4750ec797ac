"""Taking back in believable states: the list, a parcel, goods that went on, an approval, done."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.undo_screen import ACTS, LINES, STANDS
from ui.gallery.bench import OFFLINE, QUEUE, SSCC
from ui.gallery.scene import Scene

_LEAVE = Action("Esc", Intent.NO, text("key.leave"))
_BACK = Action("Esc", Intent.NO, text("key.step_back"))
_SHOW = Action("F10", Intent.MAIN, text("undo.key_show"), main=True)
_TAKE = Action("F10", Intent.MAIN, text("undo.key_take"), main=True)
_WHO = Fact(text("lookup.who"), text("case.plain", said="Anna Novak"))
_HERE, _SYNCED = text("undo.now_here"), text("undo.now_synced")


def _row(key: str, at: str, what: Text, now: Text, mark: Mark = Mark.NONE) -> Choice:
    day = "19" if at > "09:52" else "20"
    return Choice(key, (text("lookup.when", at=f"2026-11-{day}T{at}:00Z"), what, now), mark)


ROWS = (
    _row("a", "09:38", text("undo.did_ship", order="ORD-48213", n=10), _HERE),
    _row(
        "b",
        "09:21",
        text("undo.did_move", what="18 × Bamboo tray, large", place="B-11-1"),
        _HERE,
    ),
    _row(
        "c",
        "17:57",
        text("undo.did_receive", what="24 × Enamel mug, blue 350 ml"),
        _SYNCED,
    ),
    _row("d", "17:41", text("undo.did_count", place="A-02-5"), _SYNCED),
    _row(
        "e",
        "17:12",
        text("undo.did_adjust", what="12 × Tea towel, striped"),
        text("undo.now_asked"),
        Mark.DONE,
    ),
    _row(
        "f",
        "16:55",
        text("undo.did_dispatch", what="6 × Enamel mug, blue 350 ml"),
        text("undo.now_back"),
        Mark.DONE,
    ),
)
_NOW = Fact(text("undo.column_now"), _HERE)
PARCEL = (
    Fact(text("undo.label"), text("undo.label_said", sscc=SSCC)),
    Fact(text("undo.prints"), text("undo.prints_said", n=1)),
    Fact(text("undo.parcel"), text("undo.parcel_said", n=10)),
    Fact(text("undo.order"), text("undo.order_said")),
    Fact(text("undo.recorded"), text("undo.recorded_said", n=2)),
    _WHO,
    _NOW,
)


def _line(key: str, sku: str, item: str, units: int, *places: Text | str) -> Choice:
    return Choice(
        key, (text("undo.item", sku=sku, item=item), text("lookup.units", n=units), *places)
    )


_CUSTOMER, _BOX = text("undo.place_customer"), text("undo.place_parcel")
ACTED = ListView(text("undo.list"), ACTS, ROWS, len(ROWS), "a")
LIST = Screen(
    page=Page.UNDO,
    title=text("undo.title"),
    subtitle=text("lookup.fresh", at="2026-11-20T09:40:00Z", n=3),
    prompt=Prompt(Tone.ASK, "undo-2", text("undo.ask"), text("undo.ask_own")),
    scan_hint=text("scan.hint"),
    choices=ACTED,
    actions=(_LEAVE, _SHOW),
)
SHIPPED = replace(
    LIST,
    document="ORD-48213",
    prompt=Prompt(
        Tone.ASK,
        "scan-barcode",
        text("undo.scan_label"),
        text("undo.scan_label_detail", before="14:00"),
    ),
    choices=ListView(
        text("undo.reversed"),
        LINES,
        (
            _line("0", "SKU-10221", "Enamel mug, blue 350 ml", 2, _CUSTOMER, _BOX),
            _line("1", "SKU-10987", "Bamboo tray, large", 3, _CUSTOMER, _BOX),
            _line("2", "SKU-11450", "Tea towel, striped", 5, _CUSTOMER, _BOX),
        ),
        3,
    ),
    facts=PARCEL,
    actions=(
        _BACK,
        Action("F6", Intent.TASK, text("undo.key_return"), argument="return"),
        replace(_TAKE, enabled=False, why_not=text("undo.scan_label")),
    ),
)
MOVED = replace(
    SHIPPED,
    document="",
    prompt=Prompt(Tone.ASK, "undo-2", text("undo.confirm"), text("undo.confirm_detail")),
    choices=ListView(
        text("undo.reversed"),
        LINES,
        (_line("0", "SKU-10987", "Bamboo tray, large", 18, "B-11-1", "DOCK-1"),),
        1,
    ),
    facts=(Fact(text("undo.recorded"), text("undo.recorded_said", n=1)), _WHO, _NOW),
    actions=(_BACK, _TAKE),
)


def _barred(
    screen: Screen, why: Text, instead: Text, places: tuple[str, str], *keys: Action
) -> Screen:
    """Something that cannot be taken back: why, and what is done instead."""
    facts = (_WHO, Fact(text("undo.column_now"), _SYNCED))
    prompt = Prompt(Tone.WARN, "hand", why, instead)
    lines = (_line("0", "SKU-10987", "Bamboo tray, large", 18, *places),)
    choices = ListView(text("undo.reversed"), STANDS, lines, 1)
    return replace(screen, prompt=prompt, choices=choices, facts=facts, actions=(_BACK, *keys))


def undo_scenes() -> tuple[Scene, ...]:
    """All of them."""
    gone = _barred(
        MOVED,
        text("undo.gone", item="Bamboo tray, large", place="B-11-1"),
        text("undo.gone_detail", there=3, n=18),
        ("DOCK-1", "B-11-1"),
    )
    counted = _barred(
        replace(MOVED, document="CNT-204"),
        text("undo.counted"),
        text("undo.counted_detail", place="A-02-5"),
        ("A-02-5", "–"),
        Action("F10", Intent.MAIN, text("undo.key_count"), main=True),
    )
    limit = text("waits.over_quantity_limit")
    towels = _line(
        "0", "SKU-11450", "Tea towel, striped", 12, text("undo.place_adjustment"), "A-02-5"
    )
    waits = replace(
        MOVED,
        prompt=Prompt(
            Tone.WARN,
            "shield-alert",
            text("undo.confirm_waits"),
            text("undo.confirm_waits_detail"),
            limit,
        ),
        choices=ListView(text("undo.reversed"), LINES, (towels,), 1),
        facts=(Fact(text("undo.approval"), limit), *MOVED.facts),
        actions=(_BACK, replace(_TAKE, label=text("undo.key_ask"))),
    )
    done = replace(
        LIST,
        prompt=Prompt(
            Tone.OK,
            "undo-2",
            text("undo.done_ship", order="ORD-48213"),
            text("undo.done_ship_detail", sscc=SSCC),
        ),
        choices=replace(
            ACTED,
            rows=(
                _row(
                    "a",
                    "09:38",
                    text("undo.did_ship", order="ORD-48213", n=10),
                    text("undo.now_back"),
                    Mark.DONE,
                ),
                *ROWS[1:],
            ),
            chosen="b",
        ),
    )
    none = replace(
        LIST,
        prompt=Prompt(Tone.OK, "circle-check", text("undo.none"), text("undo.none_detail")),
        choices=ListView(text("undo.list"), ACTS, empty=text("undo.nothing_yet")),
        actions=(_LEAVE,),
    )
    slip = Screen(
        page=Page.HOME,
        title=text("home.title"),
        prompt=Prompt(
            Tone.ERROR,
            "octagon-x",
            text("home.order_shipped", order="ORD-48213"),
            text("home.order_closed_detail"),
            text("pack.ack_note"),
        ),
        scan_hint=text("scan.hint"),
        actions=(
            Action("F4", Intent.UNDO, text("key.take_back")),
            Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),
        ),
        queue=QUEUE,
        queue_total=5,
        locked=True,
    )
    return (
        Scene("home_finished", slip),
        Scene("undo", LIST),
        Scene("undo_shipped", SHIPPED),
        Scene("undo_move", MOVED, OFFLINE),
        Scene("undo_gone", gone),
        Scene("undo_count", counted),
        Scene("undo_waits", waits),
        Scene("undo_done", done),
        Scene("undo_none", none),
    )
