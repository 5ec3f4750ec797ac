"""What a scanned text can mean: a closed union, and the codes we print ourselves.

GS1 and retail symbols are understood in `app.gs1`, which answers with the same union. Nothing here
knows the stock: whether a `PlainCode` is a SKU, an order or nothing at all is a lookup of the
station, not a property of the text.

Codes of our own carry a prefix, so that no product barcode can ever press a button or sign in:

    CMD:ACK    command card            PHB-…       badge
    LOC:A-04-2 location                TOTE:T-017  tote, cart or carton
    DOC:ORD-48213 document, when the plain number could be taken for something else
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.text import Text, text

COMMAND_PREFIX = "CMD:"
LOCATION_PREFIX = "LOC:"
TOTE_PREFIX = "TOTE:"
DOCUMENT_PREFIX = "DOC:"
BADGE_PREFIX = "PHB-"
# Longest text of a code of ours; GS1 carries at most 90 characters in one element, a URL more.
MAX_OWN_CODE = 80
_BADGE = re.compile(rf"\s*(?:\][A-Za-z][0-9A-Za-z])?{BADGE_PREFIX}", re.IGNORECASE)


class Damage(StrEnum):
    """Why a scan means nothing; the station has one sentence for each."""

    EMPTY = "empty"
    CHECK_DIGIT = "check_digit"
    UNKNOWN_AI = "unknown_ai"
    BAD_VALUE = "bad_value"
    REPEATED = "repeated"
    EXCLUDED = "excluded"
    INCOMPLETE = "incomplete"
    BAD_LINK = "bad_link"
    WRONG_SYMBOL = "wrong_symbol"
    TOO_LONG = "too_long"
    CONTROL_CHARACTERS = "control_characters"
    OWN_CODE = "own_code"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Command:
    """A command card.

    Attributes:
        name: In capitals without the prefix: `ACK`, `UNDO`, `QTY-3`.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Badge:
    """Somebody's badge.

    Attributes:
        secret: What the badge carries, prefix included. Never stored, logged or shown.
    """

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Location:
    """A place in the building, by its printed code (`A-04-2`)."""

    code: str


@dataclass(frozen=True, slots=True)
class Tote:
    """A tote, cart or carton that goods are carried in."""

    code: str


@dataclass(frozen=True, slots=True)
class Document:
    """An order, inbound, return or transfer named outright.

    Attributes:
        number: The number as its owner writes it.
        ai: `400`–`403` when a GS1 message named it, empty for our own `DOC:` labels.
    """

    number: str
    ai: str = ""


@dataclass(frozen=True, slots=True)
class TradeItem:
    """An article, with whatever else its barcode said about this very piece.

    Attributes:
        gtin14: 14 digits; the pack behind it says how many base units one scan is.
        lot: Batch (AI 10), or empty.
        serial: Serial (AI 21), or empty.
        expiry: ISO date, use-by (AI 17 or 7003), or None.
        best_before: ISO date (AI 15), or None.
        count: Pieces said by the barcode itself (AI 30 or 37), or None: it replaces the pack's.
        net_weight_mg: Net weight in milligrams (AI 310n, 320n, 356n, 357n), or None.
        other: Every further element `(AI, value)`, in the order printed; nothing is dropped.
    """

    gtin14: str
    lot: str = ""
    serial: str = ""
    expiry: str | None = None
    best_before: str | None = None
    count: int | None = None
    net_weight_mg: int | None = None
    other: tuple[tuple[str, str], ...] = ()

    @property
    def use_by(self) -> str | None:
        """The date first-expired-first-out goes by: use-by if printed, else best before."""
        return self.expiry or self.best_before


@dataclass(frozen=True, slots=True)
class Parcel:
    """A logistic unit by its SSCC: a parcel of ours, or a pallet that arrives.

    Attributes:
        sscc: 18 digits.
        content: What is in it when the label says so (AI 02 with 37), or None.
        other: Further elements `(AI, value)`.
    """

    sscc: str
    content: TradeItem | None = None
    other: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Elements:
    """A sound GS1 message that names no article, unit or document: an asset, a person, a coupon."""

    elements: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PlainCode:
    """Any other text; the station looks it up as SKU, order, location and so on."""

    text: str


@dataclass(frozen=True, slots=True)
class Damaged:
    """A text that claims to be something and is not: never guessed at, never counted.

    Attributes:
        code: Kind of damage.
        why: For the log and `packhouse explain`: which element, which value.
        scanned: The text, for the sentence on the screen.
    """

    code: Damage
    why: str
    scanned: str = ""

    @property
    def say(self) -> Text:
        """The sentence for the screen: `scan.damaged.<code>` with `scanned`."""
        return text(f"scan.damaged.{self.code.value}", scanned=self.scanned)


Meaning = (
    Command
    | Badge
    | Location
    | Tote
    | Document
    | TradeItem
    | Parcel
    | Elements
    | PlainCode
    | Damaged
)


_OWN: tuple[tuple[str, Callable[[str], Meaning]], ...] = (
    (COMMAND_PREFIX, lambda code: Command(code.upper())),
    (LOCATION_PREFIX, lambda code: Location(code.upper())),
    (TOTE_PREFIX, lambda code: Tote(code.upper())),
    (DOCUMENT_PREFIX, Document),
)


def own_code(scanned: str) -> Meaning | None:
    """What a code of our own means; None when it is none of ours.

    Prefixes are read in any case, because a wedge scanner with caps lock on turns it round. A
    badge is the exception: its secret is exact, so a badge in the wrong case is damaged, and its
    text goes nowhere.
    """
    if carries_badge(scanned):
        return _badge(scanned)
    for prefix, meaning in _OWN:
        if scanned[: len(prefix)].upper() == prefix:
            code = scanned[len(prefix) :].strip()
            if code and len(code) <= MAX_OWN_CODE and code.isprintable():
                return meaning(code)
            why = "nothing readable after the prefix"
            return Damaged(Damage.OWN_CODE, why, scanned[:MAX_OWN_CODE])
    return None


def carries_badge(scanned: str) -> bool:
    """Whether a text begins as a badge does, in any case, AIM identifier in front or not.

    Asked before anything is stored or logged: of such a scan only a keyed hash is kept.
    """
    return _BADGE.match(scanned) is not None


def _badge(scanned: str) -> Badge | Damaged:
    secret = scanned.strip()
    body = secret.removeprefix(BADGE_PREFIX)
    if (
        secret == body
        or not body
        or len(secret) > MAX_OWN_CODE
        or not (body.isascii() and body.isprintable())
    ):
        # The text stays out of the answer: half a secret is still a secret.
        return Damaged(Damage.OWN_CODE, "a badge that cannot be read", BADGE_PREFIX)
    return Badge(secret)
