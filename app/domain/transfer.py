"""Transfers between sites: the states of one, from what was decided and what was counted."""

from dataclasses import dataclass
from enum import StrEnum


class TransferState(StrEnum):
    """Where a transfer stands. Stable words of the contract."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DISPATCHING = "dispatching"
    IN_TRANSIT = "in_transit"
    RECEIVING = "receiving"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


OVER = frozenset({TransferState.CLOSED, TransferState.REJECTED, TransferState.CANCELLED})


@dataclass(frozen=True, slots=True)
class Course:
    """How far a transfer has come.

    Attributes:
        approved: Somebody who may has said yes.
        ended: How somebody ended it: `rejected`, `cancelled`, or empty.
        moved: Anything was dispatched or accepted.
        sent: Everything asked for was dispatched.
        arrived: Anything was accepted, lost, or found never to have left.
        travelling: Goods are under way, or more arrived than was dispatched.
    """

    approved: bool
    ended: str
    moved: bool
    sent: bool
    arrived: bool
    travelling: bool


def state_of(course: Course) -> TransferState:
    """The one state that fits: goods under way keep a transfer open, whatever people decided."""
    if course.travelling:
        if course.arrived:
            return TransferState.RECEIVING
        return TransferState.IN_TRANSIT if course.sent else TransferState.DISPATCHING
    if course.moved and course.arrived and (course.sent or course.ended):
        return TransferState.CLOSED
    if course.ended:
        return TransferState(course.ended)
    if course.moved:
        return TransferState.DISPATCHING
    return TransferState.APPROVED if course.approved else TransferState.REQUESTED
