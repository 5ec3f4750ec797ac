"""Every page in believable states, as the values the station would announce."""

from dataclasses import replace

from app.domain.text import text
from app.station import menu
from app.station.inbox import Intent
from app.station.screen import (
    Action,
    Page,
    Prompt,
    Screen,
    Tone,
)
from ui.gallery import cases
from ui.gallery.approvals import approval_scenes
from ui.gallery.audit import audit_scenes
from ui.gallery.bench import (
    ATTENTION,
    OFFLINE,
    ONLINE,
    QUEUE,
    SETTLED,
)
from ui.gallery.boards import board_scenes
from ui.gallery.claims import claim_scenes
from ui.gallery.counts import count_scenes
from ui.gallery.door import door_scenes
from ui.gallery.editing import edit_scenes
from ui.gallery.exceptions import exception_scenes
from ui.gallery.goodsin import receive_scenes
from ui.gallery.looking import looking_scenes
from ui.gallery.moving import moving_scenes
from ui.gallery.packing import NEXT, packing_scenes
from ui.gallery.parcels import parcel_scenes
from ui.gallery.picking import picking_scenes
from ui.gallery.plans import plan_scenes
from ui.gallery.reports import report_scenes
from ui.gallery.returned import return_scenes
from ui.gallery.scene import Scene
from ui.gallery.settings import settings_scenes
from ui.gallery.setup import setup_scenes
from ui.gallery.transfers import transfer_scenes
from ui.gallery.undoing import undo_scenes


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
        Scene("adjust_lot", cases.LOT),
        Scene("adjust_quantity", cases.QUANTITY, keys=("3", "6")),
        Scene("adjust_reason", cases.REASON),
        Scene("adjust_waits", cases.WAITS),
        Scene("adjust_photo", cases.PHOTO),
        Scene("adjust_no_photo", cases.NO_PHOTO),
        *approval_scenes(),
        *plan_scenes(),
        *edit_scenes(),
    )


def _own_scenes() -> tuple[Scene, ...]:
    return (
        Scene("help", NEXT, overlay="help"),
        Scene("health", NEXT, OFFLINE, SETTLED, overlay="health"),
        Scene("health_record", NEXT, OFFLINE, SETTLED, overlay="health", keys=("Enter",)),
        Scene("demo", NEXT, demo=True),
    )


def scenes() -> tuple[Scene, ...]:
    """All of them, in the order of a shift."""
    return (
        *setup_scenes(),
        *settings_scenes(),
        *door_scenes(NEXT),
        *_first_scenes(),
        *packing_scenes(),
        *parcel_scenes(),
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
        *report_scenes(),
        *_own_scenes(),
    )
