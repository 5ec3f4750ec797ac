"""Packing with several parcels, with lots, and what goes out only by somebody's right."""

from dataclasses import replace

from app.domain.text import text
from app.station.cases import Fact
from app.station.inbox import Intent, PrintState
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.pack_right import WEIGHT_REASONS
from app.station.screen import Action, LineState, Prompt, Screen, Tone
from ui.gallery.bench import HEAVY, LINES, PACKED, SSCC
from ui.gallery.packing import (
    BACK,
    HAND_OVER_KEYS,
    NEXT,
    TAKE_OUT,
    UNDO,
    WEIGH_AGAIN,
    label,
    pack,
)
from ui.gallery.scene import Scene

CONTENT = ListView(
    text("pack.content_list"),
    (
        ColumnView(text("ui.column_item")),
        ColumnView(text("ui.column_sku"), 12, code=True),
        ColumnView(text("pack.column_units"), 8),
    ),
    tuple(Choice(line.sku, (line.name, line.sku, str(line.wanted))) for line in LINES),
    len(LINES),
)
PARCELS = ListView(
    text("pack.parcels_list"),
    (
        ColumnView(text("pack.column_parcel"), 10),
        ColumnView(text("pack.column_units"), 8),
        ColumnView(text("pack.column_state")),
    ),
    (
        Choice(
            "1",
            (
                text("pack.parcel_n", n=1),
                text("pack.units", n=3),
                text("pack.parcel_sealed", sscc=SSCC),
            ),
            Mark.DONE,
        ),
        Choice(
            "2",
            (text("pack.parcel_n", n=2), text("pack.units", n=2), text("pack.parcel_in_hand")),
        ),
        Choice("3", (text("pack.parcel_n", n=3), text("pack.units", n=0), text("pack.parcel_new"))),
    ),
    3,
    "1",
)
NOTE = text("pack.flag", note="Gift: wrap the mugs, leave the invoice out")
SECOND = replace(
    NEXT,
    subtitle=text("pack.subtitle_parcel", carrier="DPD Classic", before="14:00", n=2),
    prompt=replace(
        NEXT.prompt,
        detail=text("pack.take_into", sku="SKU-10987", place="B-11-1", left=1, n=2),
        done=4,
    ),
    done=4,
    flag=NOTE,
    lines=(
        replace(LINES[0], note=text("pack.in_parcels", where="P1:2")),
        replace(LINES[1], done=2, note=text("pack.in_parcels", where="P1:1 P2:1")),
        *LINES[2:],
    ),
)


def _listed(screen: Screen, shown: ListView, actions: tuple[Action, ...]) -> Screen:
    return replace(screen, choices=shown, actions=actions)


def _reasons(words: tuple[str, ...]) -> tuple[Action, ...]:
    return tuple(
        Action(str(n), Intent.REASON, text(f"pack.why_{word}"), argument=word)
        for n, word in enumerate(words, 1)
    )


def _parcel_scenes() -> tuple[Scene, ...]:
    which = Prompt(Tone.ASK, "package", text("pack.parcels"), text("pack.parcels_detail"))
    out = Prompt(
        Tone.OK,
        "package-open",
        text("pack.taken_out", item="Bamboo tray, large", place="B-11-1"),
        text("pack.take_out_detail"),
    )
    on = Prompt(
        Tone.OK,
        "package-check",
        text("pack.label_on", n=1),
        text("pack.label_on_detail", sscc=SSCC, n=2),
    )
    parcel_keys = (
        Action("1", Intent.NEXT, text("key.box_full")),
        TAKE_OUT,
        UNDO,
        BACK,
        Action("F10", Intent.MAIN, text("key.open_parcel", n=1), main=True),
    )
    done = Action("F10", Intent.MAIN, text("key.taken_out"), main=True)
    inside = tuple(
        Fact(text("pack.units", n=n), text("case.plain", said=line.name))
        for n, line in zip((2, 1), LINES, strict=False)
    )
    return (
        Scene("pack_second_parcel", SECOND),
        Scene(
            "pack_parcels",
            replace(_listed(pack(1, 5, which), PARCELS, parcel_keys), facts=inside),
        ),
        Scene("pack_take_out", _listed(pack(1, 9, out), CONTENT, (UNDO, done))),
        Scene(
            "pack_label_on",
            label(
                on,
                PrintState.PRINTED,
                (
                    *HAND_OVER_KEYS[:-1],
                    replace(HAND_OVER_KEYS[-1], label=text("key.next_parcel", n=2)),
                ),
            ),
        ),
    )


def _doubt_scenes() -> tuple[Scene, ...]:
    """The weight is odd: what should be in the box, and by whose right it goes."""
    check = Prompt(Tone.WARN, "package-open", text("pack.check", n=1), text("pack.check_detail"))
    why = Prompt(Tone.WARN, "circle-help", text("pack.why"), text("pack.why_weight"))
    return (
        Scene(
            "pack_check",
            _listed(pack(2, 10, check), CONTENT, (WEIGH_AGAIN, TAKE_OUT, UNDO, BACK)),
            reading=HEAVY,
        ),
        Scene("pack_why", replace(pack(2, 10, why), actions=(*_reasons(WEIGHT_REASONS), BACK))),
    )


def _lot_scenes() -> tuple[Scene, ...]:
    name, until = "Glass jar with cork lid, 1 l", "2026-12-04"
    take = text("pack.take_lot", place="C-07-3", lot="L-2291", best_on=until, left=4)
    later = text("pack.packed_later_lot", item=name, lot="L-2291", best_on=until)
    following = text("pack.next_item", item=name, place="C-07-3", left=3)
    jars = replace(
        pack(1, 6, Prompt(Tone.ASK, "scan-barcode", text("pack.scan_item", item=name), take)),
        lines=(*PACKED[:3], replace(LINES[3], state=LineState.CURRENT)),
        current=4,
    )
    expired = replace(
        jars.prompt,
        tone=Tone.ERROR,
        icon="octagon-x",
        title=text("pack.expired"),
        detail=text(
            "pack.expired_take",
            item=name,
            lot="L-2187",
            best_on="2026-11-12",
            better="L-2291",
            place="C-07-3",
        ),
        note=text("pack.expired_note"),
    )
    keys = (
        Action("1", Intent.OVERRIDE, text("key.pack_anyway")),
        Action("F9", Intent.ACKNOWLEDGE, text("key.put_aside"), main=True),
    )
    hint = replace(
        jars.prompt, tone=Tone.WARN, icon="triangle-alert", title=later, detail=following, done=7
    )
    return (
        Scene("pack_lot", jars),
        Scene("pack_later_lot", replace(jars, prompt=hint, done=7)),
        Scene("pack_expired", replace(jars, prompt=expired, actions=keys, locked=True)),
    )


def parcel_scenes() -> tuple[Scene, ...]:
    """What one parcel of one lot does not show."""
    return (*_lot_scenes(), *_parcel_scenes(), *_doubt_scenes())
