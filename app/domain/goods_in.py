"""Goods that are announced: the states of an inbound and of a return authorisation."""

from enum import StrEnum


class InboundState(StrEnum):
    """State of a delivery.

    It moves by itself with what is received: expected, receiving, received. The office closes one
    that stays short, or cancels one that does not come; reopened, its state follows again from what
    was received.
    """

    EXPECTED = "expected"
    RECEIVING = "receiving"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ReturnState(StrEnum):
    """State of a return authorisation.

    It moves by itself: authorised, receiving, and closed when everything is back. The office closes
    or cancels one that stays incomplete.
    """

    AUTHORISED = "authorised"
    RECEIVING = "receiving"
    CLOSED = "closed"
    CANCELLED = "cancelled"


# Detail of a document the office has closed or cancelled: how many units had come by then. What
# comes later is more than that.
SHUT_AT = "received_when_shut"


def limit(expected: int, over_permille: int) -> int:
    """How much may come of `expected` base units; a share of a unit is no unit."""
    return expected + expected * over_permille // 1000
