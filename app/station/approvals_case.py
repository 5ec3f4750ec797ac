"""The case of one request: before, asked for and after; who, where, why; what happened since.

What others recorded elsewhere the ledger knows; here stands what this book has, and it says so.
"""

from app.contract.messages import Operation
from app.domain.limits import Change
from app.domain.operation import Kind, StockKey
from app.domain.policy import AdjustLimit
from app.domain.text import Text, text
from app.station import judging
from app.station.adjust_screen import change_said
from app.station.cases import CaseView, Fact, Figure
from app.station.limits_here import Here
from app.station.searching import Told
from app.station.turn import Turn
from app.station.waiting import OFFLINE, PHOTOS, PROVISIONAL, Waiting

# Own records of an item that are looked through for counts and moves of the place.
LATEST = 50
# Passes of a count that are named one by one.
PASSES = 3
# Reasons that have a word in the catalogue; others are shown as they came.
KNOWN = frozenset(
    {"miscounted", "damaged", "found", "write_off", "theft", "other", "count", "adjust"}
)
# Codes of waiting that have a sentence in the catalogue.
WAITS = frozenset(
    {
        "needs_approval", "reason_needs_approval", "over_quantity_limit", "over_value_limit",
        "over_share_limit", "over_daily_quantity", "over_daily_value", "below_zero",
        "cost_unknown", "unknown_actor",
    }
)  # fmt: skip
# Orders that are read to say how much of an item is spoken for; more are never open at a site.
MOST_ORDERS = 10_000


def reason_said(reason: str) -> Text:
    """Why something was asked for, as a word."""
    return text(f"reason.{reason}") if reason in KNOWN else text("case.plain", said=reason)


def build(turn: Turn, what: Waiting) -> CaseView:
    """The case as the book has it now."""
    here = Here(turn.work, turn.now[:10])
    change = judging.change_of(turn, what)
    if not change.lines:
        return _document(turn, what)
    key, units = change.lines[0]
    item = turn.work.item_by_sku(key.item)
    now = here.there(key)
    before = now - units if _in_effect(turn, what) else now
    return CaseView(
        title=text(
            "case.title",
            item=item.name if item is not None else key.item,
            sku=key.item,
            place=key.location,
        ),
        figures=_figures(turn, what, change, before),
        change=_change(units, units * here.cost(key.item)),
        limit=_limit(turn, what),
        waits=True,
        facts=(*_asked(turn, what), *_evidence(turn, what, key), *_since(turn, what, key, before)),
    )


def _in_effect(turn: Turn, what: Waiting) -> bool:
    """Whether it was approved here, and the numbers of this book have it already."""
    decision = turn.work.recorded(what.decided) if what.decided else None
    return decision is not None and decision.evidence.get(PROVISIONAL) is True


def _document(turn: Turn, what: Waiting) -> CaseView:
    """A request that moves nothing by itself: a transfer somebody wants."""
    reference = what.operation.reference
    number = reference.document if reference is not None else ""
    wanted = sum(line.quantity for line in what.operation.lines)
    return CaseView(
        title=text("approvals.document", document=number),
        figures=(Figure(text("approvals.wanted"), None, wanted, None, main=True),),
        change=text("approvals.lines", n=len(what.operation.lines)),
        limit=_limit(turn, what),
        waits=True,
        facts=_asked(turn, what),
    )


def _figures(turn: Turn, what: Waiting, change: Change, before: int) -> tuple[Figure, ...]:
    key, units = change.lines[0]
    asked = what.operation.evidence.get("after")
    counted = asked if isinstance(asked, int) and not isinstance(asked, bool) else None
    wanting, _ = turn.work.wanting(key.item, MOST_ORDERS)
    spoken = sum(one.units for one in wanting)
    there = turn.work.on_hand([key.item]).get(key.item, 0)
    there -= units if _in_effect(turn, what) else 0
    figures = [
        Figure(text("case.on_hand"), before, counted, before + units, main=True),
        Figure(text("approvals.spoken_for"), spoken, None, spoken),
        Figure(text("approvals.free"), there - spoken, None, there - spoken + units),
    ]
    cost = Here(turn.work, turn.now[:10]).cost(key.item)
    if cost:
        worth = (before * cost, (before + units) * cost)
        figures.append(Figure(text("case.value"), worth[0], None, worth[1], money=True))
    return tuple(figures)


def _change(units: int, value: int) -> Text:
    """The change in words, with what it is worth when somebody has said."""
    if not value:
        return change_said(units)
    code = "case.remove_worth" if units < 0 else "case.add_worth"
    return text(f"{code}", n=abs(units), money=abs(value))


def _limit(turn: Turn, what: Waiting) -> Text | None:
    """What was crossed, with the number of the site's policy where it is one."""
    limit = turn.work.policy().adjust.get(what.operation.role) or AdjustLimit()
    match what.code:
        case "over_quantity_limit" if limit.quantity is not None:
            return text("approvals.over_quantity", n=limit.quantity)
        case "over_value_limit" if limit.value is not None:
            return text("approvals.over_value", money=limit.value)
        case "over_daily_quantity" if limit.daily_quantity is not None:
            return text("approvals.over_daily", n=limit.daily_quantity)
        case code if code in WAITS:
            return text(f"waits.{code}")
        case _:
            return None


# ------------------------------------------------------------------------------- the story


def _name(turn: Turn, account: str) -> str:
    known = turn.work.person(account)
    return known.name if known is not None else account


def _asked(turn: Turn, what: Waiting) -> tuple[Fact, ...]:
    asked = what.operation
    who, station = _name(turn, asked.actor), what.station or turn.around.identity.station
    code = "approvals.asked_offline" if asked.evidence.get(OFFLINE) is True else "approvals.asked"
    when = text(f"{code}", name=who, station=station, at=asked.recorded_at)
    reason = reason_said(asked.reason or asked.kind)
    facts = [Fact(text("case.asked_by"), when), Fact(text("case.reason"), reason)]
    note = asked.evidence.get("note")
    if isinstance(note, str) and note:
        facts.append(Fact(text("approvals.note"), text("case.plain", said=note)))
    signed = any(one.person == asked.actor for one in what.signatures)
    code = "case.signed" if signed else "case.unsigned"
    facts.append(Fact(text("case.evidence"), text(f"{code}", name=who)))
    return tuple(facts)


def _evidence(turn: Turn, what: Waiting, key: StockKey) -> tuple[Fact, ...]:
    """Counts of the place, pictures, and the last move before somebody asked."""
    asked, facts = what.operation, []
    told = turn.work.moves_of(key.item, LATEST)
    passes = _passes(turn, told, key)
    if passes:
        facts.append(Fact(text("approvals.counts"), passes))
    elif asked.reason == "count":
        facts.append(Fact(text("approvals.counts"), text("approvals.counted_elsewhere")))
    photos = asked.evidence.get(PHOTOS)
    if isinstance(photos, int) and photos > 0:
        facts.append(Fact(text("approvals.photos"), text("approvals.photos_said", n=photos)))
    moved = _moves(told, key, asked.id)
    before = next((one for one in moved if one[0].recorded_at <= asked.recorded_at), None)
    if before is not None:
        operation, units = before
        said = text(
            "approvals.moved",
            n=units,
            name=_name(turn, operation.actor),
            at=operation.recorded_at,
        )
        facts.append(Fact(text("approvals.last_move"), said))
    return tuple(facts)


def _passes(turn: Turn, told: tuple[Told, ...], key: StockKey) -> Text | None:
    """What was counted here at this place, the latest last; None when nobody did."""
    found = [
        (sum(line.quantity for line in lines), _name(turn, one.operation.actor))
        for one in told
        if one.operation.kind == Kind.COUNT
        and (lines := [n for n in one.operation.lines if (n.source, n.item) == key[:2]])
    ]
    if not found:
        return None
    shown = ", ".join(f"{units} ({name})" for units, name in reversed(found[:PASSES]))
    return text("approvals.passes", n=len(found), said=shown)


def _moves(told: tuple[Told, ...], key: StockKey, but: str) -> tuple[tuple[Operation, int], ...]:
    """Own records that moved the item at this place, the latest first, with their units."""
    found = []
    for one in told:
        operation = one.operation
        units = sum(
            line.quantity * ((line.target == key.location) - (line.source == key.location))
            for line in operation.lines
            if line.item == key.item
        )
        if units and operation.id != but and operation.kind != Kind.COUNT:
            found.append((operation, units))
    return tuple(found)


def _since(turn: Turn, what: Waiting, key: StockKey, before: int) -> tuple[Fact, ...]:
    """What became of the place since somebody asked, and what approving would leave there."""
    then = what.operation.evidence.get("before")
    if not isinstance(then, int) or isinstance(then, bool):
        return ()
    moved = before - then
    units = sum(n for where, n in judging.change_of(turn, what).lines if where == key)
    said = text("case.nothing_since")
    if moved:
        said = text("approvals.since", n=moved, left=before + units)
    return (Fact(text("case.since"), said),)
