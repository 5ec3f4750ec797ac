"""Choosing an order: whose is it, and may it be packed here now?

Connected, scanning an order claims it and the answer is awaited. Without a link, orders assigned to
this station go on at once; another needs a person's word that it was not packed elsewhere.
"""

from typing import TYPE_CHECKING

import msgspec

from app.contract.messages import Reference
from app.domain.operation import Kind
from app.domain.text import text
from app.station.flow import Happening, Trigger
from app.station.inbox import LinkState
from app.station.pack_job import PackJob, PackState, forget
from app.station.ports import Applied, Store
from app.station.screen import Sound
from app.station.turn import Draft, Fate, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow


def answers(store: Store, applied: Applied, job: str) -> list[Happening]:
    """What became of the claim a job waits for."""
    found: list[Happening] = []
    for settled in applied.settled:
        with store.begin() as work:
            body = work.recorded(settled.operation)
        if body is not None and body.kind == Kind.CLAIM and body.correlation_id == job:
            found.append(Happening(Trigger.CLAIMED, outcome=settled.outcome))
    return found


def begin(turn: Turn, job: PackJob) -> PackJob:
    """The first state of a new job: scanning, waiting for the claim, or the question."""
    holder = turn.work.claim(job.order)
    mine = holder is None or holder[1] in ("", turn.around.identity.enrolment)
    turn.sound = Sound.ACCEPTED
    if mine:
        _ask_claim(turn, job)
        return job
    if turn.around.link is LinkState.ONLINE:
        _ask_claim(turn, job)
        return msgspec.structs.replace(job, state=PackState.CLAIMING)
    turn.sound = Sound.ATTENTION
    return msgspec.structs.replace(job, state=PackState.ELSEWHERE)


def answered(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The ledger answered the claim."""
    job = flow.opened()[1]
    if happening.outcome == "posted":
        flow.change(state=PackState.SCAN)
        turn.sound = Sound.ACCEPTED
        return
    forget(turn.work, job.order)
    turn.refuse(text("pack.claimed_elsewhere", order=job.order))
    turn.notice = text("pack.claimed_elsewhere", order=job.order)
    flow.change(paused=True)
    flow.leave(turn)


def packed_elsewhere(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """Yes, it was packed elsewhere: leave it alone."""
    job = flow.opened()[1]
    forget(turn.work, job.order)
    turn.fate = Fate.COMMAND
    flow.leave(turn)


def pack_here(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """No: the person has looked, and packs it here."""
    job = flow.opened()[1]
    evidence: dict[str, str | int | bool] = {"confirmed_not_packed_elsewhere": True}
    turn.record(
        Draft(Kind.CLAIM, (), _reference(job), reason="offline", evidence=evidence), job.job
    )
    flow.change(state=PackState.SCAN)
    turn.accept(Sound.ACCEPTED)


def _ask_claim(turn: Turn, job: PackJob) -> None:
    turn.record(Draft(Kind.CLAIM, (), _reference(job)), job.job)


def _reference(job: PackJob) -> Reference:
    return Reference(document_kind="order", document=job.order)
