"""What facts about transfers may contradict; the sentences and the causes.

Each cause is one story a transfer. It ends when the transfer says so, at whichever end it is open.
"""

from app.ledger.contradictions import Contradiction

UNKNOWN = "unknown_transfer"
NOT_APPROVED = "transfer_not_approved"
ENDED = "transfer_ended"
OVER_DISPATCHED = "transfer_over_dispatched"
OVER = "transfer_over"
SHORT = "transfer_short"
OVERDUE = "transfer_overdue"

_SENTENCES = {
    UNKNOWN: "Transfer {} is not known here, and goods were recorded for it. Request it under this "
    "number, or take the record back.",
    NOT_APPROVED: "Goods of transfer {} left before anybody approved it. Approve it, or bring them "
    "back and say where they are.",
    ENDED: "Goods of transfer {} left although it was ended. Accept them, or cancel it again and "
    "say where they are.",
    OVER_DISPATCHED: "More left for transfer {} than was asked for. Tell the other site, or take "
    "the record back.",
    OVER: "More arrived with transfer {} than was dispatched. Count again, and ask the other site "
    "for the dispatch that is missing.",
    SHORT: "Transfer {} is said to have arrived whole, and goods of it are still under way. Say "
    "what never left, what was lost, or accept the rest.",
    OVERDUE: "Goods of transfer {} have been under way longer than agreed. Ask the carrier; accept "
    "them, or say what was lost.",
}


def cause_of(code: str, number: str) -> str:
    """What makes all contradictions of one code about one transfer one story."""
    return f"{code}\n{number}"


def contradiction(code: str, number: str) -> Contradiction:
    """The contradiction of this code about a transfer."""
    return Contradiction(code, cause_of(code, number), _SENTENCES[code].format(number), number)
