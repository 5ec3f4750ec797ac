"""The reversals of an act: one for each operation, the latest first, all in one transaction.

A stop in the middle leaves all of them or none. Each names its original, so that whatever is sent
twice, or taken back somewhere else as well, counts once.
"""

import msgspec

from app.contract.messages import Operation, Reference
from app.domain.operation import Kind
from app.identity.userkey import UserKey
from app.station import pack_again, undo_judge
from app.station.inbox import PrintState
from app.station.turn import Draft, Session, Turn
from app.station.undo_acts import Act
from app.station.undoing import Done
from app.station.waiting import WAITS

# What becomes of a label that waits for a printer, and whose parcel is open again.
VOID = "void"


def seals(turn: Turn, act: Act) -> tuple[Done, ...]:
    """The seals of the parcels of a hand-over that were not broken since."""
    parcels = {(step.operation.reference or Reference()).parcel for step in act.standing}
    return tuple(
        done
        for done in turn.work.done_in(act.steps[0].job, Kind.SEAL)
        if act.kind == Kind.SHIP
        and done.taken_back is None
        and (done.operation.reference or Reference()).parcel in parcels
    )


def steps(turn: Turn, act: Act) -> tuple[Done, ...]:
    """Everything that is taken back with an act, in the order in which it is."""
    return (*act.standing, *seals(turn, act))


def take(turn: Turn, act: Act, who: Session | None, key: UserKey | None) -> bool:
    """Append the reversals.

    Args:
        turn: The open turn.
        act: Nothing bars it.
        who: Who takes it back.
        key: Signs what is judged as a request.

    Returns:
        Whether it waits for another person.
    """
    why = undo_judge.approval(turn, act, who)
    code = why[0] if why is not None else ""
    for step in steps(turn, act):
        original = step.operation
        evidence: dict[str, str | int | bool] = {}
        if original.kind == Kind.SEAL:
            evidence = _void(turn, original)
        elif code:
            evidence = {WAITS: code}
        about = msgspec.structs.replace(original.reference or Reference(), original=original.id)
        draft = Draft(Kind.REVERSE, (), about, original.kind, evidence)
        signers = (key,) if key is not None and original.kind == Kind.ADJUST else ()
        made = turn.record(draft, step.job, signers=signers, by=who)
        if code:
            turn.work.wait(made, turn.around.identity.station, code)
    if act.kind == Kind.SHIP:
        parcels = {(one.operation.reference or Reference()).parcel: one for one in act.standing}
        for gone in parcels.values():
            pack_again.reopen(turn, gone)
    return bool(code)


def _void(turn: Turn, seal: Operation) -> dict[str, str | int | bool]:
    """The label is void: what no printer has taken is not printed any more."""
    sscc = seal.reference.shipment if seal.reference is not None else ""
    printed = turn.work.labels_of(sscc)
    for job, state in printed:
        if state == PrintState.WAITING:
            turn.work.settle_print(job, VOID, "the parcel is open again")
    return {"void": sscc, "labels": len(printed)}
