"""A parcel is open again: its number and label are void, whoever opened it and wherever."""

from app.contract.messages import Operation
from app.station.inbox import PrintState
from app.station.turn import Turn

# What becomes of a label that waits for a printer when its parcel is opened.
VOID = "void"


def void(turn: Turn, seal: Operation) -> dict[str, str | int | bool]:
    """The evidence of taking a seal back; what no printer has taken is not printed any more.

    Args:
        turn: The open turn.
        seal: The operation that sealed the parcel under its number.
    """
    sscc = seal.reference.shipment if seal.reference is not None else ""
    printed = turn.work.labels_of(sscc)
    for job, state in printed:
        if state == PrintState.WAITING:
            turn.work.settle_print(job, VOID, "the parcel is open again")
    return {"void": sscc, "labels": len(printed)}
