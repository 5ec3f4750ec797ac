"""The Transfer page as a value, at either end."""

from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station import lot_asking, lot_choice
from app.station.inbox import Intent
from app.station.lists import MOST, Choice, ColumnView, ListView, Mark
from app.station.screen import Action, LineState, Page, Prompt, Screen, Tone, trail
from app.station.task import load
from app.station.transfer_board import RECEIVABLE, SHIPPABLE, TRANSFER, Transfer
from app.station.transfer_job import TransferJob, TransferState
from app.station.turn import Turn
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.transfer import TransferFlow

LIST = (
    ColumnView(text("transfer.column_number"), 14, code=True),
    ColumnView(text("transfer.column_what")),
    ColumnView(text("transfer.column_due"), 12),
)
_STEP_OF = {"choose": 0, "ship": 1, "lot": 1, "receive": 1, "extra": 1}
_ICONS = {"choose": "inbox", "rest": "circle-help", "seal": "hash", "missing": "circle-help"}
REST = ("later", "not_found", "no_room")
MISSING = ("later", "missing", "never_left", "lost")
_GOOD = frozenset({"transfer.shipped", "transfer.received", "transfer.place_ship"})
_ALSO_GOOD = frozenset({"transfer.place_receive", "pack.armed", "floor.corrected"})


def build(flow: "TransferFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    job = flow.job
    if job is None:
        busy = Prompt(Tone.BUSY, "loader", text("pack.opening"))
        return Screen(Page.TRANSFER, text("transfer.title"), busy)
    board = flow.look(turn, job.document)
    here = _STEP_OF.get(job.state, 2)
    lots = lot_asking.of(flow, turn, job)
    lines = () if board is None else flow.lines.of(board, turn.work)
    done = sum(line.done for line in lines)
    total = sum(line.wanted for line in lines)
    prompt = _prompt(job, board, flow.flash)
    if board is not None:
        prompt = replace(prompt, done=done, total=total, unit=text("transfer.units"))
    return Screen(
        page=Page.TRANSFER,
        title=text("transfer.title"),
        document=job.document,
        subtitle=_subtitle(board, job.place),
        steps=trail((text(f"transfer.step_{n}") for n in ("choose", "scan", "finish")), here),
        prompt=prompt,
        done=done,
        total=total,
        scan_hint=text("scan.hint"),
        lines=lines if lots is None else (),
        current=next((one.line for one in lines if one.state is LineState.CURRENT), None),
        choices=_choices(flow, job, turn) if job.state == TransferState.CHOOSE else lots,
        actions=_actions(job),
        locked=job.problem is not None,
    )


def _subtitle(board: Transfer | None, place: str) -> Text | None:
    """Where it goes or comes from, and the place in hand."""
    if board is None:
        return None
    if not place:
        return text("transfer.to" if board.leaves else "transfer.from", other=board.other)
    code = "transfer.to_from" if board.leaves else "transfer.from_to"
    return Text(code, (("other", board.other), ("place", place)))


# ------------------------------------------------------------------------------------- the panel


def _prompt(job: TransferJob, board: Transfer | None, flash: Text | None) -> Prompt:
    if job.problem is not None:
        title, detail = job.problem.title, job.problem.detail
        return Prompt(Tone.ERROR, "octagon-x", title, detail, text("pack.ack_note"))
    wanted = text(f"transfer.want_{job.state}")
    if job.half is not None:
        return Prompt(Tone.ASK, "scan-barcode", text("lots.which", item=job.half.name), wanted)
    if job.state == TransferState.EXTRA:
        title = text("transfer.ask_extra", sku=job.extra)
        return Prompt(Tone.WARN, "triangle-alert", title, wanted, text("transfer.extra_note"))
    if job.state in (TransferState.REST, TransferState.MISSING) and board is not None:
        title = text(f"transfer.ask_{job.state}", n=board.left)
        return Prompt(Tone.WARN, "triangle-alert", title, wanted)
    if flash is not None:
        good = flash.code in _GOOD | _ALSO_GOOD
        tone = Tone.OK if good else Tone.WARN
        return Prompt(tone, "circle-check" if good else "triangle-alert", flash, wanted)
    if board is not None and not board.left and job.state in ("ship", "receive"):
        title = text(f"transfer.all_{job.state}", code=job.document)
        return Prompt(Tone.OK, "circle-check", title, text("transfer.all_detail"))
    icon = _ICONS.get(job.state, "scan-barcode")
    return Prompt(Tone.ASK, icon, text(f"transfer.title_{job.state}"), wanted)


# -------------------------------------------------------------------------------------- the list


def _choices(flow: "TransferFlow", job: TransferJob, turn: Turn) -> ListView:
    """What arrives first, then what is to leave; each the most urgent first."""
    states = tuple(dict.fromkeys((*RECEIVABLE, *SHIPPABLE)))
    rows = []
    for row in turn.work.documents(TRANSFER, states, MOST):
        board = flow.find(turn, row.document)
        if board is None or row.state not in (SHIPPABLE if board.leaves else RECEIVABLE):
            continue
        code = "transfer.row_ship" if board.leaves else "transfer.row_receive"
        said = Text(code, (("other", board.other), ("n", board.left)))
        kept = load(turn.work, Page.TRANSFER, row.document, TransferJob)
        mark = Mark.PAUSED if kept else Mark.NONE
        rows.append(Choice(row.document, (row.document, said, due(row.due, turn.now)), mark))
    empty = text("transfer.none")
    return ListView(text("transfer.list"), LIST, tuple(rows), len(rows), job.chosen, empty=empty)


# ------------------------------------------------------------------------------------- the keys


def _actions(job: TransferJob) -> tuple[Action, ...]:
    if job.problem is not None:
        return (Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True),)
    back = Action("Esc", Intent.NO, text("key.back"))
    undo = Action("F4", Intent.UNDO, text("key.undo"))
    pause = Action("F8", Intent.PAUSE, text("key.pause_task"))
    quantity = Action("F7", Intent.QUANTITY, text("key.quantity"))
    match job.state:
        case "choose":
            why = None if job.chosen else text("transfer.choose_first")
            go = Action("F10", Intent.MAIN, text("key.open"), bool(job.chosen), why, main=True)
            return (Action("Esc", Intent.NO, text("key.leave")), go)
        case "ship":
            end = Action("F10", Intent.MAIN, text("key.transfer_shipped"), main=True)
            return (undo, quantity, pause, end)
        case "lot":
            return (back, pause, lot_choice.TAKE)
        case "receive":
            damaged = Action("F6", Intent.DAMAGED, text("key.damaged"))
            end = Action("F10", Intent.MAIN, text("key.transfer_received"), main=True)
            return (undo, damaged, quantity, pause, end)
        case "extra":
            take = Action("1", Intent.YES, text("key.transfer_take"))
            return (take, Action("Esc", Intent.NO, text("key.transfer_aside")))
        case "rest":
            return (*(_reason(n, word) for n, word in enumerate(REST, 1)), back)
        case "missing":
            return (*(_reason(n, word) for n, word in enumerate(MISSING, 1)), back)
        case "seal":
            end = Action("F10", Intent.MAIN, text("key.transfer_no_seal"), main=True)
            return (back, end)
        case _:
            return (back,)


def _reason(n: int, word: str) -> Action:
    return Action(str(n), Intent.REASON, text(f"transfer.way_{word}"), argument=word)
