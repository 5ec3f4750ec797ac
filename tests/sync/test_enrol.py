"""A person types a code, and the station has an identity."""

import pytest

from app.contract import chain
from app.contract.messages import (
    PROTOCOL_VERSION,
    Enrolled,
    EnrolRequest,
    Hello,
    NumberBlock,
    Token,
    TokenRequest,
)
from app.errors import Refusal, Trouble
from app.keys.signing import DeviceSigner
from app.ledger.proofs import is_signed
from app.sync.enrol import enrol, tidy_code

KEY = DeviceSigner(b"\x04" * 32)


class FakeGate:
    def __init__(self, protocols: tuple[int, int] = (1, PROTOCOL_VERSION)) -> None:
        self.protocols = protocols
        self.asked: list[EnrolRequest] = []
        self.ledger_key = "ab" * 32
        self.pepper = "5a" * 32

    def hello(self) -> Hello:
        low, high = self.protocols
        return Hello(protocol_min=low, protocol_max=high, epoch="e", at="", version="1")

    def enrol(self, request: EnrolRequest) -> Enrolled:
        self.asked.append(request)
        return Enrolled(
            enrolment="enr-bench-4",
            station="Bench 4",
            site="OSLO",
            epoch="epoch-1",
            ledger_key=self.ledger_key,
            sscc=NumberBlock(first="37012345000000001", count=10_000),
            pepper=self.pepper,
        )

    def token(self, request: TokenRequest) -> Token:
        raise AssertionError("nobody asks for a token before being enrolled")


@pytest.mark.parametrize(
    "typed", ["7K2M9QX4T0", "7k2m9-qx4to", " 7K2M9 QX4TO ", "7K2M-9QX4-T0", "7k2m9qx4tO"]
)
def test_a_code_may_be_typed_the_way_people_type(typed: str) -> None:
    assert tidy_code(typed) == "7K2M9QX4T0"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert tidy_code("IL0OIL0OIL") == "1100110011"


@pytest.mark.parametrize("typed", ["", "7K2M9", "7K2M9QX4TDD", "7K2M9QX4TU", "7K2M9QX4Tß"])
def test_what_cannot_be_a_code_is_said_before_the_ledger_is_asked(typed: str) -> None:
    gate = FakeGate()

    with pytest.raises(Refusal, match="10 letters and digits"):
        enrol(gate, typed, KEY)

    assert gate.asked == []


def test_a_code_and_a_key_become_an_identity_and_numbers() -> None:
    gate = FakeGate()

    enrolment = enrol(gate, "7k2m9-qx4td", KEY, previous=("enr-old", "ef" * 32))

    assert enrolment.identity.enrolment == "enr-bench-4"
    assert enrolment.identity.ledger_key == "ab" * 32
    assert enrolment.numbers.count == 10_000
    asked = gate.asked[0]
    assert (asked.code, asked.public_key) == ("7K2M9QX4TD", KEY.public_key)
    assert enrolment.pepper == b"\x5a" * 32
    assert enrolment.identity.device_key == KEY.public_key
    assert (asked.previous, asked.previous_digest) == ("enr-old", "ef" * 32)


@pytest.mark.parametrize("protocols", [(PROTOCOL_VERSION + 1, 9), (0, PROTOCOL_VERSION - 1)])
def test_versions_that_do_not_meet_are_told_before_the_code_is_spent(
    protocols: tuple[int, int],
) -> None:
    gate = FakeGate(protocols)

    with pytest.raises(Refusal, match="Update the older one") as met:
        enrol(gate, "7k2m9-qx4td", KEY)

    assert met.value.code == "too_old"
    assert gate.asked == []


def test_a_ledger_without_a_key_of_its_own_is_not_believed() -> None:
    gate = FakeGate()
    gate.ledger_key = ""

    with pytest.raises(Refusal) as met:
        enrol(gate, "7k2m9-qx4td", KEY)

    assert met.value.code == "bad_signature"


def test_the_station_proves_that_it_holds_the_key_it_names() -> None:
    gate = FakeGate()

    enrol(gate, "7k2m9-qx4td", KEY)

    asked = gate.asked[0]
    assert asked.protocol == PROTOCOL_VERSION
    assert is_signed(KEY.public_key, chain.enrol_bytes("7K2M9QX4TD", KEY.public_key), asked.proof)


@pytest.mark.parametrize("pepper", ["", "5a", "zz" * 32])
def test_a_ledger_that_tells_no_pepper_is_not_enrolled_at(pepper: str) -> None:
    gate = FakeGate()
    gate.pepper = pepper

    with pytest.raises(Trouble, match="cannot be understood"):
        enrol(gate, "7k2m9-qx4td", KEY)
