"""A person types a code, and the station has an identity."""

import pytest

from app.contract.messages import (
    PROTOCOL_VERSION,
    Enrolled,
    EnrolRequest,
    Hello,
    NumberBlock,
    Token,
    TokenRequest,
)
from app.errors import Refusal
from app.sync.enrol import enrol, tidy_code


class FakeGate:
    def __init__(self, protocols: tuple[int, int] = (1, PROTOCOL_VERSION)) -> None:
        self.protocols = protocols
        self.asked: list[EnrolRequest] = []
        self.ledger_key = "ab" * 32

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
        enrol(gate, typed, "cd" * 32)

    assert gate.asked == []


def test_a_code_and_a_key_become_an_identity_and_numbers() -> None:
    gate = FakeGate()

    enrolment = enrol(gate, "7k2m9-qx4td", "cd" * 32, previous=("enr-old", "ef" * 32))

    assert enrolment.identity.enrolment == "enr-bench-4"
    assert enrolment.identity.ledger_key == "ab" * 32
    assert enrolment.numbers.count == 10_000
    asked = gate.asked[0]
    assert (asked.code, asked.public_key) == ("7K2M9QX4TD", "cd" * 32)
    assert (asked.previous, asked.previous_digest) == ("enr-old", "ef" * 32)


@pytest.mark.parametrize("protocols", [(PROTOCOL_VERSION + 1, 9), (0, PROTOCOL_VERSION - 1)])
def test_versions_that_do_not_meet_are_told_before_the_code_is_spent(
    protocols: tuple[int, int],
) -> None:
    gate = FakeGate(protocols)

    with pytest.raises(Refusal, match="Update the older one") as met:
        enrol(gate, "7k2m9-qx4td", "cd" * 32)

    assert met.value.code == "too_old"
    assert gate.asked == []


def test_a_ledger_without_a_key_of_its_own_is_not_believed() -> None:
    gate = FakeGate()
    gate.ledger_key = ""

    with pytest.raises(Refusal) as met:
        enrol(gate, "7k2m9-qx4td", "cd" * 32)

    assert met.value.code == "bad_signature"
