"""The Return page as a value: which prompt, which lines, which keys, in every state."""

from dataclasses import replace
from typing import TYPE_CHECKING

from app.contract.messages import DocumentLine
from app.domain.document import Measure
from app.domain.operation import SCRAP
from app.domain.text import Text, text
from app.station import dispositions
from app.station.goods_board import Board
from app.station.goods_flow import ACKNOWLEDGE, error
from app.station.goods_unit import Unit
from app.station.inbox import Intent
from app.station.return_job import ReturnJob, ReturnState
from app.station.screen import Action, LineState, LineView, Prompt, Screen, Tone, trail
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.take_back import ReturnFlow

_S = ReturnState
_PAUSE = Action("F8", Intent.PAUSE, text("goods.key_pause"))
_ASIDE = Action("Esc", Intent.NO, text("goods.key_aside"))


def build(flow: "ReturnFlow", turn: Turn) -> Screen:
    """The page of the open return."""
    job = flow.job
    if job is None or job.state == _S.LIST:
        ask = Prompt(
            Tone.ASK, "scan-barcode", text("take_back.choose"), text("take_back.choose_detail")
        )
        none = Prompt(Tone.ASK, "inbox", text("take_back.none"), text("take_back.none_detail"))
        total = turn.work.document_count(flow.kind, flow.states)
        return flow.list_screen(turn, ask, none, text("take_back.list_subtitle", n=total))
    board = flow.board(turn)
    strays = sum(one.quantity for one in job.taken)
    done, total = (board.received, board.expected) if board is not None else (strays, 0)
    return Screen(
        page=flow.page,
        title=flow.title,
        document=job.document,
        subtitle=_subtitle(board, turn),
        steps=trail(flow.steps, 1),
        done=done,
        total=total,
        prompt=_prompt(flow, job, turn, (done, total)),
        scan_hint=text("scan.hint"),
        lines=_lines(flow, board, job, turn),
        current=job.current or None,
        actions=_actions(flow, job, turn),
        locked=job.problem is not None,
    )


def _subtitle(board: Board | None, turn: Turn) -> Text:
    if board is None:
        return text("take_back.subtitle_blind")
    row = board.plan.row
    party = turn.work.party(row.party) if row.party else None
    name = party.name if party is not None else row.party
    return text("take_back.subtitle", party=name, order=row.order)


def _lines(
    flow: "ReturnFlow", board: Board | None, job: ReturnJob, turn: Turn
) -> tuple[LineView, ...]:
    beyond = board.plan.beyond if board is not None else 1
    strays = (
        LineView(number, one.sku, one.name, "", one.quantity, 0, LineState.SHORT)
        for number, one in enumerate(job.taken, beyond)
    )
    return flow.views(turn, strays)


def line_note(board: Board, line: DocumentLine) -> Text | None:
    """How many units of a line were not good."""
    bad = board.at(line.line, Measure.DAMAGED) + board.at(line.line, Measure.SCRAPPED)
    return text("take_back.note_bad", n=bad) if bad else None


def _prompt(flow: "ReturnFlow", job: ReturnJob, turn: Turn, counts: tuple[int, int]) -> Prompt:
    wrong = error(job)
    if wrong is not None:
        return wrong
    unit = job.unit or Unit("", "")
    match job.state:
        case _S.SERIAL | _S.LOT:
            title = text(f"take_back.ask_{job.state}", item=unit.name)
            return Prompt(Tone.ASK, "scan-barcode", title, text(f"take_back.want_{job.state}"))
        case _S.UNKNOWN:
            title = text("take_back.unknown")
            detail = text("take_back.unknown_detail", code=unit.sku)
            return Prompt(Tone.ERROR, "circle-help", title, detail, text("take_back.want_unknown"))
        case _S.DECIDE:
            return _decide(flow, turn, unit)
        case _S.WHY:
            place = flow.destination(turn, unit.condition)
            told = text("take_back.will_scrap") if place == SCRAP else _to(place)
            return Prompt(Tone.ASK, "circle-help", text("take_back.why"), told, flow.flash)
        case _:
            asked = _scan(flow)
            done, total = counts
            if not total:
                return asked
            return replace(asked, done=done, total=total, unit=text("take_back.units_back"))


def _to(place: str) -> Text:
    return text("take_back.will_put", place=place)


def _scan(flow: "ReturnFlow") -> Prompt:
    if flow.flash is None:
        return Prompt(
            Tone.ASK, "scan-barcode", text("take_back.scan"), text("take_back.scan_detail")
        )
    good = flow.flash.code in ("take_back.put_in", "take_back.now_to")
    tone, icon = (Tone.OK, "circle-check") if good else (Tone.WARN, "triangle-alert")
    return Prompt(tone, icon, flow.flash, text("take_back.scan_detail"))


def _decide(flow: "ReturnFlow", turn: Turn, unit: Unit) -> Prompt:
    title = text("take_back.decide", item=unit.name)
    placed, limit = flow.placed(turn, unit), dispositions.over_limit(turn, unit)
    detail = text(
        "take_back.decide_detail", place=flow.destination(turn, dispositions.DEFAULT) or "–"
    )
    if limit is not None:
        worth, most = (-(-one // 100) for one in limit)
        note = text("take_back.worth", worth=worth, most=most)
        return Prompt(Tone.WARN, "shield-alert", title, detail, note)
    if placed.over:
        return Prompt(Tone.WARN, "triangle-alert", title, detail, text("take_back.not_authorised"))
    return Prompt(Tone.ASK, "circle-help", title, detail)


def _actions(flow: "ReturnFlow", job: ReturnJob, turn: Turn) -> tuple[Action, ...]:
    if job.problem is not None:
        return (ACKNOWLEDGE,)
    match job.state:
        case _S.DECIDE:
            barred = job.unit is not None and dispositions.over_limit(turn, job.unit) is not None
            words = (
                Action(
                    str(n),
                    Intent.REASON,
                    text(f"take_back.as_{word}"),
                    enabled=not (barred and word == dispositions.SCRAPPED),
                    why_not=text("take_back.over_limit_detail"),
                    argument=word,
                )
                for n, word in enumerate(dispositions.DISPOSITIONS, 1)
            )
            usual = text(f"take_back.as_{dispositions.DEFAULT}")
            return (*words, _ASIDE, Action("F10", Intent.MAIN, usual, main=True))
        case _S.WHY:
            reasons = (
                Action(str(n), Intent.REASON, text(f"take_back.why_{word}"), argument=word)
                for n, word in enumerate(dispositions.REASONS, 1)
            )
            usual = text(f"take_back.why_{flow.usual_why()}")
            photo = Action("F5", Intent.PHOTO, text("key.photo"))
            return (*reasons, _ASIDE, photo, Action("F10", Intent.MAIN, usual, main=True))
        case _S.UNKNOWN:
            known = Action("1", Intent.YES, text("take_back.key_unknown"))
            return (known, _ASIDE, _PAUSE)
        case _S.SERIAL | _S.LOT:
            return (_ASIDE, _PAUSE)
        case _:
            return (
                Action("F4", Intent.UNDO, text("key.undo")),
                _PAUSE,
                Action("F10", Intent.MAIN, text("take_back.key_close"), main=True),
            )
