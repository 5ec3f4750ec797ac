"""The list behind each number of a board, and the bars beside it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station.boards import DoneHour, OpenOrder, Stand
from app.station.charts import Bar, Chart, Look
from app.station.counted import AHEAD, Counted, local, midnight, wall
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.turn import Turn
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.dashboards import DashboardsFlow

# Rows of a page of a list; the next page follows by key.
ROWS = 50
# Days of the week that is shown beside today.
DAYS = 7
ORDERS = (
    ColumnView(text("boards.column_order"), 11, code=True),
    ColumnView(text("boards.column_before"), 11),
    ColumnView(text("boards.column_packed"), 9, code=True),
    ColumnView(text("boards.column_stand")),
)
HOURS = (
    ColumnView(text("boards.column_hour"), 12, code=True),
    ColumnView(text("boards.column_units"), 9, code=True),
    ColumnView(text("boards.column_orders")),
)
SCANS = (
    ColumnView(text("boards.column_at"), 12, code=True),
    ColumnView(text("boards.column_scanned"), code=True),
)
WAITING = (
    ColumnView(text("boards.column_at"), 12, code=True),
    ColumnView(text("boards.column_what"), 14),
    ColumnView(text("boards.column_about"), code=True),
    ColumnView(text("boards.column_tries"), 6, code=True),
)
PLACES = (ColumnView(text("boards.column_place"), code=True),)
# Kinds that have a word in the catalogue; others are shown as they came.
KINDS = frozenset(
    {
        "adjust", "claim", "event", "move", "pack", "pick", "receive", "reclassify", "release",
        "reverse", "seal", "ship", "short", "unpack", "unpick",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A list, the bars beside it, and where the next page begins."""

    title: Text
    rows: ListView
    charts: tuple[Chart, ...] = ()
    following: tuple[str, str] | None = None


def shown(flow: "DashboardsFlow", turn: Turn) -> Shown:
    """The list that is looked at."""
    return _VIEWS[flow.look.view.value](flow, turn)


def kind_said(kind: str) -> Text:
    """What an operation is, as a word."""
    return text(f"ui.kind_{kind}") if kind in KINDS else text("case.plain", said=kind)


def hour_said(hour: str) -> Text:
    """An hour recorded in UTC, by the clock on the wall."""
    return text("boards.at", at=f"{hour}:00:00Z")


def _n(number: int) -> Text:
    return text("boards.n", n=number)


# ------------------------------------------------------------------------------------------ orders


def _orders(flow: "DashboardsFlow", turn: Turn) -> Shown:
    return _order_list(flow, turn, text("boards.orders"), "")


def _risk(flow: "DashboardsFlow", turn: Turn) -> Shown:
    return _order_list(flow, turn, text("boards.risk"), wall(local(turn) + AHEAD))


def _order_list(flow: "DashboardsFlow", turn: Turn, title: Text, until: str) -> Shown:
    look, now = flow.look, wall(local(turn))
    found = turn.work.open_orders(ROWS + 1, look.after, until)
    more, found = len(found) > ROWS, found[:ROWS]
    following = (found[-1].ship_before, found[-1].order) if more else None
    named = turn.work.open_order(look.chosen) if look.chosen else None
    if named is not None and named not in found:
        # Scanned, and on another page of the list: it stands first.
        found = (named, *found[: ROWS - 1])
    rows = tuple(
        Choice(
            one.order,
            (
                one.order,
                due(one.ship_before, now) if one.ship_before else "–",
                text("boards.of", done=one.done, n=one.units),
                _stand(one),
            ),
            _mark(one, now),
        )
        for one in found
    )
    count = flow.counted(turn)
    total = sum(one.orders for one in count.due) if until else count.open
    view = _list(flow, title, ORDERS, rows, max(total, len(rows)), more=more)
    charts = (due_chart(count),) if until else (stand_chart(count), _stations(turn))
    return Shown(title, view, charts, following)


def _stand(one: OpenOrder) -> Text:
    if one.stand is Stand.IN_WORK and one.station:
        return text("boards.stand_at", station=one.station)
    return text(f"boards.stand_{one.stand.value}")


def _mark(one: OpenOrder, now: str) -> Mark:
    if one.ship_before and one.ship_before < now:
        return Mark.URGENT
    return Mark.DONE if one.stand is Stand.PACKED else Mark.NONE


def _stations(turn: Turn) -> Chart:
    bars = tuple(
        Bar(text("case.plain", said=station), n, text("boards.documents", n=n))
        for station, n in turn.work.held_by().items()
    )
    return Chart(text("boards.chart_stations"), bars, text("boards.chart_stations_none"))


def stand_chart(count: Counted) -> Chart:
    """Orders by where they stand."""
    bars = tuple(
        Bar(
            text(f"boards.stand_{one.value}"),
            count.orders.get(one, 0),
            text("boards.n_orders", n=count.orders.get(one, 0)),
        )
        for one in Stand
    )
    return Chart(text("boards.chart_stand"), bars, text("boards.none"))


def due_chart(count: Counted) -> Chart:
    """Units still to be packed by the hour of their cut-off."""
    bars = tuple(
        Bar(
            text("case.plain", said=f"{one.hour[11:]}:00"),
            one.left,
            text("boards.due_said", units=one.left, n=one.orders),
            Look.BAD if one.risk else (Look.PLAIN if one.risk is None else Look.GOOD),
        )
        for one in count.due
    )
    return Chart(text("boards.chart_due"), bars, text("boards.chart_due_none"))


# -------------------------------------------------------------------------------- work done, scans


def _packed(flow: "DashboardsFlow", turn: Turn) -> Shown:
    count = flow.counted(turn)
    rows = tuple(
        Choice(one.hour, (hour_said(one.hour), _n(one.units), _n(one.orders)))
        for one in reversed(count.done)
    )
    view = _list(flow, text("boards.packed"), HOURS, rows, len(rows))
    week = turn.work.done_hours(midnight(count.now, DAYS - 1))
    return Shown(text("boards.packed"), view, (_week(week),))


def packed_chart(count: Counted) -> Chart:
    """Units of today by the hour."""
    bars = tuple(
        Bar(hour_said(one.hour), max(0, one.units), _work_said(one.units, one.orders))
        for one in count.done
    )
    return Chart(text("boards.chart_packed"), bars, text("boards.chart_packed_none"))


def _week(hours: tuple[DoneHour, ...]) -> Chart:
    units: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    for one in hours:
        day = datetime.fromisoformat(f"{one.hour}:00:00+00:00").astimezone().strftime("%Y-%m-%d")
        units[day] += one.units
        orders[day] += one.orders
    bars = tuple(
        Bar(day_said(day), max(0, units[day]), _work_said(units[day], orders[day]))
        for day in sorted(units)
    )
    return Chart(text("boards.chart_week"), bars, text("boards.chart_packed_none"))


def day_said(day: str) -> Text:
    """A day as people write it, without its year."""
    return text("boards.day", day=day[8:10], month=day[5:7])


def _work_said(units: int, orders: int) -> Text:
    return text("boards.work_said", units=units, n=orders)


def _wrong(flow: "DashboardsFlow", turn: Turn) -> Shown:
    count = flow.counted(turn)
    before = int(flow.look.after[0]) if flow.look.after else 0
    found = turn.work.wrong_scans(midnight(count.now), ROWS + 1, before)
    more, found = len(found) > ROWS, found[:ROWS]
    rows = tuple(
        Choice(str(one.scan), (text("boards.at", at=one.at), one.shown), Mark.WRONG)
        for one in found
    )
    total = sum(one.wrong for one in count.scans)
    view = _list(flow, text("boards.wrong"), SCANS, rows, max(total, len(rows)), more=more)
    bars = tuple(
        Bar(hour_said(one.hour), one.wrong, text("boards.wrong_said", wrong=one.wrong, n=one.scans))
        for one in count.scans
    )
    chart = Chart(text("boards.chart_wrong"), bars, text("boards.chart_wrong_none"))
    following = (str(found[-1].scan), "") if more else None
    return Shown(text("boards.wrong"), view, (chart,), following)


def _outbox(flow: "DashboardsFlow", turn: Turn) -> Shown:
    after = int(flow.look.after[0]) if flow.look.after else 0
    found = turn.work.outbox(ROWS + 1, after)
    more, found = len(found) > ROWS, found[:ROWS]
    rows = tuple(
        Choice(
            str(one.n),
            (text("boards.at", at=one.at), kind_said(one.kind), one.about, _n(one.attempts)),
            Mark.WAITING,
        )
        for one in found
    )
    total = flow.counted(turn).outbox.waiting
    view = _list(flow, text("boards.outbox"), WAITING, rows, max(total, len(rows)), more=more)
    return Shown(text("boards.outbox"), view, following=(str(found[-1].n), "") if more else None)


def _places(flow: "DashboardsFlow", turn: Turn) -> Shown:
    after = flow.look.after[0] if flow.look.after else ""
    found = turn.work.empty_places(ROWS + 1, after)
    more, found = len(found) > ROWS, found[:ROWS]
    rows = tuple(Choice(one, (one,)) for one in found)
    storage = flow.counted(turn).storage
    total = max(storage.all - storage.filled, len(rows))
    view = _list(flow, text("boards.places"), PLACES, rows, total, more=more)
    bars = (
        Bar(text("boards.filled"), storage.filled, _n(storage.filled)),
        Bar(text("boards.empty"), storage.all - storage.filled, _n(storage.all - storage.filled)),
    )
    chart = Chart(text("boards.chart_places"), bars, text("boards.none"))
    return Shown(text("boards.places"), view, (chart,), (found[-1], "") if more else None)


_VIEWS = {
    "orders": _orders,
    "risk": _risk,
    "packed": _packed,
    "wrong": _wrong,
    "outbox": _outbox,
    "places": _places,
}


def _list(
    flow: "DashboardsFlow",
    name: Text,
    columns: tuple[ColumnView, ...],
    rows: tuple[Choice, ...],
    total: int,
    *,
    more: bool = False,
) -> ListView:
    keys = [row.key for row in rows]
    chosen = flow.look.chosen if flow.look.chosen in keys else (keys[0] if keys else "")
    empty = text(f"boards.{flow.look.view.value}_none")
    return ListView(name, columns, rows, total, chosen, more, empty)
