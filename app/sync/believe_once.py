"""What an answer to a single question must be before it is believed: who we are, a token, an edit.

`app.sync.believe` does the same for what moves the book.
"""

from string import hexdigits

import msgspec

from app.contract.codec import UNREADABLE
from app.contract.messages import (
    Edited,
    EditPut,
    Enrolled,
    ItemRow,
    LocationRow,
    NewKey,
    NewKeyRequest,
    Token,
)
from app.errors import Refusal
from app.station.edit_asking import REORDER, Low
from app.sync import sentences
from app.sync.trouble import BadAnswer

KEY_HEX = 64
# Digits of a parcel number without its check digit.
SSCC_DIGITS = 17
# A token goes into a header line of every question; ours has 64 characters.
MOST_TOKEN = 1_024
_HEX = frozenset(hexdigits.lower())

_NOT_ENROLLED = "The ledger's answer to the enrolment cannot be understood. Ask IT."
_ODD_EDIT = (
    "The ledger gave an answer that does not fit the question. Look whether it was changed, and"
    " send it again if not. If this stays, report it to IT."
)

_item = msgspec.json.Decoder(ItemRow | None)
_location = msgspec.json.Decoder(LocationRow | None)
_low = msgspec.json.Decoder(Low | None)


def enrolled(answer: Enrolled) -> None:
    """An identity the station can live with: all of it, with keys that are keys.

    Raises:
        Refusal: `bad_signature`, when the ledger does not say by which key to know it.
        BadAnswer: Anything else. The code stays good for the same question.
    """
    if not _is_key(answer.ledger_key):
        raise Refusal(
            "bad_signature",
            "The ledger did not say by which key to know it. Ask IT whether the ledger is healthy.",
        )
    numbers = answer.sscc
    whole = (
        all((answer.enrolment, answer.station, answer.site, answer.epoch))
        and _is_key(answer.pepper)
        and (not answer.recovery_key or _is_key(answer.recovery_key))
        and len(numbers.first) == SSCC_DIGITS
        and numbers.first.isascii()
        and numbers.first.isdigit()
        and numbers.count >= 0
    )
    if not whole:
        raise BadAnswer(_NOT_ENROLLED, detail=f"enrolment {answer.enrolment!r} {numbers}")


def token(answer: Token) -> Token:
    """A token that fits into a header.

    Raises:
        BadAnswer: Anything else.
    """
    text = answer.token
    if not 0 < len(text) <= MOST_TOKEN or not (text.isascii() and text.isprintable()):
        raise BadAnswer(sentences.NO_FIT, detail=f"a token of {len(text)} characters")
    return answer


def new_key(request: NewKeyRequest, answer: NewKey) -> None:
    """The ledger has taken the key that it was told, and no other.

    Raises:
        BadAnswer: Anything else; the present key stays.
    """
    if (answer.enrolment, answer.public_key) != (request.enrolment, request.public_key):
        raise BadAnswer(sentences.NO_FIT, detail=f"key {answer.public_key} of {answer.enrolment}")


def edited(put: EditPut, answer: Edited) -> None:
    """What came of an edit is one of the known ends, and tells of the thing that was named.

    Raises:
        BadAnswer: Anything else: it may have been done.
    """
    looks = bytes(put.after) == b"null"
    ends = {"seen", "refused"} if looks else {"done", "stale", "refused"}
    if answer.outcome not in ends:
        raise BadAnswer(_ODD_EDIT, detail=f"outcome {answer.outcome!r}")
    try:
        named = _named(put, bytes(answer.current))
    except UNREADABLE as error:
        raise BadAnswer(_ODD_EDIT, detail=repr(error)) from error
    if named != put.name:
        raise BadAnswer(_ODD_EDIT, detail=f"{put.what} {named!r} instead of {put.name!r}")


def _named(put: EditPut, current: bytes) -> str:
    """Whose row it is; that of the question when a row does not say, or there is none."""
    match put.what:
        case "item":
            item = _item.decode(current)
            return item.sku if item is not None else put.name
        case "location":
            place = _location.decode(current)
            return place.location if place is not None else put.name
        case what:
            if what == REORDER:
                _low.decode(current)
            return put.name


def _is_key(text: str) -> bool:
    return len(text) == KEY_HEX and _HEX.issuperset(text)
