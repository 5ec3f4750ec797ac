"""The Approvals page as a value: the list of what waits, and the case of the chosen one."""

from typing import TYPE_CHECKING

from app.domain.operation import StockKey
from app.domain.text import Text, text
from app.station import judging
from app.station.adjust_screen import change_said
from app.station.cases import CaseView, Fact, Figure, WaitingView
from app.station.inbox import Intent, LinkState
from app.station.limits_here import Here
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.turn import Turn
from app.station.waiting import Waiting

if TYPE_CHECKING:
    from app.station.approvals import ApprovalsFlow

LIST_ROWS = 50
NOTES = ("count_again", "not_plausible", "wrong_reason", "other")
# Reasons that have a word in the catalogue; others are shown as they came.
KNOWN = frozenset({"miscounted", "damaged", "found", "write_off", "theft", "other", "count"})


def build(flow: "ApprovalsFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    waits = turn.work.waiting(LIST_ROWS)
    chosen = flow.what(turn)
    here = Here(turn.work, turn.now[:10])
    open_ = sum(not one.decided for one in waits)
    return Screen(
        page=Page.APPROVALS,
        title=text("approvals.title"),
        subtitle=text("approvals.subtitle", n=open_),
        prompt=_prompt(flow, turn, chosen, open_),
        scan_hint=text("scan.hint"),
        waiting=tuple(_row(turn, one, here) for one in waits),
        chosen=chosen.id if chosen is not None else "",
        case=_case(turn, chosen, here) if chosen is not None else None,
        actions=_actions(flow, turn, chosen, here),
    )


def reason_said(reason: str) -> Text:
    """Why something was asked for, as a word."""
    return text(f"reason.{reason}") if reason in KNOWN else text("case.plain", said=reason)


def _prompt(flow: "ApprovalsFlow", turn: Turn, chosen: Waiting | None, open_: int) -> Prompt:
    if flow.rejecting:
        return Prompt(Tone.ASK, "circle-help", text("approvals.why_reject"))
    if flow.said is not None:
        what, good = flow.said
        tone, icon = (Tone.OK, "circle-check") if good else (Tone.WARN, "shield-alert")
        return Prompt(tone, icon, what, text("approvals.detail", n=open_))
    if chosen is None:
        title, detail = text("approvals.none"), text("approvals.none_detail")
        return Prompt(Tone.OK, "circle-check", title, detail)
    if chosen.decided:
        title, detail = text("approvals.provisional"), text("approvals.provisional_detail")
        return Prompt(Tone.BUSY, "hourglass", title, detail)
    mine = turn.session is not None and _word(turn, chosen) == _me(turn)
    detail = text("approvals.mine") if mine else text("approvals.detail", n=open_)
    return Prompt(Tone.ASK, "shield-alert", text("approvals.ask"), detail, _offline(turn))


def _offline(turn: Turn) -> Text | None:
    online = turn.around.link is LinkState.ONLINE
    return None if online else text("approvals.offline")


def _word(turn: Turn, what: Waiting) -> str:
    return Here(turn.work, turn.now[:10]).word(what.operation.actor)


def _me(turn: Turn) -> str:
    return Here(turn.work, turn.now[:10]).word(turn.session.person) if turn.session else ""


def _row(turn: Turn, one: Waiting, here: Here) -> WaitingView:
    change = judging.change_of(turn, one)
    sku = next(iter(change.units), "")
    item = turn.work.item_by_sku(sku)
    return WaitingView(
        id=one.id,
        kind=reason_said(one.operation.reason or one.operation.kind),
        item=item.name if item is not None else sku,
        change=sum(quantity for _, quantity in change.lines),
        asked_at=one.operation.recorded_at,
        decided=bool(one.decided),
        mine=here.word(one.operation.actor) == _me(turn),
    )


def _case(turn: Turn, what: Waiting, here: Here) -> CaseView:
    change = judging.change_of(turn, what)
    key, units = change.lines[0] if change.lines else (StockKey("", ""), 0)
    item = turn.work.item_by_sku(key.item)
    now, cost = here.there(key), here.cost(key.item)
    before = now - units if what.decided else now
    asked = what.operation.evidence.get("after")
    counted = asked if isinstance(asked, int) else None
    figures = [Figure(text("case.on_hand"), before, counted, before + units, main=True)]
    if cost:
        worth = (before * cost, (before + units) * cost)
        figures.append(Figure(text("case.value"), worth[0], None, worth[1], money=True))
    return CaseView(
        title=text(
            "case.title",
            item=item.name if item is not None else key.item,
            sku=key.item,
            place=key.location,
        ),
        figures=tuple(figures),
        change=change_said(units),
        limit=text(f"waits.{what.code}") if what.code in WAITS else None,
        waits=True,
        facts=_facts(turn, what, before),
    )


# Codes of waiting that have a sentence in the catalogue.
WAITS = frozenset(
    {
        "needs_approval", "reason_needs_approval", "over_quantity_limit", "over_value_limit",
        "over_share_limit", "over_daily_quantity", "over_daily_value", "below_zero",
        "cost_unknown", "unknown_actor",
    }
)  # fmt: skip


def _facts(turn: Turn, what: Waiting, before: int) -> tuple[Fact, ...]:
    asked = what.operation
    known = turn.work.person(asked.actor)
    who = known.name if known is not None else asked.actor
    station = what.station or turn.around.identity.station
    facts = [
        Fact(
            text("case.asked_by"),
            text("case.who_where", name=who, station=station, time=asked.recorded_at[11:16]),
        ),
        Fact(text("case.reason"), reason_said(asked.reason)),
    ]
    signed = any(one.person == asked.actor for one in what.signatures)
    facts.append(
        Fact(
            text("case.evidence"),
            text("case.signed", name=who) if signed else text("case.unsigned", name=who),
        )
    )
    then = asked.evidence.get("before")
    if isinstance(then, int) and not isinstance(then, bool):
        moved = before - then
        said = text("case.nothing_since") if not moved else text("case.since_said", n=moved)
        facts.append(Fact(text("case.since"), said))
    return tuple(facts)


def _actions(
    flow: "ApprovalsFlow", turn: Turn, chosen: Waiting | None, here: Here
) -> tuple[Action, ...]:
    leave = Action("Esc", Intent.NO, text("key.leave"))
    if flow.rejecting:
        notes = (
            Action(str(n), Intent.REJECT, text(f"note.{word}"), argument=word)
            for n, word in enumerate(NOTES, 1)
        )
        return (*notes, Action("Esc", Intent.NO, text("key.back")))
    if chosen is None:
        return (leave,)
    mine = turn.session is not None and here.word(chosen.operation.actor) == _me(turn)
    why = text("approvals.decided_already") if chosen.decided else None
    actions = [leave]
    if mine:
        actions.append(
            Action("F6", Intent.WITHDRAW, text("key.withdraw"), enabled=why is None, why_not=why)
        )
    label = text("key.approve_other" if mine else "key.approve")
    actions += [
        Action("F7", Intent.REJECT, text("key.reject"), enabled=why is None, why_not=why),
        Action("F8", Intent.NEXT, text("key.next")),
        Action("F10", Intent.MAIN, label, enabled=why is None, why_not=why, main=True),
    ]
    return tuple(actions)
