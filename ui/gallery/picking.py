"""Picking in believable states: the cart, a line, the end of it, another tote, nothing there."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station import lot_choice, pick_cart
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.lot_choice import LotHere
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

_STEPS = ("pick.step_cart", "pick.step_fetch", "pick.step_bring")
_BACK = Action("Esc", Intent.NO, text("key.back"))
_UNDO = Action("F4", Intent.UNDO, text("key.undo"))
_PAUSE = Action("F8", Intent.PAUSE, text("move.key_pause"))
_ACK = Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True)
_CART = (
    _BACK,
    Action("F4", Intent.UNDO, text("pick.key_off")),
    _PAUSE,
    Action("F10", Intent.MAIN, text("pick.key_start"), main=True),
)
_FETCH = (
    _UNDO,
    Action("F6", Intent.SHORT, text("key.short")),
    Action("F7", Intent.QUANTITY, text("key.quantity")),
    _PAUSE,
    Action("F10", Intent.NEXT, text("pick.key_later"), main=True),
)
_WHY = (
    Action("1", Intent.SHORT, text("key.not_there")),
    Action("2", Intent.DAMAGED, text("key.damaged")),
    Action("3", Intent.REASON, text("pick.key_not_reached"), argument="not_reached"),
    _BACK,
)
_TRAY, _SKU = "Bamboo tray, large", "SKU-10987"


def _steps(here: int) -> tuple[Step, ...]:
    states = (StepState.DONE, StepState.CURRENT, StepState.TODO)
    return tuple(
        Step(text(code), states[(at >= here) + (at > here)]) for at, code in enumerate(_STEPS)
    )


def _row(number: str, carrier: str, before: str, n: int, mark: Mark = Mark.NONE) -> Choice:
    return Choice(number, (number, carrier, before, text("move.units", n=n)), mark)


def _into(tote: str, order: str) -> Text:
    return text("pick.into", tote=tote, order=order)


ORDERS = ListView(
    name=text("pick.orders"),
    columns=pick_cart.ORDERS,
    rows=(
        _row("ORD-48214", "DPD Classic", "14:00", 3, Mark.URGENT),
        _row("ORD-48216", "Hermes", "15:30", 1),
        _row("ORD-48221", "DHL Paket", "16:00", 24),
    ),
    total=21,
    chosen="ORD-48214",
)
_FACTS = (
    Fact(text("pick.fact_tote", tote="T-017"), text("case.plain", said="ORD-48213")),
    Fact(text("pick.fact_tote", tote="T-018"), text("case.plain", said="ORD-48190")),
)
_A, _B = _into("T-017", "ORD-48213"), _into("T-018", "ORD-48190")
LINES = (
    LineView(1, "SKU-11450", "Tea towel, striped", "A-02-5", 1, 1, LineState.DONE, 0, _A),
    LineView(2, "SKU-10221", "Enamel mug, blue, 350 ml", "A-04-2", 2, 2, LineState.DONE, 0, _B),
    LineView(3, _SKU, _TRAY, "B-11-1", 1, 3, LineState.CURRENT, 0, _A),
    LineView(4, _SKU, _TRAY, "B-11-1", 0, 1, LineState.OPEN, 0, _B),
    LineView(5, "SKU-11872", "Glass jar with cork lid, 1 l", "C-07-3", 0, 4, LineState.OPEN, 0, _A),
)


def picking_scenes() -> tuple[Scene, ...]:
    """Pick from an empty cart to a wrong tote."""
    ask = Prompt(Tone.ASK, "scan-barcode", text("pick.ask_more"), text("pick.start_detail"))
    cart = Screen(
        Page.PICK,
        text("pick.title"),
        ask,
        subtitle=text("pick.subtitle", n=2),
        steps=_steps(0),
        scan_hint=text("scan.hint"),
        choices=ORDERS,
        facts=_FACTS,
        actions=_CART,
    )
    units = text("pick.units_picked")
    picked = text("pick.picked", item=_TRAY, quantity=1, tote="T-017")
    following = text("pick.next_item", item=_TRAY, place="B-11-1", left=2, tote="T-017")
    good = Prompt(Tone.OK, "circle-check", picked, following, None, 4, 11, units)
    title = text("pick.fetch", item=_TRAY, place="B-11-1")
    detail = text("pick.fetch_detail", sku=_SKU, left=2, tote="T-017")
    asked = replace(good, tone=Tone.ASK, icon="scan-barcode", title=title, detail=detail)
    said = text("pick.wrong_tote_detail", code="T-018", tote="T-017")
    wrong = replace(
        good,
        tone=Tone.ERROR,
        icon="octagon-x",
        title=text("pick.wrong_tote"),
        detail=said,
        note=text("pack.ack_note"),
    )
    missing = text("pick.short_detail", item=_TRAY, left=2)
    why = replace(
        good,
        tone=Tone.WARN,
        icon="circle-help",
        title=text("pick.short"),
        detail=missing,
        note=text("pick.short_note"),
    )
    fetch = replace(
        cart, prompt=asked, steps=_steps(1), choices=None, facts=(), actions=_FETCH,
        lines=LINES, current=3, done=4, total=11,
    )  # fmt: skip
    which = Prompt(
        Tone.ASK, "scan-barcode", text("lots.which", item=_TRAY), text("pick.want_lot"), None,
        4, 11, units,
    )  # fmt: skip
    lots = (
        LotHere("L-2291", "2026-12-04", 5),
        LotHere("L-3000", "2027-06-30", 24),
        LotHere("L-1999", "2026-11-01", 2, usable=False),
    )
    lot = replace(
        fetch, prompt=which, lines=(), current=None, choices=lot_choice.listed(lots, ""),
        actions=(_BACK, lot_choice.TAKE),
    )  # fmt: skip
    return (
        Scene("pick_lot", lot),
        Scene("pick_cart", cart),
        Scene("pick", fetch),
        Scene("pick_ok", replace(fetch, prompt=good), OFFLINE),
        Scene("pick_wrong_tote", replace(fetch, prompt=wrong, actions=(_ACK,), locked=True)),
        Scene("pick_short", replace(fetch, prompt=why, actions=_WHY)),
    )
