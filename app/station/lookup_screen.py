"""The Lookup page as a value: what was found at the left, what is known of it at the right.

Every number says how fresh it is: as of the last round with the ledger, and what waits here.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from app.contract.messages import BalanceRow, Checkpoint
from app.domain.operation import PARCEL_PREFIX, TOTE_PREFIX, Condition, is_virtual
from app.domain.text import Text, text
from app.station.cases import Fact
from app.station.inbox import Intent, LinkState
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.searching import Told
from app.station.turn import Turn
from app.station.wording import became, did, due

if TYPE_CHECKING:
    from app.station.looking_up import Look, LookupFlow

# Rows of a page of a list; the next page follows by key.
ROWS = 50
# Orders named on the card; the rest is counted.
ORDERS = 8
# Where the newest signed place of the feed lies (`app.cache.store` writes it).
CHECKPOINT = "checkpoint"
# Between the parts of a row's key; no code holds it.
PART = "\x1f"
HITS = (
    ColumnView(text("lookup.column_sku"), 11, code=True),
    ColumnView(text("lookup.column_name")),
    ColumnView(text("lookup.column_units"), 6, code=True),
)
PLACES = (
    ColumnView(text("lookup.column_place"), 11, code=True),
    ColumnView(text("lookup.column_state")),
    ColumnView(text("lookup.column_units"), 6, code=True),
)
MOVES = (
    ColumnView(text("lookup.column_when"), 16, code=True),
    ColumnView(text("lookup.column_what")),
    ColumnView(text("lookup.column_units"), 6, code=True),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The middle of the page, and where its next page begins (0 when there is none)."""

    title: Text
    detail: Text
    rows: ListView
    facts: tuple[Fact, ...] = ()
    following: int = 0


def build(flow: "LookupFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    shown = middle(flow, turn)
    note = None if turn.around.link is LinkState.ONLINE else text("lookup.offline")
    prompt = Prompt(Tone.ASK, "search", shown.title, shown.detail, note)
    if flow.said is not None:
        prompt = Prompt(Tone.WARN, "circle-help", *flow.said)
    return Screen(
        page=Page.LOOKUP,
        title=text("lookup.title"),
        subtitle=fresh(turn),
        prompt=prompt,
        scan_hint=text("lookup.hint"),
        choices=shown.rows,
        facts=shown.facts,
        actions=_actions(flow, shown),
        as_typed=True,
    )


def chosen(flow: "LookupFlow", turn: Turn) -> str:
    """Key of the row that is chosen now."""
    return middle(flow, turn).rows.chosen


def following(flow: "LookupFlow", turn: Turn) -> int:
    """Where the next page of the list begins; 0 when this is the last."""
    return middle(flow, turn).following


def first_part(key: str) -> str:
    """SKU or place of a row."""
    return key.partition(PART)[0]


def fresh(turn: Turn) -> Text:
    """How old every number of the page may be."""
    at = turn.around.last_sync or _signed_at(turn)
    waiting = turn.work.outbox_state().waiting
    if not at:
        return text("lookup.fresh_never", n=waiting)
    return text("lookup.fresh", at=at, n=waiting)


def _signed_at(turn: Turn) -> str:
    value = turn.work.note(CHECKPOINT)
    return msgspec.json.decode(value, type=Checkpoint).at if value is not None else ""


def middle(flow: "LookupFlow", turn: Turn) -> Shown:
    """List and facts of what is looked at."""
    look = flow.look
    return _VIEWS[look.view.value](turn, look)


def _actions(flow: "LookupFlow", shown: Shown) -> tuple[Action, ...]:
    back = text("key.step_back") if len(flow.trail) > 1 else text("key.to_task")
    actions = [Action("Esc", Intent.NO, back)]
    if flow.look.view.value != "moves" and shown.rows.rows:
        actions.append(Action("F6", Intent.WHY, text("key.why_number")))
    if flow.look.view.value == "moves" and shown.rows.rows:
        actions.append(Action("F4", Intent.UNDO, text("key.take_back")))
    if shown.following:
        actions.append(Action("F7", Intent.NEXT, text("key.next_page")))
    if len(flow.trail) > 1:
        actions.append(Action("F2", Intent.LOOKUP, text("key.to_task"), main=True))
    return tuple(actions)


# -------------------------------------------------------------------------------- the views


def _search(turn: Turn, look: "Look") -> Shown:
    hits = turn.work.find_items(look.about, ROWS + 1, look.after)
    more = len(hits) > ROWS
    hits = hits[:ROWS]
    on_hand = turn.work.on_hand([hit.sku for hit in hits])
    rows = tuple(Choice(hit.sku, (hit.sku, hit.name, _n(on_hand.get(hit.sku, 0)))) for hit in hits)
    empty = text("lookup.none", said=look.about) if look.about else text("lookup.empty")
    found = _list(text("lookup.found"), HITS, rows, look, empty, more=more)
    facts = _item_facts(turn, found.chosen) if found.chosen else ()
    title = text("lookup.ask") if not look.about else text("lookup.for", said=look.about)
    if not look.about:
        detail = text("lookup.ask_detail")
    elif not rows:
        detail = text("lookup.none", said=look.about)
    else:
        detail = (
            text("lookup.first_hits", n=len(rows)) if more else text("lookup.hits", n=len(rows))
        )
    return Shown(title, detail, found, facts, hits[-1].place if more else 0)


def _item(turn: Turn, look: "Look") -> Shown:
    stock = [row for row in turn.work.stock_of(look.about) if not is_virtual(row.location)]
    rows = tuple(
        Choice(
            PART.join((row.location, row.lot, row.serial, row.condition)),
            (row.location, _state(row), _n(row.quantity)),
            Mark.NONE if row.condition == Condition.GOOD.value else Mark.WRONG,
        )
        for row in stock[:ROWS]
    )
    item = turn.work.item_by_sku(look.about)
    name = item.name if item is not None else look.about
    found = _list(text("lookup.places"), PLACES, rows, look, text("lookup.nowhere"))
    title = text("lookup.item", item=name)
    detail = text("lookup.item_detail", sku=look.about, n=len(stock))
    return Shown(title, detail, found, _item_facts(turn, look.about, stock))


def _place(turn: Turn, look: "Look") -> Shown:
    stock = turn.work.stock_at(look.about)
    names = turn.work.items([row.item for row in stock[:ROWS]])
    rows = tuple(
        Choice(
            PART.join((row.item, row.lot, row.serial, row.condition)),
            (row.item, names[row.item].name if row.item in names else "", _n(row.quantity)),
            Mark.NONE if row.condition == Condition.GOOD.value else Mark.WRONG,
        )
        for row in stock[:ROWS]
    )
    found = _list(text("lookup.lies_here"), HITS, rows, look, text("lookup.nothing_here"))
    facts = _item_facts(turn, first_part(found.chosen)) if found.chosen else ()
    detail = text("lookup.place_detail", n=len(stock))
    return Shown(text("lookup.place", place=look.about), detail, found, facts)


def _moves(turn: Turn, look: "Look") -> Shown:
    told = turn.work.moves_of(look.about, ROWS + 1, look.after)
    more = len(told) > ROWS
    told = told[:ROWS]
    rows = tuple(_move(one, look.about) for one in told)
    found = _list(text("lookup.moves"), MOVES, rows, look, text("lookup.no_moves"), more=more)
    facts: tuple[Fact, ...] = ()
    for one in told:
        if one.operation.id == found.chosen:
            facts = _story(turn, one, look.about)
    title = text("lookup.why", item=look.about)
    return Shown(title, text("lookup.why_detail"), found, facts, told[-1].place if more else 0)


_VIEWS = {"search": _search, "item": _item, "place": _place, "moves": _moves}


# -------------------------------------------------------------------------------- its parts


def _list(
    name: Text,
    columns: tuple[ColumnView, ...],
    rows: tuple[Choice, ...],
    look: "Look",
    empty: Text,
    *,
    more: bool = False,
) -> ListView:
    keys = [row.key for row in rows]
    here = look.chosen if look.chosen in keys else (keys[0] if keys else "")
    return ListView(name, columns, rows, len(rows), here, more, empty)


def _n(units: int) -> Text:
    return text("lookup.units", n=units)


def _state(row: BalanceRow) -> Text:
    """Condition, lot and serial in a few words."""
    if row.serial:
        return text(f"lookup.serial_{row.condition}", serial=row.serial)
    if row.lot:
        return text(f"lookup.lot_{row.condition}", lot=row.lot)
    return text(f"lookup.condition_{row.condition}")


def _item_facts(turn: Turn, sku: str, stock: list[BalanceRow] | None = None) -> tuple[Fact, ...]:
    rows = turn.work.stock_of(sku) if stock is None else stock
    here = [row for row in rows if not is_virtual(row.location)]
    good = [row for row in here if row.condition == Condition.GOOD.value]
    boxed = (PARCEL_PREFIX, TOTE_PREFIX)
    shelf = sum(row.quantity for row in good if not row.location.startswith(boxed))
    boxes = sum(row.quantity for row in good if row.location.startswith(boxed))
    bad = sum(row.quantity for row in here) - shelf - boxes
    facts = [Fact(text("lookup.on_hand"), _n(shelf))]
    if boxes:
        facts.append(Fact(text("lookup.in_boxes"), _n(boxes)))
    facts.append(Fact(text("lookup.not_good"), _n(bad)))
    pending = turn.work.pending_of(sku)
    units = sum(n for place, n in pending.units.items() if not is_virtual(place))
    said = text("lookup.pending_none")
    if pending.operations:
        said = text("lookup.pending_said", n=pending.operations, units=units)
    facts.append(Fact(text("lookup.pending"), said))
    return (*facts, *_orders(turn, sku))


def _orders(turn: Turn, sku: str) -> list[Fact]:
    wanting, total = turn.work.wanting(sku, ORDERS)
    if not wanting:
        return [Fact(text("lookup.orders"), text("lookup.orders_none"))]
    facts = [Fact(text("lookup.orders"), text("lookup.orders_said", n=total))]
    for one in wanting:
        said = text("lookup.wants", n=one.units, before=due(one.ship_before, turn.now))
        facts.append(Fact(text("lookup.order", order=one.order), said))
    return facts


def _move(told: Told, sku: str) -> Choice:
    lines = [line for line in told.operation.lines if line.item == sku]
    at = told.operation.recorded_at
    units = _n(sum(line.quantity for line in lines)) if lines else ""
    wrong = told.outcome not in ("", "posted", "waiting")
    waits = told.transport != "confirmed" or told.outcome == "waiting"
    mark = Mark.WRONG if wrong else (Mark.WAITING if waits else Mark.DONE)
    cells = (text("lookup.when", at=at), did(told.operation.kind), units)
    return Choice(told.operation.id, cells, mark)


def _story(turn: Turn, told: Told, sku: str) -> tuple[Fact, ...]:
    operation = told.operation
    person = turn.work.person(operation.actor)
    who = person.name if person is not None else operation.actor
    facts = [
        Fact(text("lookup.who"), text("case.plain", said=who)),
        Fact(text("lookup.column_became"), became(told.transport, told.outcome)),
    ]
    if operation.reason:
        facts.append(Fact(text("case.reason"), text("case.plain", said=operation.reason)))
    document = operation.reference.document if operation.reference else ""
    if document:
        facts.append(Fact(text("lookup.document_of"), text("case.plain", said=document)))
    for line in [line for line in operation.lines if line.item == sku][:ORDERS]:
        way = text("lookup.way", n=line.quantity, source=line.source, target=line.target)
        facts.append(Fact(text("lookup.from_to"), way))
    return tuple(facts)
