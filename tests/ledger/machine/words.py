"""What a station sent, as the oracle reads it: kinds, places, roles and stock keys, said once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import msgspec

from app.contract.codec import canonical
from app.contract.messages import Line, Operation, operation_body

Key = tuple[str, str, str, str, str, str]
Fate = tuple[str, str]
# What must have been told: one of these codes, in a sentence with all these words.
Told = tuple[str, frozenset[str], tuple[str, ...]]

POSTED, WAITING, REFUSED, HELD, CONFLICT = "posted", "waiting", "refused", "held", "conflict"
LIMIT = 5
# How long a claim lasts, of a site that says nothing else.
HOLD = timedelta(hours=8)
OUTSIDE = ("supplier", "customer", "adjustment", "scrap", "transit/")
MOVING = (
    "receive", "move", "pick", "unpick", "pack", "unpack", "ship", "adjust", "reclassify",
    "return", "dispatch", "accept", "cancel",
)  # fmt: skip
PLAIN = ("short", "seal", "reopen", "event")
# Asked of the ledger; what becomes of these is believed.
BELIEVED = ("claim", "release", "request", "cancel")
REQUESTS = ("adjust", "decide", "withdraw", "reserve", "unreserve", *BELIEVED)
KNOWN = (*MOVING, *PLAIN, *REQUESTS, "count", "reverse")
MAY_DECIDE = ("supervisor", "controller")
MAY_RELEASE = ("supervisor",)
MAY_TAKE_OVER = ("supervisor",)
MAY_ADJUST = ("supervisor", "controller", "clerk")
STOPPED = ("cancelled", "held")


@dataclass(frozen=True, slots=True)
class Came:
    """An operation as a station sent it, and whether the ledger trusts that station."""

    site: str
    enrolment: str
    seq: int
    id: str
    raw: bytes
    revoked: bool = False
    station: str = ""
    at: datetime = datetime(2026, 11, 23, tzinfo=UTC)

    @property
    def content(self) -> str:
        return sha256(self.raw).hexdigest()

    @property
    def operation(self) -> Operation | None:
        try:
            said = operation_body.decode(self.raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return said if canonical(said) == self.raw else None


def is_flawed(came: Came, said: Operation) -> bool:
    """Whether it cannot be taken as it is."""
    if said.id != came.id or said.site != came.site or said.kind not in KNOWN:
        return True
    if said.contract_version not in (1, 2):
        return True
    for line in said.lines if said.kind in MOVING else ():
        if not line.source or not line.target or not line.quantity:
            return True
        to = line.to_condition or line.condition
        if (line.source, line.condition) == (line.target, to):
            return True
    if said.kind == "count":
        return any(not line.source or is_outside(line.source) for line in said.lines)
    return False


def moves_of(said: Operation) -> Iterator[tuple[Key, int]]:
    for line in said.lines:
        yield key_of(said.site, line.source, line, line.condition), -line.quantity
        to = line.to_condition or line.condition
        yield key_of(said.site, line.target, line, to), line.quantity


def key_of(site: str, place: str, line: Line, condition: str) -> Key:
    return home(site, place), place, line.item, line.lot, line.serial, condition


def is_outside(place: str) -> bool:
    """Whether a place is not in a building: one for both sites."""
    return place.startswith(OUTSIDE)


def home(site: str, place: str) -> str:
    """The site a balance is kept at, as far as that is modelled."""
    return "" if is_outside(place) else site


def original_of(came: Came) -> str:
    said = came.operation
    return said.reference.original if said is not None and said.reference is not None else ""


def document_of(said: Operation) -> tuple[str, str]:
    about = said.reference
    return (about.document_kind, about.document) if about is not None else ("", "")


def order_of(said: Operation) -> str:
    kind, number = document_of(said)
    return number if kind == "order" else ""
