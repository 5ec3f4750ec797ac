"""The station's side of enrolment: a one-time code and a public key for an identity."""

from dataclasses import dataclass
from typing import Protocol

from app import __version__
from app.contract import chain
from app.contract.ledger import Gate
from app.contract.messages import PROTOCOL_VERSION, Enrolled, EnrolRequest, NumberBlock
from app.errors import Refusal
from app.station.ports import Identity
from app.sync import believe_once
from app.sync.once import asked_once

# Crockford's alphabet has no I, L, O and U; whoever copies a code by hand writes the first three.
_MISREAD = str.maketrans("OIL", "011")
_SPACERS = str.maketrans("", "", " -\t")
_ALPHABET = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
CODE_LENGTH = 10


class DeviceKey(Protocol):
    """The key the station will be known by."""

    @property
    def public_key(self) -> str: ...
    def sign(self, message: bytes) -> str: ...


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a new station starts with.

    Attributes:
        identity: Who it is.
        numbers: Its block of parcel numbers.
        pepper: The site's, 32 bytes; a secret.
        recovery_key: What its keys are escrowed to, hex; empty when the ledger has none.
    """

    identity: Identity
    numbers: NumberBlock
    pepper: bytes
    recovery_key: str


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
    gate: Gate, typed_code: str, key: DeviceKey, previous: tuple[str, str] = ("", "")
) -> Enrolment:
    """Introduce the station to the ledger.

    Args:
        gate: The ledger, as anyone may ask it.
        typed_code: The one-time code.
        key: The device key; it proves that it is there.
        previous: Enrolment and last digest this one replaces, if any.

    Raises:
        Refusal: `bad_code` or `too_old`.
        Trouble: The ledger could not be asked; the code may be tried again.
    """
    code = tidy_code(typed_code)
    with asked_once():
        hello = gate.hello()
    if not hello.protocol_min <= PROTOCOL_VERSION <= hello.protocol_max:
        raise Refusal(
            "too_old",
            "This station and the ledger are of versions that do not speak with each other. Update"
            " the older one.",
            detail=f"{PROTOCOL_VERSION} not in {hello.protocol_min}–{hello.protocol_max}",
        )
    request = EnrolRequest(
        code=code,
        public_key=key.public_key,
        program_version=__version__,
        previous=previous[0],
        previous_digest=previous[1],
        protocol=PROTOCOL_VERSION,
        proof=key.sign(chain.enrol_bytes(code, key.public_key)),
    )
    with asked_once():
        answer = gate.enrol(request)
    believe_once.enrolled(answer)
    identity = _identity(answer, key.public_key)
    return Enrolment(identity, answer.sscc, bytes.fromhex(answer.pepper), answer.recovery_key)


def _identity(answer: Enrolled, device_key: str) -> Identity:
    return Identity(
        enrolment=answer.enrolment,
        station=answer.station,
        site=answer.site,
        epoch=answer.epoch,
        ledger_key=answer.ledger_key,
        device_key=device_key,
    )
