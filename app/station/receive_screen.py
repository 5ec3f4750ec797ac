"""The Receive page as a value: which prompt, which lines, which keys, in every state."""

from dataclasses import replace
from typing import TYPE_CHECKING

from app.contract.messages import DocumentLine
from app.domain.document import Measure
from app.domain.text import Text, text
from app.station import receive_close
from app.station.goods_board import Board
from app.station.goods_flow import ACKNOWLEDGE, error
from app.station.goods_job import Taken
from app.station.goods_unit import Unit
from app.station.inbox import Intent
from app.station.receive_job import ReceiveJob, ReceiveState
from app.station.receive_unit import REASONS
from app.station.screen import Action, LineState, LineView, Page, Prompt, Screen, Tone, trail
from app.station.turn import Turn
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.receive import ReceiveFlow

_S = ReceiveState


def build(flow: "ReceiveFlow", turn: Turn) -> Screen:
    """The page of the open receipt."""
    job = flow.job
    if job is None or job.state == _S.LIST:
        return _list(flow, turn)
    board = flow.board(turn)
    closing = job.state == _S.CLOSING and board is not None
    done, total = _counts(board, job)
    return Screen(
        page=Page.RECEIVE,
        title=text("receive.title"),
        document=job.document,
        subtitle=_subtitle(board, job, turn),
        steps=trail(flow.steps, 2 if closing else 1),
        done=done,
        total=total,
        prompt=_prompt(flow, job, turn, (done, total)),
        scan_hint=text("scan.hint"),
        lines=() if closing else _lines(flow, board, job, turn),
        current=job.current or None,
        choices=receive_close.shown(board, job) if closing and board is not None else None,
        actions=_actions(flow, job, turn),
        locked=job.problem is not None,
    )


def _list(flow: "ReceiveFlow", turn: Turn) -> Screen:
    title, detail = text("receive.choose"), text("receive.choose_detail")
    none = Prompt(Tone.ASK, "inbox", text("receive.none"), text("receive.none_detail"))
    total = turn.work.document_count(flow.kind, flow.states)
    ask = Prompt(Tone.ASK, "scan-barcode", title, detail)
    return flow.list_screen(turn, ask, none, text("receive.list_subtitle", n=total))


# ----------------------------------------------------------------------------------- the numbers


def _counts(board: Board | None, job: ReceiveJob) -> tuple[int, int]:
    if board is None:
        return sum(one.quantity for one in job.taken), 0
    return board.received, board.expected


def _lines(
    flow: "ReceiveFlow", board: Board | None, job: ReceiveJob, turn: Turn
) -> tuple[LineView, ...]:
    if board is not None and board.plan.row.lines:
        return flow.views(turn, (_stray(*one) for one in enumerate(job.taken, board.plan.beyond)))
    return tuple(_taken(number, one) for number, one in enumerate(job.taken, 1))


def _stray(number: int, one: Taken) -> LineView:
    note = text("receive.note_stray")
    return LineView(number, one.sku, one.name, "", one.quantity, 0, LineState.SHORT, note=note)


def _taken(number: int, one: Taken) -> LineView:
    note = text("receive.note_damaged", n=one.damaged) if one.damaged else None
    return LineView(
        number, one.sku, one.name, "", one.quantity, one.quantity, LineState.DONE, note=note
    )


def line_note(board: Board, line: DocumentLine) -> Text | None:
    """What else happened to a line."""
    damaged, over = (
        board.at(line.line, Measure.DAMAGED),
        board.at(line.line, Measure.RECEIVED) - line.quantity,
    )
    if over > 0 and damaged:
        return text("receive.note_both", over=over, damaged=damaged)
    if over > 0:
        return text("receive.note_over", n=over)
    if damaged:
        return text("receive.note_damaged", n=damaged)
    later = board.at(line.line, Measure.BACKORDERED)
    return text("receive.note_later", n=later) if later and board.open_of(line) else None


def _subtitle(board: Board | None, job: ReceiveJob, turn: Turn) -> Text:
    dock = job.dock or "–"
    if board is None:
        return text("receive.subtitle_blind", dock=dock)
    row = board.plan.row
    party = turn.work.party(row.party) if row.party else None
    name = party.name if party is not None else row.party
    before = due(row.due, turn.now)
    if row.note:
        return text("receive.subtitle_note", party=name, due=before, dock=dock, note=row.note)
    if row.due:
        return text("receive.subtitle_due", party=name, due=before, dock=dock)
    return text("receive.subtitle", party=name, dock=dock)


# ------------------------------------------------------------------------------------ the prompt


def _prompt(flow: "ReceiveFlow", job: ReceiveJob, turn: Turn, counts: tuple[int, int]) -> Prompt:
    wrong = error(job)
    if wrong is not None:
        return wrong
    if job.state != _S.SCAN:
        return _question(flow, job, turn)
    done, total = counts
    asked = _scan_prompt(flow, job, full=bool(total) and done >= total)
    if not total:
        return asked
    return replace(asked, done=done, total=total, unit=text("receive.units_received"))


def _scan_prompt(flow: "ReceiveFlow", job: ReceiveJob, *, full: bool) -> Prompt:
    if job.damaged:
        title, detail = text("receive.damaged_next"), text("receive.damaged_detail")
        return Prompt(Tone.WARN, "circle-minus", title, detail, flow.flash)
    if flow.flash is not None:
        tone, icon = _FLASHES.get(flow.flash.code, (Tone.WARN, "triangle-alert"))
        return Prompt(tone, icon, flow.flash, text("receive.next", dock=job.dock))
    if not job.dock:
        return Prompt(Tone.ASK, "map-pin", text("receive.no_dock"), text("receive.no_dock_detail"))
    if full:
        title, detail = text("receive.all_here"), text("receive.all_here_detail")
        return Prompt(Tone.OK, "circle-check", title, detail)
    title, detail = text("receive.scan"), text("receive.scan_detail", dock=job.dock)
    return Prompt(Tone.ASK, "scan-barcode", title, detail)


_FLASHES = {
    "receive.taken": (Tone.OK, "circle-check"),
    "receive.now_to": (Tone.OK, "map-pin"),
    "goods.already_open": (Tone.ASK, "scan-barcode"),
    "pack.armed": (Tone.ASK, "hash"),
    "floor.corrected": (Tone.OK, "circle-check"),
    "pack.quantity_again": (Tone.WARN, "hash"),
    "pack.undone": (Tone.WARN, "undo-2"),
}


def _question(flow: "ReceiveFlow", job: ReceiveJob, turn: Turn) -> Prompt:
    unit = job.unit or Unit("", "")
    match job.state:
        case _S.SERIAL | _S.LOT | _S.EXPIRY:
            detail = text(f"receive.want_{job.state}")
            note = text("receive.same_lot", lot=job.last[1]) if _has_last(job, unit) else None
            title = text(f"receive.ask_{job.state}", item=unit.name)
            return Prompt(Tone.ASK, "scan-barcode", title, detail, note)
        case _S.DIFFERS:
            known = turn.work.lot(unit.sku, unit.lot)
            detail = text(
                "receive.differs_detail",
                lot=unit.lot,
                known_on=known.expiry if known is not None else "",
                said_on=unit.expiry,
            )
            title, note = text("receive.differs"), text("receive.differs_note")
            return Prompt(Tone.WARN, "circle-help", title, detail, note)
        case _S.OVER | _S.WHY:
            return _over(flow, job, turn, unit)
        case _S.UNKNOWN:
            if job.link:
                title = text("receive.ask_link", code=job.code)
                return Prompt(Tone.ASK, "scan-barcode", title, text("receive.want_link"))
            title = text("receive.unknown")
            detail = text("receive.unknown_detail", code=job.code)
            return Prompt(Tone.ERROR, "circle-help", title, detail, text("receive.unknown_note"))
        case _:
            title, detail = text("receive.closing"), text("receive.closing_detail")
            return Prompt(Tone.WARN, "circle-help", title, detail, text("receive.want_closing"))


def _over(flow: "ReceiveFlow", job: ReceiveJob, turn: Turn, unit: Unit) -> Prompt:
    if job.state == _S.WHY:
        return Prompt(Tone.WARN, "circle-help", text("receive.why"), text("receive.want_why"))
    placed = flow.placed(turn, unit)
    note = text("receive.want_over")
    if placed.stray:
        detail = text("receive.stray_detail", item=unit.name, sku=unit.sku)
        return Prompt(Tone.WARN, "triangle-alert", text("receive.stray_title"), detail, note)
    detail = text("receive.over_detail", item=unit.name, n=placed.over)
    return Prompt(Tone.WARN, "triangle-alert", text("receive.over", n=placed.over), detail, note)


def _has_last(job: ReceiveJob, unit: Unit) -> bool:
    return job.state == _S.LOT and bool(unit.sku) and job.last[0] == unit.sku


# -------------------------------------------------------------------------------------- the keys

_PAUSE = Action("F8", Intent.PAUSE, text("goods.key_pause"))
_ASIDE = Action("Esc", Intent.NO, text("goods.key_aside"))


def _actions(flow: "ReceiveFlow", job: ReceiveJob, turn: Turn) -> tuple[Action, ...]:
    if job.problem is not None:
        return (ACKNOWLEDGE,)
    match job.state:
        case _S.SCAN:
            return _scanning(job)
        case _S.LOT if job.unit is not None and _has_last(job, job.unit):
            same = Action("F10", Intent.MAIN, text("receive.key_same_lot"), main=True)
            return (_ASIDE, _PAUSE, same)
        case _S.WHY:
            reasons = (
                Action(str(n), Intent.REASON, text(f"receive.why_{word}"), argument=word)
                for n, word in enumerate(REASONS, 1)
            )
            return (*reasons, _ASIDE)
        case _S.CLOSING:
            return _closing(flow, turn)
        case _:
            return (*_ANSWERS.get(ReceiveState(job.state), ()), _ASIDE, _PAUSE)


_ANSWERS = {
    _S.DIFFERS: (Action("1", Intent.YES, text("receive.key_agree")),),
    _S.OVER: (Action("F9", Intent.ACKNOWLEDGE, text("receive.key_over"), main=True),),
    _S.UNKNOWN: (
        Action("1", Intent.YES, text("receive.key_unknown")),
        Action("2", Intent.REASON, text("receive.key_link"), argument="link"),
    ),
}


def _scanning(job: ReceiveJob) -> tuple[Action, ...]:
    hurt = "receive.key_not_damaged" if job.damaged else "receive.key_damaged"
    photo = (Action("F5", Intent.PHOTO, text("key.photo")),) if job.damaged else ()
    return (
        Action("F4", Intent.UNDO, text("key.undo")),
        *photo,
        Action("F6", Intent.DAMAGED, Text(hurt)),
        Action("F7", Intent.QUANTITY, text("key.quantity")),
        _PAUSE,
        Action("F10", Intent.MAIN, text("receive.key_close"), main=True),
    )


def _closing(flow: "ReceiveFlow", turn: Turn) -> tuple[Action, ...]:
    back = Action("Esc", Intent.NO, text("key.back"))
    board = flow.board(turn)
    if board is not None and receive_close.open_lines(board):
        return (
            Action("1", Intent.YES, text("receive.key_later")),
            Action("2", Intent.SHORT, text("receive.key_short")),
            back,
        )
    return (back, Action("F10", Intent.MAIN, text("receive.key_close"), main=True))
