"""Exceptions in believable states."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station import exceptions_screen
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_BACK = Action("Esc", Intent.NO, text("key.step_back"))


def _n(count: int) -> Text:
    return text("lookup.units", n=count)


def _screen(prompt: Prompt, rows: ListView, *actions: Action) -> Screen:
    return Screen(
        page=Page.EXCEPTIONS,
        title=text("exceptions.title"),
        subtitle=text("lookup.fresh", at="2026-11-20T09:40:00Z", n=1),
        prompt=prompt,
        scan_hint=text("scan.hint"),
        choices=rows,
        actions=actions,
    )


CAUSES = _screen(
    Prompt(Tone.ASK, "triangle-alert", text("exceptions.ask"), text("exceptions.ask_detail")),
    ListView(
        text("exceptions.causes"),
        exceptions_screen.CAUSE_COLUMNS,
        (
            Choice(
                "packed_twice",
                (text("cause.packed_twice"), _n(1), text("exceptions.by_over")),
                Mark.WRONG,
            ),
            Choice(
                "negative_balance",
                (text("cause.negative_balance"), _n(7), text("exceptions.by_min", n=42)),
                Mark.URGENT,
            ),
            Choice(
                "over_receipt", (text("cause.over_receipt"), _n(2), text("exceptions.by_h", n=3))
            ),
            Choice(
                "count_differs",
                (text("cause.count_differs"), _n(12), text("exceptions.by_h", n=21)),
            ),
        ),
        4,
        "packed_twice",
    ),
    Action("Esc", Intent.NO, text("key.leave")),
    Action("F10", Intent.MAIN, text("key.open"), main=True),
)
ROWS = replace(
    _screen(
        Prompt(
            Tone.ASK,
            "triangle-alert",
            text("cause.packed_twice"),
            text(
                "ui.sentence",
                sentence="Order ORD-48213 was packed at two stations: line 2 has 4 packed, 3 "
                "ordered. Stop the second parcel before it leaves and put its goods back.",
            ),
        ),
        ListView(
            text("exceptions.of_cause"),
            exceptions_screen.ROW_COLUMNS,
            (
                Choice("x-1", ("ORD-48213", "Anna Novak", text("exceptions.by_over")), Mark.WRONG),
                Choice(
                    "x-2",
                    ("ORD-48220", text("exceptions.nobody"), text("exceptions.by_min", n=42)),
                    Mark.WAITING,
                ),
            ),
            2,
            "x-1",
        ),
        Action("1", Intent.TASK, text("way.unpack_surplus"), argument="unpack_surplus"),
        Action("2", Intent.TASK, text("way.send_new_version"), argument="send_new_version"),
        Action("3", Intent.TASK, text("way.close_with_note"), argument="close_with_note"),
        _BACK,
        Action("F6", Intent.WITHDRAW, text("key.note")),
        Action("F7", Intent.REJECT, text("key.hand_to")),
        Action("F10", Intent.MAIN, text("key.take_it"), main=True),
    ),
    facts=(
        Fact(text("exceptions.column_by"), text("exceptions.by_over")),
        Fact(text("exceptions.severity"), text("exceptions.escalated_high")),
        Fact(text("exceptions.column_owner"), text("case.plain", said="Anna Novak")),
        Fact(text("exceptions.seen"), text("exceptions.times", n=3)),
        Fact(text("exceptions.column_document"), text("case.plain", said="ORD-48213")),
        Fact(
            text("exceptions.story"),
            text("exceptions.recorded", name="Jo Okafor", at="2026-11-20T09:31:00Z"),
        ),
        Fact(
            text("case.plain", said="SKU-10987"),
            text("lookup.way", n=3, source="B-11-1", target="parcel/P-118"),
        ),
    ),
)
CLOSING = replace(
    ROWS,
    prompt=Prompt(
        Tone.ASK,
        "triangle-alert",
        text("exceptions.ask_close"),
        text("exceptions.ask_note_detail"),
        text("exceptions.offline"),
    ),
    actions=(
        *(
            Action(str(n), Intent.REASON, text(f"exceptions.note_{word}"), argument=word)
            for n, word in enumerate(("put_right", "counted", "carrier", "nothing"), 1)
        ),
        _BACK,
    ),
)
DONE = replace(
    ROWS,
    prompt=Prompt(
        Tone.OK,
        "circle-check",
        text("exceptions.done_take", name="Anna Novak"),
        text("exceptions.sent"),
    ),
)
NONE = _screen(
    Prompt(Tone.OK, "circle-check", text("exceptions.none"), text("exceptions.none_detail")),
    ListView(
        text("exceptions.causes"),
        exceptions_screen.CAUSE_COLUMNS,
        empty=text("exceptions.none_detail"),
    ),
    Action("Esc", Intent.NO, text("key.leave")),
)


def exception_scenes() -> tuple[Scene, ...]:
    """All of them."""
    return (
        Scene("exceptions", CAUSES),
        Scene("exceptions_of_cause", ROWS),
        Scene("exceptions_close", CLOSING, OFFLINE),
        Scene("exceptions_taken", DONE),
        Scene("exceptions_none", NONE),
    )
