"""Dashboards in believable states."""

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.text import text
from app.station import dashboards_lists as lists
from app.station.boards import DoneHour, Places, ScanHour, Stand
from app.station.charts import Board
from app.station.counted import Counted, Due
from app.station.dashboards_screen import board
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.ports import OutboxState
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.standing import Cause
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

NOW = datetime(2026, 11, 20, 9, 52, tzinfo=UTC)
FRESH = text("lookup.fresh", at="2026-11-20T09:51:48Z", n=0)
COUNTED = Counted(
    now=NOW,
    orders={
        Stand.OPEN: 31,
        Stand.IN_WORK: 6,
        Stand.PACKED: 3,
        Stand.HELD: 2,
        Stand.SHIPPED: 214,
    },
    late=0,
    due=(
        Due("2026-11-20T11", 9, 34, risk=False),
        Due("2026-11-20T14", 18, 141, risk=False),
        Due("2026-11-20T16", 10, 63, risk=False),
    ),
    done=(
        DoneHour("2026-11-20T06", 38, 11),
        DoneHour("2026-11-20T07", 52, 17),
        DoneHour("2026-11-20T08", 61, 16),
        DoneHour("2026-11-20T09", 47, 12),
    ),
    rate=58,
    scans=(
        ScanHour("2026-11-20T06", 61, 1),
        ScanHour("2026-11-20T07", 83, 0),
        ScanHour("2026-11-20T08", 92, 2),
        ScanHour("2026-11-20T09", 70, 1),
    ),
    outbox=OutboxState(0, "", 0),
    approvals=0,
    causes=(),
    returns={"good": 14, "hold": 3, "damaged": 2, "scrapped": 1},
    storage=Places(400, 251),
)
BAD = replace(
    COUNTED,
    orders={**COUNTED.orders, Stand.OPEN: 84},
    late=3,
    due=(
        Due("2026-11-20T09", 3, 22, risk=True),
        Due("2026-11-20T11", 21, 96, risk=True),
        Due("2026-11-20T14", 40, 310, risk=True),
        Due("2026-11-20T16", 26, 150, risk=False),
    ),
    outbox=OutboxState(14, "2026-11-20T08:41:20Z", 2),
    approvals=4,
    causes=(
        Cause("packed_twice", 1, "2026-11-20T09:30:00Z"),
        Cause("short", 5, "2026-11-20T12:00:00Z"),
    ),
    scans=(*COUNTED.scans[:3], ScanHour("2026-11-20T09", 70, 6)),
)
EMPTY = Counted(
    now=NOW,
    orders={},
    late=0,
    due=(),
    done=(),
    rate=None,
    scans=(),
    outbox=OutboxState(0, "", 0),
    approvals=0,
    causes=(),
    returns={"good": 0, "hold": 0, "damaged": 0, "scrapped": 0},
    storage=Places(0, 0),
)
_ROWS = (
    ("ORD-48177", "09:30", (0, 6), text("boards.stand_open"), Mark.URGENT),
    ("ORD-48190", "11:30", (2, 6), text("boards.stand_at", station="PACK-03"), Mark.NONE),
    ("ORD-48213", "14:00", (3, 10), text("boards.stand_at", station="PACK-07"), Mark.NONE),
    ("ORD-48214", "14:00", (3, 3), text("boards.stand_packed"), Mark.DONE),
    ("ORD-48216", "–", (0, 1), text("boards.stand_held"), Mark.NONE),
)
ORDERS = Screen(
    page=Page.DASHBOARDS,
    title=text("boards.orders"),
    subtitle=FRESH,
    prompt=Prompt(Tone.ASK, "inbox", text("boards.orders_n", n=93), text("boards.orders_detail")),
    scan_hint=text("scan.hint"),
    choices=ListView(
        text("boards.orders"),
        lists.ORDERS,
        tuple(
            Choice(order, (order, before, text("boards.of", done=done, n=units), stand), mark)
            for order, before, (done, units), stand, mark in _ROWS
        ),
        93,
        "ORD-48177",
    ),
    board=Board(charts=(lists.stand_chart(BAD), lists.due_chart(BAD))),
    actions=(
        Action("Esc", Intent.NO, text("key.step_back")),
        Action("F10", Intent.MAIN, text("key.open"), main=True),
    ),
)


def board_scenes() -> tuple[Scene, ...]:
    """All of them."""
    stale = text("lookup.fresh", at="2026-11-20T09:40:58Z", n=14)
    return (
        Scene("boards", board(COUNTED, FRESH)),
        Scene("boards_late", board(BAD, stale, text("boards.offline")), OFFLINE),
        Scene("boards_empty", board(EMPTY, FRESH)),
        Scene("boards_orders", ORDERS),
    )
