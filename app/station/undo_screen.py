"""The Take-back page as a value: what was finished here, and exactly what would be reversed."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from app.contract.messages import Line
from app.domain.operation import PARCEL_PREFIX, TRANSIT_PREFIX, VIRTUAL, Kind, Outcome
from app.domain.text import Text, text
from app.station import undo_judge, undo_take
from app.station.cases import Fact
from app.station.inbox import Intent, LinkState
from app.station.lists import MOST, Choice, ColumnView, ListView, Mark
from app.station.lookup_screen import fresh
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.turn import Turn
from app.station.undo_acts import Act, Looked, everybody
from app.station.undo_judge import Bar, Way
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.undo import UndoFlow

ACTS = (
    ColumnView(text("lookup.column_when"), 16, code=True),
    ColumnView(text("lookup.column_what")),
    ColumnView(text("undo.column_now"), 12),
)
LINES = (
    ColumnView(text("lookup.column_name")),
    ColumnView(text("lookup.column_units"), 6, code=True),
    ColumnView(text("undo.column_from"), 12),
    ColumnView(text("undo.column_to"), 12),
)


# Of what is not reversed: where it went, as it was recorded.
STANDS = (
    *LINES[:2],
    ColumnView(text("undo.column_was_from"), 12),
    ColumnView(text("undo.column_was_to"), 12),
)


def build(flow: "UndoFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    listing, act = flow.state.value == "list", flow.here(turn)
    bar = undo_judge.barred(turn, act) if act is not None and not listing else None
    label = undo_judge.needs_label(act, flow.label) if act is not None else ""
    return Screen(
        page=Page.UNDO,
        title=text("undo.title"),
        document=act.about.document if act is not None and not listing else "",
        subtitle=fresh(turn),
        prompt=_prompt(flow, turn, act, bar),
        scan_hint=text("scan.hint"),
        choices=_list(flow, turn, act) if listing else _lines(turn, act, bar),
        facts=_facts(turn, act, bar) if act is not None and not listing else (),
        actions=_actions(flow, turn, bar, label),
        locked=flow.problem is not None,
    )


def other_way(turn: Turn, act: Act) -> Way | None:
    """What may be done instead of what can be taken back: a parcel that is gone comes back."""
    return undo_judge.return_instead(turn) if act.kind == Kind.SHIP else None


def said_of(turn: Turn, act: Act, *, waits: bool) -> tuple[Text, Text]:
    """What was taken back, and what to do with the goods; asked before it is."""
    what = _items(act, _names(turn, [act]))
    if waits:
        return text("undo.asked", what=what), text("undo.asked_detail")
    if act.kind == Kind.SHIP:
        title = text("undo.done_ship", order=act.about.document)
        return title, text("undo.done_ship_detail", sscc=act.about.shipment)
    title = text("undo.done", what=what)
    back = {line.source for line in act.lines}
    if len(back) == 1 and not _virtual(next(iter(back))):
        return title, text("undo.done_at", place=back.pop())
    return title, text("undo.done_detail")


# ---------------------------------------------------------------------------------- the panel


def _prompt(flow: "UndoFlow", turn: Turn, act: Act | None, bar: Bar | None) -> Prompt:
    if flow.problem is not None:
        title, detail = flow.problem
        return Prompt(Tone.ERROR, "octagon-x", title, detail, text("pack.ack_note"))
    if flow.state.value == "act" and act is not None:
        return _about(flow, turn, act, bar)
    if flow.said is not None:
        return Prompt(Tone.OK, "undo-2", *flow.said)
    if act is None and flow.listed(turn).following:
        return Prompt(Tone.ASK, "search", text("undo.further"), text("undo.further_detail"))
    if act is None:
        return Prompt(Tone.OK, "circle-check", text("undo.none"), text("undo.none_detail"))
    code = "undo.ask_others" if everybody(turn) else "undo.ask_own"
    note = None if turn.around.link is LinkState.ONLINE else text("undo.offline")
    return Prompt(Tone.ASK, "undo-2", text("undo.ask"), text(code), note)


def _about(flow: "UndoFlow", turn: Turn, act: Act, bar: Bar | None) -> Prompt:
    if bar is not None:
        return Prompt(Tone.WARN, "hand", bar.why, bar.instead)
    if undo_judge.needs_label(act, flow.label):
        order = turn.work.order(act.about.document)
        before = due(order.ship_before, turn.now) if order is not None else ""
        detail = text("undo.scan_label_detail", before=before)
        return Prompt(Tone.ASK, "scan-barcode", text("undo.scan_label"), detail)
    why = undo_judge.approval(turn, act, turn.session)
    if why is not None:
        note = text(f"waits.{why[0]}")
        title, detail = text("undo.confirm_waits"), text("undo.confirm_waits_detail")
        return Prompt(Tone.WARN, "shield-alert", title, detail, note)
    return Prompt(Tone.ASK, "undo-2", text("undo.confirm"), text("undo.confirm_detail"))


def _actions(flow: "UndoFlow", turn: Turn, bar: Bar | None, label: str) -> tuple[Action, ...]:
    if flow.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    act = flow.here(turn)
    if flow.state.value == "list":
        top = flow.looked == Looked()
        keys = [Action("Esc", Intent.NO, text("key.leave" if top else "undo.key_all"))]
        if flow.listed(turn).following:
            keys.append(Action("F7", Intent.NEXT, text("key.next_page")))
        if act is not None:
            keys.append(Action("F10", Intent.MAIN, text("undo.key_show"), main=True))
        return tuple(keys)
    keys = [Action("Esc", Intent.NO, text("key.step_back"))]
    if bar is not None and bar.way is not None:
        keys.append(Action("F10", Intent.MAIN, bar.way.label, main=True))
    if act is not None and bar is None:
        other = other_way(turn, act)
        if other is not None:
            page = Page.RETURN.value
            keys.append(Action("F6", Intent.TASK, other.label, argument=page))
        keys.append(_take(turn, act, label))
    return tuple(keys)


def _take(turn: Turn, act: Act, label: str) -> Action:
    why = text("undo.scan_label") if label else None
    code = "undo.key_ask" if undo_judge.approval(turn, act, turn.session) else "undo.key_take"
    return Action("F10", Intent.MAIN, text(code), enabled=why is None, why_not=why, main=True)


# ---------------------------------------------------------------------------------- the lists


def _list(flow: "UndoFlow", turn: Turn, chosen: Act | None) -> ListView:
    found = flow.listed(turn)
    names = _names(turn, found.rows)
    rows = tuple(
        Choice(
            act.key,
            (
                text("lookup.when", at=act.latest.recorded_at),
                _what(act, names),
                _now(act),
            ),
            _mark(act),
        )
        for act in found.rows
    )
    here = chosen.key if chosen is not None else ""
    empty = text("undo.nothing_yet")
    more = bool(found.following)
    return ListView(text("undo.list"), ACTS, rows, len(rows), here, more, empty)


def _lines(turn: Turn, act: Act | None, bar: Bar | None) -> ListView:
    lines = act.lines if act is not None else ()
    names = turn.work.items(line.item for line in lines[:MOST])
    rows = tuple(
        Choice(
            str(number),
            (
                text(
                    "undo.item",
                    sku=line.item,
                    item=names[line.item].name if line.item in names else line.item,
                ),
                text("lookup.units", n=line.quantity),
                *(place_said(one) for one in _way_back(line)[:: 1 if bar is None else -1]),
            ),
        )
        for number, line in enumerate(lines[:MOST])
    )
    empty = text("undo.no_lines")
    columns = LINES if bar is None else STANDS
    return ListView(text("undo.reversed"), columns, rows, len(lines), empty=empty)


def _way_back(line: Line) -> tuple[str, str]:
    return line.target, line.source


def place_said(place: str) -> Text | str:
    """A place as people call it; what is outside the building has a word, not a code."""
    if place.startswith(PARCEL_PREFIX):
        return text("undo.place_parcel")
    if place.startswith(TRANSIT_PREFIX):
        return text("undo.place_transit")
    return text(f"undo.place_{place}") if place in VIRTUAL else place or "–"


def _virtual(place: str) -> bool:
    return place.startswith((PARCEL_PREFIX, TRANSIT_PREFIX)) or place in VIRTUAL or not place


def _mark(act: Act) -> Mark:
    if not act.standing:
        return Mark.DONE
    outcomes = {step.outcome for step in act.standing}
    if outcomes & {Outcome.REFUSED.value, Outcome.CONFLICT.value, Outcome.HELD.value}:
        return Mark.WRONG
    return Mark.WAITING if Outcome.WAITING in outcomes else Mark.NONE


def _now(act: Act) -> Text:
    """How far it has come, and whether it stands."""
    if not act.standing:
        waits = any(one.taken_back and one.taken_back.outcome == "waiting" for one in act.steps)
        return text("undo.now_asked" if waits else "undo.now_back")
    if len(act.standing) < len(act.steps):
        return text("undo.now_part", n=len(act.standing))
    for step in act.standing:
        if step.outcome not in ("", Outcome.POSTED):
            return text(f"undo.now_{step.outcome}")
    sent = all(step.transport == "confirmed" for step in act.standing)
    return text("undo.now_synced" if sent else "undo.now_here")


def _names(turn: Turn, acts: Sequence[Act]) -> Mapping[str, str]:
    """Names of the items that rows are called by."""
    skus = {act.lines[0].item for act in acts if act.lines}
    return {sku: item.name for sku, item in turn.work.items(skus).items()}


def _items(act: Act, names: Mapping[str, str]) -> str:
    """How many of what, in a few words."""
    skus = list(dict.fromkeys(line.item for line in act.lines))
    if not skus:
        return act.about.document or act.kind
    name = names.get(skus[0], skus[0])
    return f"{act.units} × {name}" + (f" +{len(skus) - 1}" if len(skus) > 1 else "")


def _what(act: Act, names: Mapping[str, str]) -> Text:
    line = act.lines[0] if act.lines else None
    place = line.target if line is not None else str(act.latest.evidence.get("place", ""))
    match act.kind:
        case Kind.DECIDE:
            return text(f"undo.did_{act.latest.reason}")
        case Kind.SHIP:
            return text("undo.did_ship", order=act.about.document, n=act.units)
        case Kind.COUNT:
            return text("undo.did_count", place=line.source if line is not None else place)
        case Kind.MOVE:
            return text("undo.did_move", what=_items(act, names), place=place)
        case _:
            return text(f"undo.did_{act.kind}", what=_items(act, names))


# ---------------------------------------------------------------------------------- the story


def _facts(turn: Turn, act: Act, bar: Bar | None) -> tuple[Fact, ...]:
    """What becomes of it beside the goods, then who did it and how far it has come."""
    facts: list[Fact] = []
    if bar is None and act.kind == Kind.SHIP:
        facts += _parcel(turn, act)
    if bar is None and act.kind == Kind.ADJUST:
        why = undo_judge.approval(turn, act, turn.session)
        said = text(f"waits.{why[0]}") if why is not None else text("case.alone")
        facts.append(Fact(text("undo.approval"), said))
    if bar is None:
        count = len(undo_take.steps(turn, act))
        facts.append(Fact(text("undo.recorded"), text("undo.recorded_said", n=count)))
    person = turn.work.person(act.latest.actor)
    who = person.name if person is not None else act.latest.actor
    facts.append(Fact(text("lookup.who"), text("case.plain", said=who)))
    facts.append(Fact(text("undo.column_now"), _now(act)))
    return tuple(facts)


def _parcel(turn: Turn, act: Act) -> list[Fact]:
    sscc = act.about.shipment
    printed = len(turn.work.labels_of(sscc))
    return [
        Fact(text("undo.label"), text("undo.label_said", sscc=sscc)),
        Fact(text("undo.prints"), text("undo.prints_said", n=printed)),
        Fact(text("undo.parcel"), text("undo.parcel_said", n=act.units)),
        Fact(text("undo.order"), text("undo.order_said")),
    ]
