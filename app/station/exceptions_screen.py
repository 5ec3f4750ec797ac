"""The Exceptions page as a value: causes, those of one cause, and the story of the chosen one."""

from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station.cases import Fact
from app.station.inbox import Intent, LinkState
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.lookup_screen import fresh
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.standing import Trouble
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.exceptions import ExceptionsFlow

ROWS = 50
# The way that is always there.
CLOSE = "close_with_note"
# Digits of the ways; no cause has more.
MOST_WAYS = 9
NOTES = ("put_right", "counted", "carrier", "nothing")
# Somebody to hand it to who is nobody in particular.
ROLES = ("supervisor", "controller", "site_manager")
ROLE_PREFIX = "role:"
CAUSE_COLUMNS = (
    ColumnView(text("exceptions.column_cause")),
    ColumnView(text("exceptions.column_count"), 5),
    ColumnView(text("exceptions.column_by"), 9),
)
ROW_COLUMNS = (
    ColumnView(text("exceptions.column_document"), 12, code=True),
    ColumnView(text("exceptions.column_owner")),
    ColumnView(text("exceptions.column_by"), 9),
)
_PEOPLE = (ColumnView(text("exceptions.column_person")),)


def build(flow: "ExceptionsFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    rows, _ = _list(flow, turn)
    found = flow.trouble(turn)
    return Screen(
        page=Page.EXCEPTIONS,
        title=text("exceptions.title"),
        subtitle=fresh(turn),
        prompt=_prompt(flow, turn, found, rows),
        scan_hint=text("scan.hint"),
        choices=rows,
        facts=_facts(turn, found) if found is not None else (),
        actions=_actions(flow, found, rows),
    )


def chosen(flow: "ExceptionsFlow", turn: Turn) -> str:
    """Key of the row that is chosen now."""
    return _list(flow, turn)[0].chosen


def following(flow: "ExceptionsFlow", turn: Turn) -> tuple[str, str] | None:
    """Where the next page begins; None when this is the last."""
    return _list(flow, turn)[1]


def cause(code: str) -> Text:
    """A cause in words; one this program does not know is shown as it came."""
    return text(f"cause.{code}") if code in CAUSES else text("case.plain", said=code)


def way(code: str) -> Text:
    """A next step in words."""
    return text(f"way.{code}") if code in WAYS else text("case.plain", said=code)


def _list(flow: "ExceptionsFlow", turn: Turn) -> tuple[ListView, tuple[str, str] | None]:
    match flow.mode.value:
        case "causes":
            return _causes(flow, turn), None
        case "assign":
            return _people(flow, turn), None
        case _:
            return _rows(flow, turn)


def _view(
    flow: "ExceptionsFlow",
    name: Text,
    columns: tuple[ColumnView, ...],
    rows: tuple[Choice, ...],
    *,
    more: bool = False,
) -> ListView:
    keys = [row.key for row in rows]
    here = flow.chosen if flow.chosen in keys else (keys[0] if keys else "")
    return ListView(name, columns, rows, len(rows), here, more, text("exceptions.none_detail"))


def _causes(flow: "ExceptionsFlow", turn: Turn) -> ListView:
    rows = tuple(
        Choice(
            one.code,
            (cause(one.code), text("lookup.units", n=one.count), _by(one.deadline, turn.now)),
            _mark(one.deadline, turn.now),
        )
        for one in turn.work.causes()
    )
    return _view(flow, text("exceptions.causes"), CAUSE_COLUMNS, rows)


def _rows(flow: "ExceptionsFlow", turn: Turn) -> tuple[ListView, tuple[str, str] | None]:
    found = turn.work.troubles(flow.code, ROWS + 1, flow.after)
    more, found = len(found) > ROWS, found[:ROWS]
    steps = turn.work.steps_here()
    names = {one.person: one.name for one in turn.work.people()}
    rows = tuple(
        Choice(
            one.id,
            (one.document or "–", _owner(one, names), _by(one.deadline, turn.now)),
            Mark.WAITING if one.id in steps else _mark(one.deadline, turn.now),
        )
        for one in found
    )
    view = _view(flow, text("exceptions.of_cause"), ROW_COLUMNS, rows, more=more)
    return view, (found[-1].deadline, found[-1].id) if more else None


def _people(flow: "ExceptionsFlow", turn: Turn) -> ListView:
    roles = tuple(Choice(ROLE_PREFIX + one, (text(f"ui.role_{one}"),)) for one in ROLES)
    people = tuple(Choice(one.person, (one.name,)) for one in turn.work.people())
    return _view(flow, text("exceptions.people"), _PEOPLE, (*roles, *people)[:ROWS])


def _owner(one: Trouble, names: dict[str, str]) -> Text | str:
    if not one.owner:
        return text("exceptions.nobody")
    role = one.owner.removeprefix(ROLE_PREFIX)
    if role != one.owner:
        return text(f"ui.role_{role}") if role in ROLES else role
    return names.get(one.owner, one.owner)


def _left_min(deadline: str, now: str) -> int | None:
    """Whole minutes until a deadline; None without one that can be read."""
    try:
        until = datetime.fromisoformat(deadline) - datetime.fromisoformat(now)
    except (ValueError, TypeError):
        return None
    return int(until.total_seconds() // 60)


def _by(deadline: str, now: str) -> Text:
    left = _left_min(deadline, now)
    if left is None:
        return text("exceptions.by_none")
    if left < 0:
        return text("exceptions.by_over")
    return (
        text("exceptions.by_min", n=left) if left < 120 else text("exceptions.by_h", n=left // 60)
    )


def _mark(deadline: str, now: str) -> Mark:
    left = _left_min(deadline, now)
    if left is None or left >= 60:
        return Mark.NONE
    return Mark.WRONG if left < 0 else Mark.URGENT


def _prompt(flow: "ExceptionsFlow", turn: Turn, found: Trouble | None, rows: ListView) -> Prompt:
    online = turn.around.link is LinkState.ONLINE
    note = None if online else text("exceptions.offline")
    if flow.said is not None:
        title, detail, good = flow.said
        tone, icon = (Tone.OK, "circle-check") if good else (Tone.WARN, "circle-help")
        return Prompt(tone, icon, title, detail, note)
    match flow.mode.value:
        case "note" | "close" as mode:
            title, detail = text(f"exceptions.ask_{mode}"), text("exceptions.ask_note_detail")
        case "assign":
            title, detail = text("exceptions.ask_assign"), text("exceptions.ask_assign_detail")
        case "rows" if found is not None:
            title, detail = cause(found.code), text("ui.sentence", sentence=found.sentence)
        case _ if rows.rows:
            title, detail = text("exceptions.ask"), text("exceptions.ask_detail")
        case _:
            title, detail = text("exceptions.none"), text("exceptions.none_detail")
            return Prompt(Tone.OK, "circle-check", title, detail, note)
    return Prompt(Tone.ASK, "triangle-alert", title, detail, note)


def _actions(flow: "ExceptionsFlow", found: Trouble | None, rows: ListView) -> tuple[Action, ...]:
    causes = flow.mode.value == "causes"
    back = Action("Esc", Intent.NO, text("key.leave") if causes else text("key.step_back"))
    if flow.mode.value in ("note", "close"):
        notes = (
            Action(str(n), Intent.REASON, text(f"exceptions.note_{word}"), argument=word)
            for n, word in enumerate(NOTES, 1)
        )
        return (*notes, back)
    if flow.mode.value == "assign":
        return (back, Action("F10", Intent.MAIN, text("key.hand_to"), main=True))
    if found is None:
        open_ = (Action("F10", Intent.MAIN, text("key.open"), main=True),) if rows.rows else ()
        return (back, *open_)
    ways = (
        Action(str(n), Intent.TASK, way(code), argument=code)
        for n, code in enumerate(found.ways[:MOST_WAYS], 1)
    )
    return (
        *ways,
        back,
        Action("F6", Intent.WITHDRAW, text("key.note")),
        Action("F7", Intent.REJECT, text("key.hand_to")),
        Action("F10", Intent.MAIN, text("key.take_it"), main=True),
    )


def _facts(turn: Turn, found: Trouble) -> tuple[Fact, ...]:
    names = {one.person: one.name for one in turn.work.people()}
    owner = _owner(found, names)
    facts = [
        Fact(text("exceptions.column_by"), _by(found.deadline, turn.now)),
        Fact(text("exceptions.severity"), _severity(found)),
        Fact(
            text("exceptions.column_owner"),
            text("case.plain", said=owner) if isinstance(owner, str) else owner,
        ),
    ]
    step = turn.work.steps_here().get(found.id)
    if step is not None:
        who = names.get(step.actor, step.actor)
        said = text(f"exceptions.waits_{step.reason}", name=who)
        facts.append(Fact(text("exceptions.here"), said))
    if found.seen > 1:
        facts.append(Fact(text("exceptions.seen"), text("exceptions.times", n=found.seen)))
    if found.document:
        facts.append(
            Fact(text("exceptions.column_document"), text("case.plain", said=found.document))
        )
    return (*facts, *_story(turn, found, names))


def _severity(found: Trouble) -> Text:
    known = found.severity in ("high", "medium", "low")
    if found.state == "escalated" and known:
        return text(f"exceptions.escalated_{found.severity}")
    if known:
        return text(f"exceptions.severity_{found.severity}")
    return text("case.plain", said=found.severity)


def _story(turn: Turn, found: Trouble, names: dict[str, str]) -> list[Fact]:
    """What happened, as far as this book knows it."""
    if not found.operation:
        return []
    body = turn.work.recorded(found.operation)
    if body is None:
        return [Fact(text("exceptions.story"), text("exceptions.elsewhere"))]
    who = names.get(body.actor, body.actor)
    facts = [
        Fact(text("exceptions.story"), text("exceptions.recorded", name=who, at=body.recorded_at))
    ]
    for line in body.lines[:6]:
        way_ = text("lookup.way", n=line.quantity, source=line.source, target=line.target)
        facts.append(Fact(text("case.plain", said=line.item), way_))
    return facts


# Codes that have words in the catalogue; a newer ledger may send others.
CAUSES = frozenset(
    {
        "approval_disputed", "books_differ", "cancelled_after_ship", "count_differs",
        "count_waits", "counted_and_adjusted", "decided_on_carried_grant", "glass_broken",
        "inbound_cut_below_received", "list_differs", "lot_expiry_differs", "lot_not_good",
        "lot_recalled", "lot_released_without_right", "moved_before_count", "negative_balance",
        "not_on_inbound", "not_on_return", "order_cut_below_packed", "order_overpacked",
        "over_receipt", "over_return", "packed_after_cancel", "packed_after_seal", "packed_twice",
        "packed_while_held", "readdressed_after_seal", "readdressed_after_ship",
        "received_after_close", "reclassified_and_moved", "recount_by_same_person",
        "recount_needed", "reorder", "return_cut_below_received", "returned_after_close",
        "returned_never_shipped", "serial_twice", "shipped_after_cancel", "shipped_reopened",
        "shipped_unverified", "signed_while_revoked", "station_differs", "station_forked",
        "transfer_ended", "transfer_not_approved", "transfer_over", "transfer_over_dispatched",
        "transfer_overdue", "transfer_short", "unknown_inbound", "unknown_item", "unknown_order",
        "unknown_return", "unknown_transfer",
    }
)  # fmt: skip
WAYS = frozenset(
    {
        "accept_count", "accept_rest", "announce", "approve_transfer", "bring_station_back",
        "cancel_transfer", "check_person", "close_with_note", "correct_lot", "count_place",
        "decide_again", "declare_short", "enrol_anew", "expect_more", "identify_item",
        "import_item", "import_order", "move_out", "open_and_seal", "order_more", "pack_rest",
        "reconcile_again", "record_dispatch", "record_missing", "record_return", "recount",
        "redirect_parcel", "release_lot", "release_order", "reopen_document", "request_transfer",
        "restore_ledger", "reverse_mistake", "reverse_shipment", "review_decisions",
        "send_new_version", "set_lot", "settle_transit", "unpack_all", "unpack_surplus",
        "watch_station",
    }
)  # fmt: skip
