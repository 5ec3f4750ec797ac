"""The reversals of an act: one for each operation, the latest first, all in one transaction.

A stop in the middle leaves all of them or none. Each names its original, so that whatever is sent
twice, or taken back somewhere else as well, counts once.
"""

import msgspec

from app.contract.messages import Reference
from app.domain.operation import Kind
from app.identity.userkey import UserKey
from app.station import pack_again, undo_judge
from app.station.turn import Draft, Session, Turn
from app.station.undo_acts import Act
from app.station.undoing import Done
from app.station.void_label import void
from app.station.waiting import WAITS


def seals(turn: Turn, act: Act) -> tuple[Done, ...]:
    """The seals under which the parcels of a hand-over left: of each, the latest that stands."""
    parcels = {_parcel(step) for step in act.standing} if act.kind == Kind.SHIP else set()
    found: dict[str, Done] = {}
    for done in turn.work.done_in(act.steps[0].job, Kind.SEAL) if parcels else ():
        if done.taken_back is None and _parcel(done) in parcels:
            found.setdefault(_parcel(done), done)
    return tuple(found.values())


def _parcel(done: Done) -> str:
    return done.operation.reference.parcel if done.operation.reference is not None else ""


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
            evidence = void(turn, original)
        elif code:
            evidence = {WAITS: code}
        about = msgspec.structs.replace(original.reference or Reference(), original=original.id)
        draft = Draft(Kind.REVERSE, (), about, original.kind, evidence)
        signers = (key,) if key is not None and original.kind == Kind.ADJUST else ()
        made = turn.record(draft, step.job, signers=signers, by=who)
        if code:
            turn.work.wait(made, turn.around.identity.station, code)
    if act.kind == Kind.SHIP:
        parcels = {_parcel(one): one for one in act.standing}
        for gone in parcels.values():
            pack_again.reopen(turn, gone)
    return bool(code)
