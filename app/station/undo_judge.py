"""Whether an act can still be taken back; if not, why, and what is done instead.

Nothing is edited: what has counted is answered by its mirror, while the goods are where it put
them. What others did with them since is taken back first, or the place is counted.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.document import DocumentKind, Measure
from app.domain.limits import Why
from app.domain.operation import Kind, Outcome, StockKey, is_virtual, postings
from app.domain.text import Text, text
from app.station import limits_here, pack_job
from app.station.menu import offered
from app.station.screen import Page
from app.station.turn import Session, Turn
from app.station.undo_acts import Act, act_of
from app.station.undoing import Done
from app.station.waiting import APPROVE, PROVISIONAL, moves_of

_NEVER = frozenset({Outcome.REFUSED.value, Outcome.CONFLICT.value})


@dataclass(frozen=True, slots=True)
class Way:
    """What is done instead: a task, or another act of this list.

    Attributes:
        label: As the key says it.
        page: Where; None for another act.
        argument: What of it.
    """

    label: Text
    page: Page | None = None
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """Why something is not taken back.

    Attributes:
        why: What stands in the way.
        instead: What to do.
        way: A key for that, if there is one.
    """

    why: Text
    instead: Text
    way: Way | None = None


def barred(turn: Turn, act: Act) -> Bar | None:
    """What keeps an act from being taken back, however often somebody asks; None when nothing."""
    back = [step.taken_back for step in act.steps if step.taken_back is not None]
    if len(back) == len(act.steps):
        waits = any(one.outcome == Outcome.WAITING for one in back)
        return _waits_already() if waits else Bar(text("undo.already"), text("undo.already_detail"))
    bar = _by_outcome(turn, act)
    if bar is not None:
        return bar
    match act.kind:
        case Kind.COUNT:
            place = act.lines[0].source if act.lines else str(act.latest.evidence.get("place", ""))
            way = _way(turn, text("undo.key_count"), Page.COUNT, place)
            return Bar(text("undo.counted"), text("undo.counted_detail", place=place), way)
        case Kind.DECIDE:
            return _decided(turn, act)
        case Kind.SHIP:
            return _packed_again(turn, act)
        case Kind.DISPATCH:
            return _arrived(turn, act) or _gone(turn, act)
        case _:
            return _gone(turn, act)


def needs_label(act: Act, scanned: str) -> str:
    """The parcel whose label is scanned before it is opened again: only one that is here has it."""
    sscc = act.about.shipment if act.kind == Kind.SHIP else ""
    return sscc if sscc != scanned else ""


def approval(turn: Turn, act: Act, who: Session | None) -> Why | None:
    """Why another person has to approve the reversals, or None: facts need nobody's approval."""
    if act.kind != Kind.ADJUST or who is None:
        return None
    moves = [
        (key, -quantity)
        for step in act.standing
        for key, quantity, _ in moves_of(step.operation, turn.work.heard_of)
    ]
    return limits_here.why_waiting(turn, who, moves, Kind.ADJUST.value)


def _waits_already() -> Bar:
    way = Way(text("key.approvals_open"), Page.APPROVALS)
    return Bar(text("undo.waits_already"), text("undo.waits_already_detail"), way)


def _by_outcome(turn: Turn, act: Act) -> Bar | None:
    outcomes = {step.outcome for step in act.standing}
    if outcomes & _NEVER:
        return Bar(text("undo.never"), text("undo.never_detail"))
    if Outcome.HELD in outcomes:
        return Bar(text("undo.held"), text("undo.held_detail"))
    if act.kind != Kind.ADJUST:
        return None
    asked = turn.work.waiting_of(act.latest.id)
    if asked is not None and not asked.decided:
        way = Way(text("key.approvals_open"), Page.APPROVALS, act.latest.id)
        return Bar(text("undo.waits"), text("undo.waits_detail"), way)
    if asked is not None and not _holds_here(turn, asked.decided):
        return Bar(text("undo.deciding"), text("undo.deciding_detail"))
    return None


def _holds_here(turn: Turn, decision: str) -> bool:
    """Whether an approval made here without a link is in effect: then it can be countered."""
    made = turn.work.recorded(decision)
    approved = made is not None and made.kind == Kind.DECIDE and made.reason == APPROVE
    return made is not None and approved and made.evidence.get(PROVISIONAL) is True


def _decided(turn: Turn, act: Act) -> Bar:
    """A signed decision counts at once; what it let through is stock, and goes back as stock."""
    if act.latest.reason != APPROVE:
        return Bar(text("undo.rejected"), text("undo.rejected_detail"))
    if act_of(turn, act.about.original) is not None:
        way: Way | None = Way(text("undo.key_adjustment"), None, act.about.original)
    else:
        way = _way(turn, text("undo.key_adjust"), Page.ADJUST, "new")
    return Bar(text("undo.approved"), text("undo.approved_detail"), way)


def _packed_again(turn: Turn, act: Act) -> Bar | None:
    number = act.about.document
    open_again = pack_job.load(turn.work, number)
    # Several parcels of one order stand beside each other again; another box would be a second one.
    if open_again is not None and open_again.job != act.steps[0].job:
        return Bar(text("undo.open_again", order=number), text("undo.open_again_detail"))
    return None


def _arrived(turn: Turn, act: Act) -> Bar | None:
    """What the other site has taken in is sent back from there."""
    kind = DocumentKind.TRANSFER.value
    for number, wanted in _by_line(act.standing).items():
        counted = turn.work.counted(kind, act.about.document).get(number, {})
        sent = counted.get(Measure.DISPATCHED.value, 0)
        if counted.get(Measure.ACCEPTED.value, 0) > sent - wanted:
            return Bar(text("undo.arrived", site=act.about.site), text("undo.arrived_detail"))
    return None


def _by_line(steps: Sequence[Done]) -> Counter[int]:
    found: Counter[int] = Counter()
    for step in steps:
        for line in step.operation.lines:
            if line.order_line:
                found[line.order_line] += line.quantity
    return found


def _gone(turn: Turn, act: Act) -> Bar | None:
    """Goods that lie no longer where this put them: what was done after comes back first."""
    needed: Counter[StockKey] = Counter()
    for step in act.standing:
        if step.operation.kind != Kind.SHORT:
            for key, quantity, _ in postings(step.operation.lines):
                needed[key] += quantity
    taken = [key for key, quantity in needed.items() if quantity > 0]
    there = _there(turn, {key.location for key in taken if not is_virtual(key.location)})
    for key in sorted(taken):
        if not is_virtual(key.location) and there[key] < needed[key]:
            item = turn.work.item_by_sku(key.item)
            name = item.name if item is not None else key.item
            why = text("undo.gone", item=name, place=key.location)
            left = max(there[key], 0)
            return Bar(why, text("undo.gone_detail", there=left, n=needed[key]))
    return None


def _there(turn: Turn, places: Collection[str]) -> Counter[StockKey]:
    """What the book has at places, pending work included."""
    found: Counter[StockKey] = Counter()
    for place in places:
        for row in turn.work.stock_at(place):
            key = StockKey(row.location, row.item, row.lot, row.serial, row.condition)
            found[key] += row.quantity
    return found


def _way(turn: Turn, label: Text, page: Page, argument: str) -> Way | None:
    """A way for somebody who may begin that task."""
    role = turn.session.role if turn.session is not None else ""
    if all(one.page is not page for one in offered(role)):
        return None
    return Way(label, page, argument)


def return_instead(turn: Turn) -> Way | None:
    """What the carrier has comes back as a return."""
    return _way(turn, text("undo.key_return"), Page.RETURN, "")
