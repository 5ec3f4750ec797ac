"""The Adjust page as a value: which prompt, which keys, and what would change."""

from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station import limits_here, lot_choice
from app.station.cases import CaseView, Fact, Figure
from app.station.inbox import Intent
from app.station.lists import ListView
from app.station.screen import Action, Page, Prompt, Screen, Tone, trail
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.adjust import AdjustJob

_ORDER = ("item", "place", "quantity", "reason", "confirm")
_LOT = "lot"
_ICONS = {
    "item": "scan-barcode",
    "place": "map-pin",
    _LOT: "scan-barcode",
    "quantity": "hash",
    "reason": "circle-help",
    "confirm": "shield-alert",
}
_PHOTO = Action("F5", Intent.PHOTO, text("key.photo"))
_REASONS = ("miscounted", "damaged", "found", "write_off", "theft", "other")


def build(job: "AdjustJob | None", turn: Turn) -> Screen:
    """The page after a turn."""
    if job is None:
        return Screen(
            Page.ADJUST, text("adjust.title"), Prompt(Tone.BUSY, "loader", text("pack.opening"))
        )
    here = _ORDER.index("place" if job.state.value == _LOT else job.state.value)
    case = _case(job, turn)
    return Screen(
        page=Page.ADJUST,
        title=text("adjust.title"),
        document=job.sku,
        steps=trail((text(f"adjust.step_{name}") for name in _ORDER), here),
        prompt=_prompt(job, case),
        scan_hint=text("scan.hint"),
        case=case,
        choices=_lots(job, turn) if job.state.value == _LOT else None,
        actions=_actions(job, case),
        locked=job.problem is not None,
    )


def _prompt(job: "AdjustJob", case: CaseView | None) -> Prompt:
    if job.problem is not None:
        title, detail = job.problem
        return Prompt(Tone.ERROR, "octagon-x", title, detail, text("pack.ack_note"))
    state = job.state.value
    if job.said is not None and state in ("reason", "confirm"):
        good = job.said.code == "photo.taken"
        tone, icon = (Tone.OK, "circle-check") if good else (Tone.WARN, "triangle-alert")
        return Prompt(tone, icon, job.said, text(f"adjust.want_{state}"))
    if state == "confirm" and case is not None and case.waits:
        title, note = text("adjust.confirm_waits"), case.limit
        return Prompt(Tone.WARN, "shield-alert", title, text("adjust.confirm_detail"), note)
    if state == "confirm":
        title = text("adjust.ask_confirm")
        return Prompt(Tone.OK, "circle-check", title, text("adjust.confirm_detail"))
    detail = text(f"adjust.want_{state}")
    return Prompt(Tone.ASK, _ICONS[state], text(f"adjust.ask_{state}"), detail)


def _lots(job: "AdjustJob", turn: Turn) -> ListView:
    lots = lot_choice.lots_at(turn.work, job.sku, job.at, turn.now[:10])
    return lot_choice.listed(lots, job.chosen)


def _case(job: "AdjustJob", turn: Turn) -> CaseView | None:
    if job.key is None:
        return None
    here = limits_here.Here(turn.work, turn.now[:10])
    before, cost = here.there(job.key), here.cost(job.sku)
    after = before + job.change if job.change else None
    figures = [Figure(text("case.on_hand"), before, after, after, main=True)]
    if cost:
        worth = None if after is None else after * cost
        figures.append(Figure(text("case.value"), before * cost, None, worth, money=True))
    why = None
    if job.change and job.reason and turn.session is not None:
        why = limits_here.why_waiting(turn, turn.session, [(job.key, job.change)], job.reason)
    return CaseView(
        title=text("case.title", item=job.name, sku=job.sku, place=job.key.location),
        figures=tuple(figures),
        change=change_said(job.change),
        limit=_limit(job, why[0] if why else ""),
        waits=why is not None,
        facts=_facts(job),
    )


def change_said(change: int) -> Text:
    """The change in words, its sign too."""
    if not change:
        return text("case.no_change")
    if change < 0:
        return text("case.remove", n=-change)
    return text("case.add", n=change)


def _limit(job: "AdjustJob", code: str) -> Text | None:
    if not job.reason:
        return None
    return text(f"waits.{code}") if code else text("case.alone")


def _facts(job: "AdjustJob") -> tuple[Fact, ...]:
    facts = []
    if job.lot:
        facts.append(Fact(text("case.lot"), text("case.plain", said=job.lot)))
    if job.reason:
        facts.append(Fact(text("case.reason"), text(f"reason.{job.reason}")))
    if job.photos:
        kept = text("photo.kept", n=len(job.photos))
        facts.append(Fact(text("approvals.photos"), kept))
    return tuple(facts)


def _actions(job: "AdjustJob", case: CaseView | None) -> tuple[Action, ...]:
    if job.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    leave = Action("Esc", Intent.NO, text("key.leave"))
    back = Action("F4", Intent.UNDO, text("key.step_back"))
    match job.state.value:
        case "item":
            return (leave,)
        case "lot":
            return (leave, back, lot_choice.TAKE)
        case "reason":
            chosen = (
                Action(str(n), Intent.REASON, text(f"reason.{word}"), argument=word)
                for n, word in enumerate(_REASONS, 1)
            )
            return (*chosen, back, _PHOTO)
        case "confirm":
            waits = case is not None and case.waits
            label = text("key.ask_adjust" if waits else "key.adjust")
            return (leave, back, _PHOTO, Action("F10", Intent.MAIN, label, main=True))
        case _:
            return (leave, back)
