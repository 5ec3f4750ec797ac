"""The Pack page, as the values the station would announce."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station.cases import Fact
from app.station.inbox import Intent, PrintState
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.pack_correct import DAMAGED_REASONS
from app.station.pack_right import WEIGHT_REASONS
from app.station.screen import (
    Action,
    LineState,
    LineView,
    Page,
    Prompt,
    Screen,
    Tone,
    WeighView,
    trail,
)
from ui.gallery.bench import (
    BOXES,
    EXPECTED,
    HEAVY,
    LABEL,
    LINES,
    MOVING,
    OFFLINE,
    PACKED,
    SETTLED,
    SSCC,
)
from ui.gallery.scene import Scene

_STEPS = ("step.choose", "step.scan", "step.weigh", "step.label")


def pack(step: int, done: int, prompt: Prompt) -> Screen:
    """A page of the order of the mock-ups, with the counter in its prompt."""
    counted = replace(prompt, done=done, total=10, unit=text("pack.units_packed"))
    return Screen(
        page=Page.PACK,
        title=text("pack.title"),
        document="ORD-48213",
        subtitle=text("pack.subtitle", carrier="DPD Classic", before="14:00"),
        steps=trail(map(text, _STEPS), step),
        done=done,
        total=10,
        prompt=counted,
        scan_hint=text("scan.hint"),
        lines=LINES if done < 10 else PACKED,
        current=2 if done < 10 else None,
        actions=SCAN_KEYS,
    )


UNDO = Action("F4", Intent.UNDO, text("key.undo"))
PAUSE = Action("F8", Intent.PAUSE, text("key.pause"))
ACKNOWLEDGE = Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True)
BACK = Action("Esc", Intent.NO, text("key.back"))
TAKE_OUT = Action("2", Intent.TAKE_OUT, text("key.take_out"))
SCAN_KEYS = (
    UNDO,
    Action("F5", Intent.NEXT, text("key.parcels")),
    Action("F6", Intent.SHORT, text("key.short")),
    Action("F7", Intent.QUANTITY, text("key.quantity")),
    PAUSE,
    Action(
        "F10",
        Intent.MAIN,
        text("key.weigh"),
        enabled=False,
        why_not=text("pack.units_missing", quantity=7),
        main=True,
    ),
)
NEXT = pack(
    1,
    3,
    Prompt(
        Tone.ASK,
        "scan-barcode",
        text("pack.scan_item", item="Bamboo tray, large"),
        text("pack.take", sku="SKU-10987", place="B-11-1", left=2, wanted=3),
    ),
)


def error(screen: Screen, title: Text, detail: Text) -> Screen:
    """`screen` in its error form: one way out, nothing else."""
    prompt = replace(
        screen.prompt,
        tone=Tone.ERROR,
        icon="octagon-x",
        title=title,
        detail=detail,
        note=text("pack.ack_note"),
    )
    return replace(screen, prompt=prompt, actions=(ACKNOWLEDGE,), locked=True)


WRONG = error(
    NEXT,
    text("pack.wrong_item"),
    text(
        "pack.wrong_item_detail",
        sku="SKU-20444",
        item="Bamboo tray, small",
        wanted_sku="SKU-10987",
        wanted="Bamboo tray, large",
    ),
)
HERE = 2_481  # the line of the long order that is worked on


def _many_lines() -> tuple[LineView, ...]:
    states = (LineState.OPEN, LineState.CURRENT, LineState.DONE)
    return tuple(
        LineView(
            number,
            f"SKU-{10_000 + number}",
            f"Fastener M{number % 12 + 3}, stainless steel, bag of {number % 7 * 10 + 10}",
            f"D-{number % 40:02d}-{number % 6}",
            3 if number < HERE else 0,
            3,
            states[(number <= HERE) + (number < HERE)],
        )
        for number in range(1, 5_001)
    )


LONG_NAME = (
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenhalterung, emailliert, "
    "mit Wandbefestigung und Zubehör, kobaltblau"
)
LONG = replace(
    NEXT,
    prompt=replace(
        NEXT.prompt, title=text("pack.scan_item", item=LONG_NAME), done=7_440, total=15_000
    ),
    lines=_many_lines(),
    current=HERE,
    done=7_440,
    total=15_000,
)


def _weigh(prompt: Prompt, actions: tuple[Action, ...]) -> Screen:
    return replace(
        pack(2, 10, prompt),
        weigh=WeighView(EXPECTED, None),
        boxes=BOXES,
        actions=actions,
    )


HAND_OVER_KEYS = (
    Action("F4", Intent.UNDO, text("key.unseal")),
    Action("F6", Intent.REPRINT, text("key.reprint"), argument="damaged_label"),
    PAUSE,
    Action("F10", Intent.MAIN, text("key.hand_over"), main=True),
)


def _label(prompt: Prompt, state: str, actions: tuple[Action, ...]) -> Screen:
    return replace(pack(3, 10, prompt), label=replace(LABEL, state=state), actions=actions)


def _weigh_scenes() -> tuple[Scene, ...]:
    asked = Prompt(Tone.ASK, "scale", text("weigh.title"), text("weigh.detail"))
    keys = (
        UNDO,
        Action("F7", Intent.OVERRIDE, text("key.no_scale"), argument="no_scale"),
        PAUSE,
        Action("F10", Intent.MAIN, text("key.take_weight"), main=True),
    )
    off = Prompt(Tone.WARN, "scale", text("weigh.off"), text("weigh.off_detail"))
    again = Action("1", Intent.YES, text("key.weigh_again"), main=True)
    off_keys = (
        again,
        Action("2", Intent.NEXT, text("key.check_box")),
        Action("3", Intent.OVERRIDE, text("key.override")),
        UNDO,
    )
    check = Prompt(Tone.WARN, "package-open", text("pack.check", n=1), text("pack.check_detail"))
    why = Prompt(Tone.WARN, "circle-help", text("pack.why"), text("pack.why_weight"))
    return (
        Scene(
            "pack_check",
            _listed(pack(2, 10, check), CONTENT, (again, TAKE_OUT, UNDO, BACK)),
            reading=HEAVY,
        ),
        Scene("pack_why", replace(pack(2, 10, why), actions=(*_reasons(WEIGHT_REASONS), BACK))),
        Scene("pack_weigh_moving", _weigh(asked, keys), reading=MOVING),
        Scene("pack_weigh", _weigh(asked, keys), reading=SETTLED),
        Scene("pack_weigh_off", _weigh(off, off_keys), reading=HEAVY),
    )


def _label_scenes() -> tuple[Scene, ...]:
    printing = Prompt(Tone.BUSY, "printer", text("label.printing"), text("label.sscc", sscc=SSCC))
    unknown = Prompt(
        Tone.WARN,
        "printer",
        text("label.unknown"),
        text("label.unknown_detail"),
        text("label.unknown_note"),
    )
    over = Prompt(
        Tone.OK,
        "package-check",
        text("pack.hand_over"),
        text("pack.hand_over_detail", carrier="DPD Classic", sscc=SSCC),
    )
    there = (
        Action("1", Intent.YES, text("key.label_there"), main=True),
        Action("2", Intent.NO, text("key.label_missing")),
    )
    return (
        Scene("pack_label", _label(printing, PrintState.WAITING, (PAUSE,))),
        Scene("pack_label_unknown", _label(unknown, PrintState.UNKNOWN, there), OFFLINE),
        Scene("pack_hand_over", _label(over, PrintState.PRINTED, HAND_OVER_KEYS)),
    )


def _pack_scenes() -> tuple[Scene, ...]:
    ok = replace(
        NEXT.prompt,
        tone=Tone.OK,
        icon="circle-check",
        title=text("pack.packed", item="Bamboo tray, large"),
        detail=text("pack.next_item", item="Bamboo tray, large", place="B-11-1", left=1),
        done=4,
    )
    counted = (LINES[0], replace(LINES[1], done=2), *LINES[2:])
    short = Prompt(
        Tone.WARN,
        "circle-help",
        text("pack.short"),
        text("pack.short_detail", item="Bamboo tray, large", left=2),
        None,
        3,
        10,
        text("pack.units_packed"),
    )
    short_keys = (
        Action("1", Intent.SHORT, text("key.not_there")),
        Action("2", Intent.REASON, text("pick.key_not_reached"), argument="not_reached"),
        *(
            Action(str(n), Intent.REASON, text(f"pack.as_{word}"), argument=word)
            for n, word in enumerate(DAMAGED_REASONS, 3)
        ),
        BACK,
    )
    all_in = Prompt(Tone.OK, "circle-check", text("pack.all_in"), text("pack.all_in_next"))
    ready = (*SCAN_KEYS[:-1], replace(SCAN_KEYS[-1], enabled=True, why_not=None))
    return (
        Scene("pack_next", NEXT),
        Scene("pack_ok", replace(NEXT, prompt=ok, done=4, lines=counted), OFFLINE),
        Scene("pack_wrong", WRONG, OFFLINE),
        Scene("pack_barred_key", NEXT, keys=("F10",)),
        Scene("pack_quantity", NEXT, overlay="quantity", keys=("1", "2")),
        Scene("pack_short", replace(NEXT, prompt=short, actions=short_keys)),
        Scene("pack_all_in", replace(pack(1, 10, all_in), actions=ready)),
        Scene("pack_5000_lines", LONG),
    )  # fmt: skip


# ---------------------------------------------------------------------------------- several parcels

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
            _label(
                on,
                PrintState.PRINTED,
                (
                    *HAND_OVER_KEYS[:-1],
                    replace(HAND_OVER_KEYS[-1], label=text("key.next_parcel", n=2)),
                ),
            ),
        ),
    )


# --------------------------------------------------------------------------------------------- lots


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


def packing_scenes() -> tuple[Scene, ...]:
    """From the first scan to the hand-over."""
    return (
        *_pack_scenes(),
        *_lot_scenes(),
        *_parcel_scenes(),
        *_weigh_scenes(),
        *_label_scenes(),
    )
