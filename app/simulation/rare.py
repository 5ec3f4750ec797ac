"""Rare states, counted: a simulation that never got there has proven nothing about them."""

from collections import Counter
from collections.abc import Iterable

# Every name a simulation may count; a test fails when a hundred seeds leave one of them at zero.
STATES = (
    "request dropped",
    "answer dropped after the ledger committed",
    "request doubled",
    "request truncated",
    "request after a later one",
    "message delayed",
    "answer truncated",
    "link down",
    "batch met a crash of the ledger",
    "ledger crash before_write",
    "ledger crash before_commit",
    "ledger crash after_commit",
    "station crash before_commit",
    "station crash after_commit",
    "station crash between journal and turn",
    "station crash while applying the feed",
    "station killed",
    "station power cut",
    "recorded, but never shown",
    "recorded while its push was under way",
    "scan interrupted by a crash",
    "job resumed after a crash",
    "disk full",
    "ledger's disk full",
    "ledger backed up",
    "ledger restored, announced",
    "ledger restored, unannounced",
    "epoch begun anew at a station",
    "station cloned",
    "station restored from its backup",
    "fork seen by a station",
    "operation known already",
    "operation held",
    "operation in conflict",
    "claim refused",
    "order packed by two",
    "order cancelled under the packer",
    "order held under the packer",
    "order changed under the packer",
    "packed elsewhere asked",
    "box emptied after a stop",
    "scan bounced",
    "scan refused",
    "unknown code scanned",
    "unit undone",
    "line short",
    "unit damaged",
    "order paused",
    "weight off",
    "label printed",
    "label failed",
    "label lost",
    "parcel handed over",
    "parcel handed over offline",
    "next parcel begun",
    "sealed parcel opened again",
    "unit taken out of its parcel",
    "several parcels of one order handed over",
    "negative balance explained",
    "over-packing explained",
    "claim lapsed overnight",
    "clock a day behind",
    "clock days ahead",
    "PIN wrong",
    "decision forged",
    "forgery refused",
    "decided at a bench",
    "decided at a bench offline",
    "request withdrawn",
    "several decided together",
    "photo of an adjustment",
    "adjustment waits",
    "adjustment rejected",
    "approved at a bench",
    "approved at the office",
    "person revoked",
    "person back with a new key",
    "rewound history refused",
    "task step undone",
    "finished work taken back",
    "taken back while it waited",
    "adjustment taken back",
    "number said after its scan",
    "task paused",
    "paused task chosen again",
    "goods received",
    "serial received",
    "lot received",
    "lot with another expiry",
    "more came than announced",
    "unknown goods received",
    "delivery closed short",
    "delivery changed",
    "delivery closed by the office",
    "goods taken back",
    "return scrapped",
    "goods moved",
    "everything moved",
    "shelf filled up",
    "unit picked",
    "pick short",
    "unit damaged at its shelf",
    "round picked",
    "place counted",
    "place counted, as the oracle saw it",
    "miscounted",
    "place to be counted again",
    "count decided at the office",
    "count adjusted the book",
    "count planned at a bench",
    "counted again instead of approved",
    "wish kept",
    "report made",
    "report that leaves the house told",
    "stock list held against the book",
    "item edited at a bench",
    "place edited at a bench",
    "reorder point edited at a bench",
    "edited by two at once",
    "slower edit told so",
    "slip of the hand",
    "right lent at a bench",
    "log taken away",
    "log held against the record",
    "dashboard looked at",
    "photo of goods",
    "day archived",
    "books reconciled",
    "item edited at the office",
    "role lent",
    "lent role taken back",
    "rights reviewed",
    "work given to another station",
    "device key changed",
    "question too old",
    "station revoked",
    "station enrolled anew",
    "records linked anew",
    "record of a revoked station released",
    "looked up",
    "exception resolved at a bench",
    "work taken over",
    "goods shipped",
    "goods arrived",
    "transfer sealed",
    "more arrived than was shipped",
    "transfer said to be complete",
    "goods under way given up",
    "transfer cancelled by the office",
    "wish refused",
    "posted what hands did",
    "unknown item explained",
    "over-receipt explained",
    "over-return explained",
    "stray goods explained",
    "late receipt explained",
    "transfer over explained",
    "transfer short explained",
    "transfer ended explained",
)

# Two hundred seeds may pass without these: two people must come to one page at once, a slip of the
# hand must follow one scan, or somebody must get to the end of a page few are at. Tours of those
# pages and `tests/simulation/seldom.py` play them on purpose.
SELDOM = frozenset(
    {
        "several decided together",
        "edited by two at once",
        "slower edit told so",
        "number said after its scan",
        "question too old",
        "log taken away",
        "log held against the record",
        "right lent at a bench",
        "reorder point edited at a bench",
        "place edited at a bench",
        "photo of goods",
    }
)
# What a long run must have reached.
WANTED = tuple(state for state in STATES if state not in SELDOM)


class Rare:
    """A tally of rare states."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()

    def saw(self, state: str, times: int = 1) -> None:
        """One more."""
        if state not in STATES:
            raise KeyError(state)
        self._count[state] += times

    def add(self, other: "Rare") -> None:
        """Take over another tally."""
        self._count.update(dict(other.table()))

    def table(self) -> Iterable[tuple[str, int]]:
        """Every state and how often it was reached, in the order above."""
        return ((state, self._count[state]) for state in STATES)

    def missing(self) -> list[str]:
        """States that a long run must reach, and that were not."""
        return [state for state in WANTED if not self._count[state]]
