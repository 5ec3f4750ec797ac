"""Claims in believable states."""

from dataclasses import replace

from app.domain.text import text
from app.station import claims_screen
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_CLAIMED = text("claims.state_claimed")
_ORDER = text("claims.kind_order")
CLAIMS = Screen(
    page=Page.CLAIMS,
    title=text("claims.title"),
    subtitle=text("lookup.fresh", at="2026-11-20T09:40:00Z", n=0),
    prompt=Prompt(Tone.ASK, "users", text("claims.ask"), text("claims.ask_detail")),
    scan_hint=text("scan.hint"),
    choices=ListView(
        text("claims.list"),
        claims_screen.COLUMNS,
        (
            Choice("a", ("ORD-48213", _ORDER, "PACK-07"), Mark.ELSEWHERE),
            Choice("b", ("ORD-48220", _ORDER, "PACK-03")),
            Choice(
                "c",
                ("ASN-7711", text("claims.kind_inbound"), "DOCK-1"),
                Mark.ELSEWHERE,
            ),
        ),
        3,
        "a",
    ),
    facts=(
        Fact(text("claims.column_station"), text("case.plain", said="PACK-07")),
        Fact(text("claims.column_state"), _CLAIMED),
        Fact(text("claims.until"), text("claims.until_said", at="2026-11-20T16:30:00Z")),
        Fact(text("claims.packed"), text("claims.packed_said", done=3, n=10)),
        Fact(text("claims.ship_before"), text("case.plain", said="14:00")),
    ),
    actions=(
        Action("Esc", Intent.NO, text("key.leave")),
        Action("F10", Intent.MAIN, text("key.take_over"), main=True),
    ),
)


def claim_scenes() -> tuple[Scene, ...]:
    """All of them."""
    offline = replace(CLAIMS, prompt=replace(CLAIMS.prompt, note=text("claims.offline")))
    asked = Prompt(
        Tone.OK,
        "circle-check",
        text("claims.asked", document="ORD-48213", station="PACK-07"),
        text("claims.asked_detail"),
    )
    return (
        Scene("claims", CLAIMS),
        Scene("claims_offline", offline, OFFLINE),
        Scene("claims_asked", replace(CLAIMS, prompt=asked)),
    )
