"""Transfers in believable states: the list, loading, a wrong piece, arriving, missing goods."""

from dataclasses import replace

from app.domain.text import text
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
from app.station.transfer_screen import LIST
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_UNDO = Action("F4", Intent.UNDO, text("key.undo"))
_DAMAGED = Action("F6", Intent.DAMAGED, text("key.damaged"))
_QUANTITY = Action("F7", Intent.QUANTITY, text("key.quantity"))
_PAUSE = Action("F8", Intent.PAUSE, text("key.pause_task"))
_LOADED = Action("F10", Intent.MAIN, text("key.transfer_shipped"), main=True)
_ALL = Action("F10", Intent.MAIN, text("key.transfer_received"), main=True)
_UNITS = text("transfer.units")


def _lines(*done: int) -> tuple[LineView, ...]:
    rows = (
        ("SKU-10221", "Enamel mug, blue 350 ml", "A-04-2", 24),
        ("SKU-10987", "Bamboo tray, large", "B-11-1", 12),
        ("SKU-11450", "Tea towel, striped", "A-02-5", 40),
    )
    current = next((n for n, row in enumerate(rows) if done[n] < row[3]), -1)
    states = {True: LineState.CURRENT, False: LineState.OPEN}
    return tuple(
        LineView(
            n + 1,
            sku,
            name,
            place,
            done[n],
            wanted,
            LineState.DONE if done[n] >= wanted else states[n == current],
        )
        for n, (sku, name, place, wanted) in enumerate(rows)
    )


def _page(here: int, prompt: Prompt, done: int, *keys: Action) -> Screen:
    states = (StepState.DONE, StepState.CURRENT, StepState.TODO)
    lines = _lines(24, min(done - 24, 12), max(done - 36, 0)) if here else ()
    return Screen(
        page=Page.TRANSFER,
        title=text("transfer.title"),
        document="TR-5001" if here else "",
        steps=tuple(
            Step(text(f"transfer.step_{name}"), states[(place >= here) + (place > here)])
            for place, name in enumerate(("choose", "scan", "finish"))
        ),
        prompt=replace(prompt, done=done, total=76, unit=_UNITS) if here else prompt,
        done=done,
        total=76,
        scan_hint=text("scan.hint"),
        lines=lines,
        current=next((one.line for one in lines if one.state is LineState.CURRENT), None),
        actions=keys,
    )


CHOOSE = replace(
    _page(
        0,
        Prompt(Tone.ASK, "inbox", text("transfer.title_choose"), text("transfer.want_choose")),
        0,
        Action("Esc", Intent.NO, text("key.leave")),
        Action("F10", Intent.MAIN, text("key.open"), main=True),
    ),
    choices=ListView(
        text("transfer.list"),
        LIST,
        (
            Choice("TR-5001", ("TR-5001", text("transfer.row_ship", other="HAM", n=76), "14:00")),
            Choice(
                "TR-4987",
                ("TR-4987", text("transfer.row_receive", other="LEJ", n=12), "16:30"),
                Mark.PAUSED,
            ),
        ),
        2,
        "TR-5001",
    ),
)
SHIP = replace(
    _page(
        1,
        Prompt(
            Tone.OK,
            "circle-check",
            text("transfer.shipped", item="Bamboo tray, large", n=6),
            text("transfer.want_ship"),
        ),
        30,
        _UNDO,
        _QUANTITY,
        _PAUSE,
        _LOADED,
    ),
    subtitle=text("transfer.to_from", other="HAM", place="B-11-1"),
)
WRONG = replace(
    SHIP,
    prompt=replace(
        SHIP.prompt,
        tone=Tone.ERROR,
        icon="octagon-x",
        title=text("transfer.not_asked", item="Bamboo tray, small"),
        detail=text("transfer.not_asked_detail", code="02900000000056"),
        note=text("pack.ack_note"),
    ),
    actions=(Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),),
    locked=True,
)
RECEIVE = replace(
    SHIP,
    document="TR-4987",
    lines=tuple(replace(line, place="") for line in SHIP.lines),
    subtitle=text("transfer.from_to", other="LEJ", place="C-07-3"),
    prompt=replace(
        SHIP.prompt,
        tone=Tone.WARN,
        icon="triangle-alert",
        title=text("transfer.next_damaged"),
        detail=text("transfer.want_receive"),
    ),
    actions=(_UNDO, _DAMAGED, _QUANTITY, _PAUSE, _ALL),
)
MISSING = replace(
    _page(
        2,
        Prompt(
            Tone.WARN,
            "triangle-alert",
            text("transfer.ask_missing", n=46),
            text("transfer.want_missing"),
        ),
        30,
        *(
            Action(str(n), Intent.REASON, text(f"transfer.way_{word}"), argument=word)
            for n, word in enumerate(("later", "missing", "never_left", "lost"), 1)
        ),
        Action("Esc", Intent.NO, text("key.back")),
    ),
    document="TR-4987",
    lines=RECEIVE.lines,
    subtitle=text("transfer.from_to", other="LEJ", place="C-07-3"),
)


def transfer_scenes() -> tuple[Scene, ...]:
    """The transfer task."""
    return (
        Scene("transfer_choose", CHOOSE),
        Scene("transfer_ship", SHIP),
        Scene("transfer_wrong", WRONG),
        Scene("transfer_receive", RECEIVE, OFFLINE),
        Scene("transfer_missing", MISSING),
    )
