"""Receiving in believable states: the list, a unit taken in, too many, a lot asked for, the end."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station import goods_list, receive_close
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import (
    Action,
    LineState,
    LineView,
    Page,
    Prompt,
    Screen,
    Step,
    StepState,
    Tone,
)
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_STEPS = ("receive.step_choose", "receive.step_scan", "receive.step_close")
_PAUSE = Action("F8", Intent.PAUSE, text("goods.key_pause"))
_ASIDE = Action("Esc", Intent.NO, text("goods.key_aside"))
_LINES = (
    LineView(1, "SKU-10221", "Enamel mug, blue, 350 ml", "A-04-2", 24, 24, LineState.DONE),
    LineView(
        2,
        "SKU-10987",
        "Bamboo tray, large",
        "B-11-1",
        7,
        12,
        LineState.CURRENT,
        note=text("receive.note_damaged", n=1),
    ),
    LineView(3, "SKU-30100", "Plum jam, 250 g", "D-02-1", 0, 48, LineState.OPEN),
    LineView(4, "SKU-30200", "Cordless drill", "E-01-3", 0, 6, LineState.OPEN),
)


def _receive(step: int, prompt: Prompt, *actions: Action, **more: object) -> Screen:
    states = (StepState.DONE, StepState.CURRENT, StepState.TODO)
    screen = Screen(
        page=Page.RECEIVE,
        title=text("receive.title"),
        document="ASN-7001",
        subtitle=text("receive.subtitle_due", party="Nordkeramik GmbH", due="10:30", dock="DOCK-1"),
        steps=tuple(
            Step(Text(code), states[(place >= step) + (place > step)])
            for place, code in enumerate(_STEPS)
        ),
        done=31,
        total=90,
        prompt=prompt,
        scan_hint=text("scan.hint"),
        lines=_LINES,
        current=2,
        actions=actions,
    )
    return replace(screen, **more)  # type: ignore[arg-type]  # fields of Screen, checked by tests


def _counted(prompt: Prompt) -> Prompt:
    return replace(prompt, done=31, total=90, unit=text("receive.units_received"))


_SCANNING = (
    Action("F4", Intent.UNDO, text("key.undo")),
    Action("F6", Intent.DAMAGED, text("receive.key_damaged")),
    Action("F7", Intent.QUANTITY, text("key.quantity")),
    _PAUSE,
    Action("F10", Intent.MAIN, text("receive.key_close"), main=True),
)
_CHOICES = ListView(
    text("goods.list"),
    goods_list.COLUMNS,
    (
        Choice(
            "ASN-6990",
            ("ASN-6990", "Weberei Süd", "08:00", text("goods.units", n=120)),
            Mark.URGENT,
        ),
        Choice(
            "ASN-7001",
            ("ASN-7001", "Nordkeramik GmbH", "10:30", text("goods.units", n=90)),
            Mark.PAUSED,
        ),
        Choice("ASN-7004", ("ASN-7004", "Holz & Co", "14:00", text("goods.units", n=600))),
        Choice("PO-55120", ("PO-55120", "Seifenhaus", "", text("goods.units", n=1))),
    ),
    total=4,
    chosen="ASN-7001",
)
_LIST = _receive(
    0,
    Prompt(Tone.ASK, "scan-barcode", text("receive.choose"), text("receive.choose_detail")),
    Action("Esc", Intent.HOME, text("key.leave")),
    Action("F7", Intent.BLIND, text("goods.key_blind")),
    Action("F10", Intent.MAIN, text("goods.key_open"), main=True),
    document="",
    subtitle=text("receive.list_subtitle", n=4),
    done=0,
    total=0,
    lines=(),
    current=None,
    choices=_CHOICES,
)
_TAKEN = Prompt(
    Tone.OK,
    "circle-check",
    text("receive.taken", item="Bamboo tray, large", quantity=6),
    text("receive.next", dock="DOCK-1"),
)
_HOW_MANY = Prompt(
    Tone.ASK,
    "hash",
    text("pack.armed", quantity=12),
    None,
    text("floor.last_was", item="Bamboo tray, large", n=12, was=1),
)
_LOT = Prompt(
    Tone.ASK,
    "scan-barcode",
    text("receive.ask_lot", item="Plum jam, 250 g"),
    text("receive.want_lot"),
    text("receive.same_lot", lot="L-2611"),
)
_OVER = Prompt(
    Tone.WARN,
    "triangle-alert",
    text("receive.over", n=2),
    text("receive.over_detail", item="Enamel mug, blue, 350 ml", n=2),
    text("receive.want_over"),
)
_UNKNOWN = Prompt(
    Tone.ERROR,
    "circle-help",
    text("receive.unknown"),
    text("receive.unknown_detail", code="4006381333931"),
    text("receive.unknown_note"),
)
_CLOSING = Prompt(
    Tone.WARN,
    "circle-help",
    text("receive.closing"),
    text("receive.closing_detail"),
    text("receive.want_closing"),
)
_DIFFERENCES = ListView(
    text("receive.differences"),
    receive_close.COLUMNS,
    (
        Choice(
            "2",
            (
                "SKU-10987",
                "Bamboo tray, large",
                text("receive.diff_both", short=5, damaged=1),
            ),
            Mark.URGENT,
        ),
        Choice(
            "3",
            ("SKU-30100", "Plum jam, 250 g", text("receive.diff_short", n=48, wanted=48)),
            Mark.URGENT,
        ),
        Choice(
            "SKU-11450",
            ("SKU-11450", "Tea towel, striped", text("receive.diff_stray", n=2)),
            Mark.WRONG,
        ),
    ),
    total=3,
)


def receive_scenes() -> tuple[Scene, ...]:
    """Pictures of the Receive page."""
    same = Action("F10", Intent.MAIN, text("receive.key_same_lot"), main=True)
    over = Action("F9", Intent.ACKNOWLEDGE, text("receive.key_over"), main=True)
    closing = _receive(
        2,
        _counted(_CLOSING),
        Action("1", Intent.YES, text("receive.key_later")),
        Action("2", Intent.SHORT, text("receive.key_short")),
        Action("Esc", Intent.NO, text("key.back")),
        lines=(),
        choices=_DIFFERENCES,
    )
    was = Action("F10", Intent.MAIN, text("key.last_was", n=12), main=True)
    unknown = Action("1", Intent.YES, text("receive.key_unknown"))
    link = Action("2", Intent.REASON, text("receive.key_link"), argument="link")
    return (
        Scene("receive_list", _LIST),
        Scene("receive_taken", _receive(1, _counted(_TAKEN), *_SCANNING)),
        Scene("receive_how_many", _receive(1, _counted(_HOW_MANY), *_SCANNING[:-1], was)),
        Scene("receive_lot", _receive(1, _LOT, _ASIDE, _PAUSE, same), OFFLINE),
        Scene("receive_over", _receive(1, _OVER, over, _ASIDE, _PAUSE)),
        Scene("receive_unknown", _receive(1, _UNKNOWN, unknown, link, _ASIDE, _PAUSE)),
        Scene("receive_closing", closing),
    )
