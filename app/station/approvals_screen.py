"""The Approvals page as a value: what waits, the case of the chosen one, or a bulk line by line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.operation import Kind
from app.domain.text import Text, text
from app.station import approvals_case
from app.station.approvals_case import reason_said
from app.station.approvals_job import LIST_ROWS, NOTES, WRITTEN, Mode, Row, chosen_of, rows_of
from app.station.cases import TOGETHER, WaitingView
from app.station.inbox import Intent, LinkState
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.approvals import ApprovalsFlow


def build(flow: "ApprovalsFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    rows = rows_of(turn, by_risk=flow.by_risk)
    chosen = chosen_of(rows, flow.chosen)
    marked = [row for row in rows if row.what.id in flow.marked and row.left_out is None]
    open_ = turn.work.waiting_count()
    together = _together(flow, rows, marked)
    case = approvals_case.build(turn, chosen.what) if chosen is not None else None
    return Screen(
        page=Page.APPROVALS,
        title=text("approvals.title"),
        subtitle=_subtitle(rows, open_),
        prompt=_prompt(flow, turn, rows, marked),
        scan_hint=text("scan.hint"),
        waiting=tuple(_view(row, flow.marked) for row in rows),
        chosen=chosen.what.id if chosen is not None else "",
        case=case if together is None else None,
        choices=together,
        actions=_actions(flow, turn, chosen, marked, rows),
    )


def _subtitle(rows: Sequence[Row], open_: int) -> Text:
    stake = sum(abs(row.value) for row in rows if not row.what.decided)
    if open_ > LIST_ROWS:
        return text("approvals.subtitle_many", n=open_, shown=LIST_ROWS)
    if stake:
        return text("approvals.subtitle_stake", n=open_, money=stake)
    return text("approvals.subtitle", n=open_)


def _view(row: Row, marked: frozenset[str]) -> WaitingView:
    asked = row.what.operation
    return WaitingView(
        id=row.what.id,
        kind=reason_said(asked.reason or asked.kind),
        item=row.item,
        change=row.units,
        asked_at=asked.recorded_at,
        decided=bool(row.what.decided),
        mine=row.mine,
        marked=row.what.id in marked and row.left_out is None,
        written=row.what.code in WRITTEN,
    )


# ------------------------------------------------------------------------------- the bulk


def _together(flow: "ApprovalsFlow", rows: Sequence[Row], marked: Sequence[Row]) -> ListView | None:
    """The lines of a bulk: what it would do with each, or what became of each."""
    if flow.mode is Mode.SUMMARY:
        out = [row for row in rows if row.left_out is not None and not row.what.decided]
        lines = [
            *(_line(row, text("approvals.will_approve"), Mark.NONE) for row in marked),
            *(_line(row, row.left_out or text("approvals.none"), Mark.OUT) for row in out),
        ]
    elif flow.mode is Mode.RESULTS:
        lines = [
            _line(one.row, one.said, Mark.DONE if one.good else Mark.WRONG) for one in flow.results
        ]
    else:
        return None
    return ListView(text("approvals.together"), TOGETHER, tuple(lines), len(lines))


def _line(row: Row, said: Text, mark: Mark) -> Choice:
    return Choice(row.what.id, (row.item, units_said(row.units), said), mark)


def units_said(units: int) -> Text:
    """Signed units, the plus too."""
    return text("approvals.plus" if units > 0 else "approvals.units", n=units)


def _summary(turn: Turn, rows: Sequence[Row], marked: Sequence[Row]) -> Prompt:
    units, value = sum(row.units for row in marked), sum(row.value for row in marked)
    title = text("approvals.summary", n=len(marked), units=units)
    if value:
        title = text("approvals.summary_worth", n=len(marked), units=units, money=value)
    written = sum(row.what.code in WRITTEN and not row.what.decided for row in rows)
    mine = sum(row.mine and not row.what.decided for row in rows)
    note = _offline(turn)
    if written:
        note = text("approvals.left_written", n=written)
    elif mine:
        note = text("approvals.left_mine", n=mine)
    detail = text("approvals.summary_detail")
    return Prompt(Tone.WARN, "shield-alert", title, detail, note)


def _results(flow: "ApprovalsFlow") -> Prompt:
    good = sum(one.good for one in flow.results)
    if good == len(flow.results):
        title = text("approvals.all_done", n=good)
        return Prompt(Tone.OK, "circle-check", title, text("approvals.results_detail"))
    title = text("approvals.some_done", n=good, total=len(flow.results))
    return Prompt(Tone.WARN, "triangle-alert", title, text("approvals.results_detail"))


# ------------------------------------------------------------------------------- the panel


def _prompt(
    flow: "ApprovalsFlow", turn: Turn, rows: Sequence[Row], marked: Sequence[Row]
) -> Prompt:
    match flow.mode:
        case Mode.RESULTS:
            return _results(flow)
        case Mode.SUMMARY:
            return _summary(turn, rows, marked)
        case _:
            return _one(flow, turn, rows, marked)


def _one(flow: "ApprovalsFlow", turn: Turn, rows: Sequence[Row], marked: Sequence[Row]) -> Prompt:
    """What is asked about the one request that is looked at."""
    open_, chosen = turn.work.waiting_count(), chosen_of(rows, flow.chosen)
    if flow.said is not None:
        what, good = flow.said
        tone, icon = (Tone.OK, "circle-check") if good else (Tone.WARN, "shield-alert")
        return Prompt(tone, icon, what, _how(flow, open_))
    if flow.mode in (Mode.REJECT, Mode.ANSWER):
        return Prompt(Tone.ASK, "circle-help", *_asks(flow.mode))
    if chosen is None:
        title, detail = text("approvals.none"), text("approvals.none_detail")
        return Prompt(Tone.OK, "circle-check", title, detail)
    if marked:
        title = text("approvals.marked", n=len(marked))
        return Prompt(Tone.ASK, "shield-alert", title, text("approvals.marked_detail"))
    if chosen.what.decided:
        title, detail = text("approvals.provisional"), text("approvals.provisional_detail")
        return Prompt(Tone.BUSY, "hourglass", title, detail)
    detail = text("approvals.mine") if chosen.mine else text("approvals.detail", n=open_)
    return Prompt(Tone.ASK, "shield-alert", text("approvals.ask"), detail, _offline(turn))


def _how(flow: "ApprovalsFlow", open_: int) -> Text:
    return _asks(flow.mode)[1] if flow.mode is not Mode.LIST else text("approvals.detail", n=open_)


def _asks(mode: Mode) -> tuple[Text, Text]:
    if mode is Mode.ANSWER:
        return text("approvals.why_approve"), text("approvals.why_approve_detail")
    return text("approvals.why_reject"), text("approvals.why_reject_detail")


def _offline(turn: Turn) -> Text | None:
    online = turn.around.link is LinkState.ONLINE
    return None if online else text("approvals.offline")


# ------------------------------------------------------------------------------- the keys


def _actions(
    flow: "ApprovalsFlow",
    turn: Turn,
    chosen: Row | None,
    marked: Sequence[Row],
    rows: Sequence[Row],
) -> tuple[Action, ...]:
    back = Action("Esc", Intent.NO, text("key.back"))
    match flow.mode:
        case Mode.REJECT:
            notes = (
                Action(str(n), Intent.REJECT, text(f"note.{word}"), argument=word)
                for n, word in enumerate(NOTES, 1)
            )
            return (*notes, back)
        case Mode.ANSWER:
            return (back,)
        case Mode.SUMMARY:
            label = text("key.approve_all", n=len(marked))
            return (back, Action("F10", Intent.MAIN, label, main=True))
        case Mode.RESULTS:
            return (Action("F10", Intent.MAIN, text("key.to_list"), main=True),)
        case _:
            return _list_actions(flow, turn, chosen, marked, rows)


def _list_actions(
    flow: "ApprovalsFlow",
    turn: Turn,
    chosen: Row | None,
    marked: Sequence[Row],
    rows: Sequence[Row],
) -> tuple[Action, ...]:
    leave = Action("Esc", Intent.NO, text("key.leave"))
    actions = [leave]
    if turn.work.done({Kind.DECIDE}, 1):
        actions.append(Action("F4", Intent.UNDO, text("approvals.key_decided")))
    if chosen is None:
        return tuple(actions)
    order = text("key.by_age" if flow.by_risk else "key.by_risk")
    actions.append(Action("1", Intent.SORT, order))
    if any(row.left_out is None for row in rows):
        mark = text("key.unmark" if chosen in marked else "key.mark")
        if chosen.left_out is None:
            actions.append(Action("Space", Intent.MARK, mark))
        actions.append(Action("F5", Intent.MARK, text("key.mark_all"), argument="all"))
    if marked:
        label = text("key.look_marked", n=len(marked))
        return (*actions, Action("F10", Intent.MAIN, label, main=True))
    return (*actions, *_deciding(chosen))


def _deciding(chosen: Row) -> tuple[Action, ...]:
    """What may become of the one that is looked at; nobody has a key for their own."""
    why = text("approvals.decided_already") if chosen.what.decided else None
    free = why is None
    actions = []
    if chosen.mine:
        label = text("key.withdraw")
        actions.append(Action("F6", Intent.WITHDRAW, label, enabled=free, why_not=why))
    label = text("key.approve_other" if chosen.mine else "key.approve")
    return (
        *actions,
        Action("F7", Intent.REJECT, text("key.reject"), enabled=free, why_not=why),
        Action("F8", Intent.RECOUNT, text("key.recount"), enabled=free, why_not=why),
        Action("F10", Intent.MAIN, label, enabled=free, why_not=why, main=True),
    )
