"""Every page in believable states, as the values the station would announce."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station import menu
from app.station.inbox import Intent, PrintState
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
    WeighView,
)
from ui.gallery import cases
from ui.gallery.approvals import approval_scenes
from ui.gallery.audit import audit_scenes
from ui.gallery.bench import (
    ATTENTION,
    BOXES,
    EXPECTED,
    HEAVY,
    LABEL,
    LINES,
    MOVING,
    OFFLINE,
    ONLINE,
    PACKED,
    QUEUE,
    SETTLED,
    SSCC,
)
from ui.gallery.boards import board_scenes
from ui.gallery.claims import claim_scenes
from ui.gallery.counts import count_scenes
from ui.gallery.door import door_scenes
from ui.gallery.exceptions import exception_scenes
from ui.gallery.goodsin import receive_scenes
from ui.gallery.looking import looking_scenes
from ui.gallery.moving import moving_scenes
from ui.gallery.picking import picking_scenes
from ui.gallery.plans import plan_scenes
from ui.gallery.returned import return_scenes
from ui.gallery.scene import Scene
from ui.gallery.setup import setup_scenes
from ui.gallery.transfers import transfer_scenes
from ui.gallery.undoing import undo_scenes


def _steps(here: int) -> tuple[Step, ...]:
    states = (StepState.DONE, StepState.CURRENT, StepState.TODO)
    names = ("step.choose", "step.scan", "step.weigh", "step.label")
    return tuple(
        Step(text(name), states[(place >= here) + (place > here)])
        for place, name in enumerate(names)
    )


def pack(step: int, done: int, prompt: Prompt) -> Screen:
    """A page of the order of the mock-ups, with the counter in its prompt."""
    counted = replace(prompt, done=done, total=10, unit=text("pack.units_packed"))
    return Screen(
        page=Page.PACK,
        title=text("pack.title"),
        document="ORD-48213",
        subtitle=text("pack.subtitle", carrier="DPD", before="14:00"),
        steps=_steps(step),
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
SCAN_KEYS = (
    UNDO,
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
    off = Prompt(
        Tone.WARN, "scale", text("weigh.off"), text("weigh.off_detail"), text("weigh.off_note")
    )
    off_keys = (
        Action("1", Intent.YES, text("key.weigh_again"), main=True),
        Action("2", Intent.UNDO, text("key.undo")),
        Action("3", Intent.OVERRIDE, text("key.override"), False, text("weigh.no_right")),
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
        text("pack.hand_over_detail", carrier="DPD", sscc=SSCC),
    )
    there = (
        Action("1", Intent.YES, text("key.label_there"), main=True),
        Action("2", Intent.NO, text("key.label_missing")),
    )
    done = (
        Action("F4", Intent.UNDO, text("key.unseal")),
        Action("F6", Intent.REPRINT, text("key.reprint"), argument="damaged_label"),
        PAUSE,
        Action("F10", Intent.MAIN, text("key.hand_over"), main=True),
    )
    return (
        Scene("pack_label", _label(printing, PrintState.WAITING, (PAUSE,))),
        Scene("pack_label_unknown", _label(unknown, PrintState.UNKNOWN, there), OFFLINE),
        Scene("pack_hand_over", _label(over, PrintState.PRINTED, done)),
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
        text("pack.short_note"),
        3,
        10,
        text("pack.units_packed"),
    )
    short_keys = (
        Action("1", Intent.SHORT, text("key.not_there")),
        Action("2", Intent.DAMAGED, text("key.damaged")),
        Action("Esc", Intent.NO, text("key.back")),
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


def _home(prompt: Prompt, **more: object) -> Screen:
    keys = (
        Action("F2", Intent.LOOKUP, text("key.look_up")),
        Action("F3", Intent.TASKS, text("key.tasks")),
        Action("F4", Intent.UNDO, text("key.take_back")),
        Action("F5", Intent.APPROVALS, text("key.approvals", n=4)),
        Action("F6", Intent.ADJUST, text("key.adjust_stock")),
        Action("F8", Intent.SIGN_OUT, text("key.sign_out")),
        Action("F10", Intent.NEXT, text("key.next_order"), main=True),
    )
    screen = Screen(Page.HOME, text("home.title"), prompt, actions=keys)
    return replace(screen, scan_hint=text("scan.hint"), **more)  # type: ignore[arg-type]  # fields of Screen, checked by tests


def _first_scenes() -> tuple[Scene, ...]:
    nobody = replace(ONLINE, person="")
    ask = Prompt(Tone.ASK, "scan-barcode", text("home.scan_order"), text("home.or_enter"))
    empty = Prompt(Tone.ASK, "inbox", text("home.no_orders"), text("home.no_orders_detail"))
    choose = Prompt(Tone.ASK, "inbox", text("home.choose"), text("home.choose_detail"))
    tasks, others = (menu.keys("supervisor", page) for page in (1, 2))
    return (
        Scene("opening", None, nobody, None),
        Scene("home", _home(ask, queue=QUEUE, queue_total=23), keys=("Down", "Down")),
        Scene(
            "home_attention",
            _home(ask, queue=QUEUE, queue_total=5, attention=ATTENTION),
            replace(OFFLINE, need_you=2),
        ),
        Scene("home_empty", _home(empty)),
        Scene("home_tasks", replace(_home(choose, queue=QUEUE, queue_total=5), actions=tasks)),
        Scene("home_tasks_2", replace(_home(choose, queue=QUEUE, queue_total=5), actions=others)),
    )


def _case_scenes() -> tuple[Scene, ...]:
    return (
        Scene("adjust_item", cases.ITEM),
        Scene("adjust_quantity", cases.QUANTITY, keys=("3", "6")),
        Scene("adjust_reason", cases.REASON),
        Scene("adjust_waits", cases.WAITS),
        *approval_scenes(),
        *plan_scenes(),
    )


def _own_scenes() -> tuple[Scene, ...]:
    return (
        Scene("help", NEXT, overlay="help"),
        Scene("health", NEXT, OFFLINE, SETTLED, overlay="health"),
        Scene("demo", NEXT, demo=True),
    )


def scenes() -> tuple[Scene, ...]:
    """All of them, in the order of a shift."""
    return (
        *setup_scenes(),
        *door_scenes(NEXT),
        *_first_scenes(),
        *_pack_scenes(),
        *_weigh_scenes(),
        *_label_scenes(),
        *_case_scenes(),
        *moving_scenes(),
        *looking_scenes(),
        *receive_scenes(),
        *picking_scenes(),
        *count_scenes(),
        *exception_scenes(),
        *claim_scenes(),
        *board_scenes(),
        *audit_scenes(),
        *return_scenes(),
        *transfer_scenes(),
        *undo_scenes(),
        *_own_scenes(),
    )
