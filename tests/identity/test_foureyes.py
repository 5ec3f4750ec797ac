"""The checks of a decision, in their one order: each attack has its code, and the first is said."""

from dataclasses import replace

import pytest

from app.contract.messages import Grant
from app.domain.roles import Permission
from app.identity.foureyes import Asked, Decided, Proof, Someone, why_not
from app.identity.grants import Presented, day_of

GRANT = Grant(
    id="g-1",
    person="p-sven",
    site="HAM",
    enrolment="enr-1",
    max_quantity=20,
    max_value=-1,
    max_count=2,
    issued_at="2026-11-23T06:00:00.000Z",
    expires_at="2026-11-23T18:00:00.000Z",
    signature="",
)
HELD = Presented(GRANT, word="p-sven", days=8)
SVEN = Someone("p-sven", "p-sven", "supervisor", "HAM")
ASKED = Asked((Someone("p-anna", "p-anna", "clerk", "HAM"),), Proof.SIGNED, "aa" * 32, quantity=12)
RIGHT = Decided(
    by=SVEN,
    proof=Proof.SIGNED,
    content_hash="aa" * 32,
    approves=True,
    needed=Permission.DECIDE,
    site="HAM",
    enrolment="enr-1",
    at="2026-11-23T12:00:00.000Z",
    presented=HELD,
    provisional=True,
)
ATTACKS = {
    "unknown_person": replace(RIGHT, by=replace(SVEN, known=False)),
    "unsigned": replace(RIGHT, proof=Proof.MISSING),
    "bad_person_signature": replace(RIGHT, proof=Proof.WRONG),
    "content_differs": replace(RIGHT, content_hash="bb" * 32),
    "same_person": replace(RIGHT, by=replace(SVEN, word="p-anna")),
    "not_permitted": replace(RIGHT, by=replace(SVEN, role="admin")),
    "made_by_requester": replace(RIGHT, by=replace(SVEN, favours=frozenset({"p-anna"}))),
    "grant_missing": replace(RIGHT, presented=None),
    "unknown_grant": replace(RIGHT, presented=Presented(None)),
    "grant_of_another_person": replace(RIGHT, presented=replace(HELD, word="p-sina")),
    "grant_of_another_station": replace(RIGHT, enrolment="enr-2"),
    "grant_ended": replace(RIGHT, presented=replace(HELD, ended=True)),
    "grant_expired": replace(RIGHT, at="2026-12-02T18:00:00.000Z"),
    "grant_used_up": replace(RIGHT, presented=replace(HELD, used=((0, 2),))),
}
OF_ANOTHER_SITE = replace(RIGHT, site="BER", by=replace(SVEN, site=""))


def _code(asked: Asked, decided: Decided) -> str:
    why = why_not(asked, decided)
    return why[0] if why is not None else ""


def test_a_right_decision_counts() -> None:
    assert why_not(ASKED, RIGHT) is None


@pytest.mark.parametrize("code", ATTACKS)
def test_each_attack_is_refused_with_its_own_code(code: str) -> None:
    # On carried days half the limit holds: the expired one is within it.
    asked = replace(ASKED, quantity=10)

    assert _code(asked, ATTACKS[code]) == code


@pytest.mark.parametrize(
    ("asked", "decided", "code"),
    [
        (ASKED, replace(RIGHT, by=replace(SVEN, site="BER")), "not_permitted"),
        (ASKED, OF_ANOTHER_SITE, "grant_of_another_site"),
        (replace(ASKED, proof=Proof.MISSING), RIGHT, "request_unsigned"),
        (replace(ASKED, proof=Proof.WRONG), RIGHT, "request_unsigned"),
        (replace(ASKED, over="12 units, and you may approve 5"), RIGHT, "over_your_limit"),
        (replace(ASKED, quantity=21), RIGHT, "over_grant_limit"),
        (replace(ASKED, quantity=11), replace(RIGHT, at="2026-11-23T18:00:00.001Z"),
         "over_grant_limit"),
        (replace(ASKED, decided="posted"), RIGHT, "already_decided"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_request_or_its_amount_is_refused(
    asked: Asked, decided: Decided, code: str
) -> None:
    assert _code(asked, decided) == code


def test_what_is_wrong_first_is_what_is_said() -> None:
    everything = replace(
        ATTACKS["unknown_person"], proof=Proof.WRONG, content_hash="", presented=None
    )
    steps = []

    for mend in (
        {"by": replace(SVEN, role="admin", word="p-anna")},
        {"proof": Proof.SIGNED},
        {"content_hash": ASKED.content_hash},
        {"by": replace(SVEN, role="admin")},
        {"by": SVEN},
        {"presented": HELD},
    ):
        steps.append(_code(ASKED, everything))
        everything = replace(everything, **mend)

    assert steps == [
        "unknown_person",
        "bad_person_signature",
        "content_differs",
        "same_person",
        "not_permitted",
        "grant_missing",
    ]
    assert _code(ASKED, everything) == ""


def test_a_rejection_needs_no_limit_no_grant_and_no_signed_request() -> None:
    unsigned = replace(ASKED, proof=Proof.MISSING, over="too much")

    assert why_not(unsigned, replace(RIGHT, approves=False, presented=None)) is None


def test_stations_of_before_and_the_office_are_asked_for_no_signature() -> None:
    vouched = replace(RIGHT, proof=Proof.VOUCHED, presented=None)

    assert why_not(ASKED, vouched) is None
    assert _code(ASKED, replace(vouched, by=replace(SVEN, word="p-anna"))) == "same_person"


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-23T18:00:00.000Z", 0),
        ("2026-11-23T18:00:00.001Z", 1),
        ("2026-11-24T18:00:00.000Z", 1),
        ("2026-11-24T18:00:00.001Z", 2),
        ("2026-11-01T00:00:00.000Z", 0),
    ],
)
def test_a_grant_is_carried_on_day_by_day(at: str, day: int) -> None:
    assert day_of(GRANT, at) == day
