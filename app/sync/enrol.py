"""The station's side of enrolment: a one-time code and a public key for an identity."""

from dataclasses import dataclass

from app import __version__
from app.contract.ledger import Gate
from app.contract.messages import PROTOCOL_VERSION, Enrolled, EnrolRequest, NumberBlock
from app.errors import Refusal
from app.station.ports import Identity

# Crockford's alphabet has no I, L, O and U; whoever copies a code by hand writes the first three.
_MISREAD = str.maketrans("OIL", "011")
_SPACERS = str.maketrans("", "", " -\t")
_ALPHABET = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
CODE_LENGTH = 10
KEY_HEX = 64


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a new station starts with."""

    identity: Identity
    numbers: NumberBlock


def tidy_code(typed: str) -> str:
    """A one-time code as the ledger knows it, from what a person typed.

    Raises:
        Refusal: `bad_code`, when it cannot be one.
    """
    code = typed.translate(_SPACERS).upper().translate(_MISREAD)
    if len(code) != CODE_LENGTH or not _ALPHABET.issuperset(code):
        raise Refusal(
            "bad_code",
            f"A code has {CODE_LENGTH} letters and digits, such as 7K2M9-QX4TD. Check it and type"
            " it again.",
        )
    return code


def enrol(
    gate: Gate, typed_code: str, public_key: str, previous: tuple[str, str] = ("", "")
) -> Enrolment:
    """Introduce the station to the ledger.

    Args:
        gate: The ledger, as anyone may ask it.
        typed_code: The one-time code.
        public_key: The device key's public half, 64 hex digits.
        previous: Enrolment and last digest this one replaces, if any.

    Raises:
        Refusal: `bad_code` or `too_old`.
        Trouble: The ledger could not be asked; the code may be tried again.
    """
    code = tidy_code(typed_code)
    hello = gate.hello()
    if not hello.protocol_min <= PROTOCOL_VERSION <= hello.protocol_max:
        raise Refusal(
            "too_old",
            "This station and the ledger are of versions that do not speak with each other. Update"
            " the older one.",
            detail=f"{PROTOCOL_VERSION} not in {hello.protocol_min}–{hello.protocol_max}",
        )
    answer = gate.enrol(
        EnrolRequest(
            code=code,
            public_key=public_key,
            program_version=__version__,
            previous=previous[0],
            previous_digest=previous[1],
        )
    )
    return Enrolment(_identity(answer), answer.sscc)


def _identity(answer: Enrolled) -> Identity:
    if len(answer.ledger_key) != KEY_HEX:
        raise Refusal(
            "bad_signature",
            "The ledger did not say by which key to know it. Ask IT whether the ledger is healthy.",
        )
    return Identity(
        enrolment=answer.enrolment,
        station=answer.station,
        site=answer.site,
        epoch=answer.epoch,
        ledger_key=answer.ledger_key,
    )
