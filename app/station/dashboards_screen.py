"""The Dashboards page as a value: nine numbers with a sentence over them, or the list behind one.

Each number says whether it is the site's or only this station's, and all say how fresh they are.
"""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station import dashboards_lists as lists
from app.station.boards import Stand
from app.station.charts import Bar, Board, Chart, Look, Tile
from app.station.counted import Counted
from app.station.inbox import Intent, LinkState
from app.station.lookup_screen import fresh
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.turn import Turn, iso

if TYPE_CHECKING:
    from app.station.dashboards import DashboardsFlow

# What has not reached the ledger for so long is looked at.
OLD = timedelta(hours=1)
# Wrong scans in a thousand from which on somebody should see what is wrong.
MANY_WRONG = 20
_THOUSAND, _HUNDRED = 1_000, 100


def build(flow: "DashboardsFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    if flow.look.view.value == "board":
        return _board(flow, turn)
    behind = lists.shown(flow, turn)
    orders = flow.look.view.value in ("orders", "risk")
    return Screen(
        page=Page.DASHBOARDS,
        title=behind.title,
        subtitle=fresh(turn),
        prompt=_prompt_of_list(flow, turn, behind),
        scan_hint=text("scan.hint"),
        choices=behind.rows,
        board=Board(charts=behind.charts) if behind.charts else None,
        actions=_actions_of_list(behind, openable=orders and bool(behind.rows.rows)),
    )


def _board(flow: "DashboardsFlow", turn: Turn) -> Screen:
    shown = board(flow.counted(turn), fresh(turn), _note(turn))
    if flow.said is None:
        return shown
    return replace(shown, prompt=Prompt(Tone.WARN, "circle-help", *flow.said, _note(turn)))


def board(count: Counted, as_of: Text, note: Text | None = None) -> Screen:
    """All numbers.

    Args:
        count: The numbers.
        as_of: How fresh they are.
        note: What is missing from them without a link, or None.
    """
    charts = (lists.packed_chart(count), lists.due_chart(count), _returned(count))
    return Screen(
        page=Page.DASHBOARDS,
        title=text("boards.title"),
        subtitle=as_of,
        prompt=_prompt(count, note),
        scan_hint=text("scan.hint"),
        board=Board(_tiles(count), charts),
        actions=(
            Action("Esc", Intent.NO, text("key.leave")),
            Action("F10", Intent.MAIN, text("key.count_anew"), main=True),
        ),
    )


def _note(turn: Turn) -> Text | None:
    online = turn.around.link is LinkState.ONLINE
    return None if online else text("boards.offline")


def _prompt(count: Counted, note: Text | None) -> Prompt:
    """The one thing to know."""
    detail = text("boards.ask_detail")
    wrong = None
    if count.late:
        wrong = text("boards.late", n=count.late)
    elif count.at_risk:
        wrong = text("boards.at_risk", n=count.at_risk)
    if wrong is not None:
        return Prompt(Tone.WARN, "triangle-alert", wrong, detail, note)
    good = text("boards.in_time" if count.open else "boards.nothing_open")
    return Prompt(Tone.OK, "circle-check", good, detail, note)


def _prompt_of_list(flow: "DashboardsFlow", turn: Turn, behind: lists.Shown) -> Prompt:
    if flow.said is not None:
        return Prompt(Tone.WARN, "circle-help", *flow.said, _note(turn))
    number, total = len(behind.rows.rows), behind.rows.total
    view = flow.look.view.value
    if not number:
        title, detail = text(f"boards.{view}_none"), text("boards.none_detail")
        return Prompt(Tone.OK, "circle-check", title, detail, _note(turn))
    shown = text("boards.first_rows", n=number, total=total)
    detail = shown if total > number else text(f"boards.{view}_detail")
    return Prompt(Tone.ASK, "inbox", text(f"boards.{view}_n", n=total), detail, _note(turn))


def _actions_of_list(behind: lists.Shown, *, openable: bool) -> tuple[Action, ...]:
    actions = [Action("Esc", Intent.NO, text("key.step_back"))]
    if behind.following is not None:
        actions.append(Action("F7", Intent.NEXT, text("key.next_page")))
    if openable:
        actions.append(Action("F10", Intent.MAIN, text("key.open"), main=True))
    return tuple(actions)


# ------------------------------------------------------------------------------------------- tiles


def _tiles(count: Counted) -> tuple[Tile, ...]:
    return (
        _orders(count),
        _risk(count),
        _packed(count),
        _wrong(count),
        _outbox(count),
        _approvals(count),
        _exceptions(count),
        _returns(count),
        _places(count),
    )


def _orders(count: Counted) -> Tile:
    numbers = {one.value: count.orders.get(one, 0) for one in Stand if one is not Stand.SHIPPED}
    detail = text("boards.orders_said", **numbers)
    look = Look.BAD if count.late else Look.GOOD
    return Tile("1", text("boards.tile_orders"), text("boards.n", n=count.open), detail, look)


def _risk(count: Counted) -> Tile:
    left = sum(one.left for one in count.due)
    value = text("boards.n", n=count.at_risk)
    if not count.due:
        detail, look = text("boards.chart_due_none"), Look.GOOD
    elif count.rate is None:
        detail, look = text("boards.risk_no_rate", n=left), Look.WATCH
        value = text("boards.unknown")
    else:
        detail = text("boards.risk_said", n=left, rate=count.rate)
        look = Look.BAD if count.at_risk else Look.GOOD
    return Tile("2", text("boards.tile_risk"), value, detail, look)


def _packed(count: Counted) -> Tile:
    units = sum(one.units for one in count.done)
    orders = sum(one.orders for one in count.done)
    rate = text("boards.packed_said", n=orders, rate=count.rate or 0)
    detail = rate if count.rate is not None else text("boards.packed_no_rate", n=orders)
    return Tile("3", text("boards.tile_packed"), text("boards.n", n=units), detail)


def _wrong(count: Counted) -> Tile:
    scans = sum(one.scans for one in count.scans)
    wrong = sum(one.wrong for one in count.scans)
    if not scans:
        nothing = text("boards.chart_wrong_none")
        return Tile("4", text("boards.tile_wrong"), text("boards.n", n=0), nothing)
    per = (wrong * _THOUSAND + scans // 2) // scans
    look = Look.WATCH if per >= MANY_WRONG else Look.GOOD
    detail = text("boards.wrong_said", wrong=wrong, n=scans)
    return Tile("4", text("boards.tile_wrong"), text("boards.n", n=per), detail, look)


def _outbox(count: Counted) -> Tile:
    box = count.outbox
    value = text("boards.n", n=box.waiting)
    if not box.waiting:
        return Tile("5", text("boards.tile_outbox"), value, text("boards.outbox_none"), Look.GOOD)
    old = box.oldest_at < iso(count.now.astimezone(UTC) - OLD)
    detail = text("boards.outbox_since", at=box.oldest_at)
    return Tile("5", text("boards.tile_outbox"), value, detail, Look.WATCH if old else Look.PLAIN)


def _approvals(count: Counted) -> Tile:
    waits = count.approvals
    detail = text("boards.approvals_said" if waits else "boards.approvals_none")
    look = Look.WATCH if waits else Look.GOOD
    return Tile("6", text("boards.tile_approvals"), text("boards.n", n=waits), detail, look)


def _exceptions(count: Counted) -> Tile:
    number = sum(one.count for one in count.causes)
    value = text("boards.n", n=number)
    label = text("boards.tile_exceptions")
    if not number:
        return Tile("7", label, value, text("boards.exceptions_none"), Look.GOOD)
    dated = [one.deadline for one in count.causes if one.deadline]
    first = min(dated, default="")
    if not first:
        return Tile("7", label, value, text("boards.exceptions_said"), Look.WATCH)
    over = first < iso(count.now.astimezone(UTC))
    detail = text("boards.exceptions_over" if over else "boards.exceptions_by", at=first)
    return Tile("7", label, value, detail, Look.BAD if over else Look.WATCH)


def _returns(count: Counted) -> Tile:
    detail = text("boards.returns_said", **count.returns)
    back = text("boards.n", n=sum(count.returns.values()))
    return Tile("8", text("boards.tile_returns"), back, detail)


def _places(count: Counted) -> Tile:
    storage = count.storage
    if not storage.all:
        nothing = text("boards.places_unknown")
        return Tile("9", text("boards.tile_places"), text("boards.unknown"), nothing)
    percent = text("boards.percent", n=storage.filled * _HUNDRED // storage.all)
    detail = text("boards.places_said", filled=storage.filled, n=storage.all)
    return Tile("9", text("boards.tile_places"), percent, detail)


def _returned(count: Counted) -> Chart:
    bars = tuple(
        Bar(text(f"boards.returned_{one}"), units, text("boards.units", n=units))
        for one, units in count.returns.items()
    )
    every = bars if any(bar.value for bar in bars) else ()
    return Chart(text("boards.chart_returns"), every, text("boards.chart_returns_none"))
