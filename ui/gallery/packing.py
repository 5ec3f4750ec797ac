"""The Pack page, as the values the station would announce."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station.inbox import Intent, PrintState
from app.station.pack_correct import DAMAGED_REASONS
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
WEIGH_AGAIN = Action("1", Intent.YES, text("key.weigh_again"), main=True)
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
    Action("1", Intent.REASON, text("reports.packing_slip"), argument="packing_slip"),
    Action("F4", Intent.UNDO, text("key.unseal")),
    Action("F6", Intent.REPRINT, text("key.reprint"), argument="damaged_label"),
    PAUSE,
    Action("F10", Intent.MAIN, text("key.hand_over"), main=True),
)


def label(prompt: Prompt, state: str, actions: tuple[Action, ...]) -> Screen:
    """The page with the label that is printed, or was."""
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
    off_keys = (
        WEIGH_AGAIN,
        Action("2", Intent.NEXT, text("key.check_box")),
        Action("3", Intent.OVERRIDE, text("key.override")),
        UNDO,
    )
    return (
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
        Scene("pack_label", label(printing, PrintState.WAITING, (PAUSE,))),
        Scene("pack_label_unknown", label(unknown, PrintState.UNKNOWN, there), OFFLINE),
        Scene("pack_hand_over", label(over, PrintState.PRINTED, HAND_OVER_KEYS)),
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


def packing_scenes() -> tuple[Scene, ...]:
    """From the first scan to the hand-over of one parcel."""
    return (*_pack_scenes(), *_weigh_scenes(), *_label_scenes())
