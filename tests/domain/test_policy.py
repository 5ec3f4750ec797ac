"""A site's policy: what it cannot say, and the sentence for each."""

from dataclasses import replace

import pytest

from app.domain.policy import (
    DEFAULT,
    MAX_AMOUNT,
    OFFLINE,
    AdjustLimit,
    ApproveLimit,
    Policy,
    flaws,
    offline_limit,
)


def test_the_default_has_no_flaw() -> None:
    assert flaws(DEFAULT) == []


@pytest.mark.parametrize(
    ("policy", "word"),
    [
        (replace(DEFAULT, over_permille=1_001), "over_permille"),
        (replace(DEFAULT, over_permille=-1), "over_permille"),
        (replace(DEFAULT, claim_hold_h=0), "claim_hold_h"),
        (replace(DEFAULT, count_tolerance=-1), "count_tolerance"),
        (replace(DEFAULT, count_accept_h=169), "count_accept_h"),
        (replace(DEFAULT, credential_days=0), "credential_days"),
        (replace(DEFAULT, grant_days=9), "grant_days"),
        (replace(DEFAULT, grant_hours=73), "grant_hours"),
        (replace(DEFAULT, approve_offline_count=-1), "approve_offline_count"),
        (replace(DEFAULT, second_factor=("clerk",)), "second_factor"),
        (Policy(approve_offline={"clerk": ApproveLimit()}), "approve_offline.clerk"),
        (Policy(approve_offline={"boss": ApproveLimit()}), "approve_offline.boss"),
        (replace(DEFAULT, adjust_always_waits=("",)), "adjust_always_waits"),
        (replace(DEFAULT, adjust_always_waits=("x" * 65,)), "adjust_always_waits"),
        (replace(DEFAULT, adjust_always_waits=("a",) * 101), "adjust_always_waits"),
        (Policy(adjust={"clark": AdjustLimit()}), "adjust.clark"),
        (Policy(adjust={"auditor": AdjustLimit()}), "adjust.auditor"),
        (Policy(adjust={"clerk": AdjustLimit(quantity=-1)}), "adjust.clerk.quantity"),
        (Policy(adjust={"clerk": AdjustLimit(permille=1_001)}), "adjust.clerk.permille"),
        (
            Policy(adjust_reasons={"damaged": AdjustLimit(daily_value=MAX_AMOUNT + 1)}),
            "adjust_reasons.damaged.daily_value",
        ),
        (Policy(adjust_reasons={"\n": AdjustLimit()}), "adjust_reasons"),
        (Policy(approve={"clerk": ApproveLimit()}), "approve.clerk"),
        (Policy(approve={"supervisor": ApproveLimit(value=-5)}), "approve.supervisor.value"),
    ],
)
def test_a_wrong_value_is_named_with_a_sentence(policy: Policy, word: str) -> None:
    (found,) = flaws(policy)

    assert found.word == word
    assert found.sentence.endswith(".")


def test_every_wrong_value_has_its_own_sentence() -> None:
    policy = Policy(over_permille=-1, grant_days=99, adjust={"admin": AdjustLimit(value=-1)})

    assert [flaw.word for flaw in flaws(policy)] == [
        "over_permille",
        "grant_days",
        "adjust.admin",
        "adjust.admin.value",
    ]


def test_no_limit_is_no_flaw() -> None:
    free = AdjustLimit(None, None, None, None, None)

    assert flaws(Policy(adjust={"controller": free}, approve={"supervisor": ApproveLimit()})) == []


@pytest.mark.parametrize(
    ("online", "offline", "allowed"),
    [
        (None, None, OFFLINE),
        (ApproveLimit(20, 9_000_000), None, ApproveLimit(20, OFFLINE.value)),
        (ApproveLimit(20, 1_000), ApproveLimit(None, None), ApproveLimit(20, 1_000)),
        (None, ApproveLimit(None, None), ApproveLimit(None, None)),
        (None, ApproveLimit(0, 0), ApproveLimit(0, 0)),
    ],
)
def test_without_a_link_the_lower_of_both_limits_holds(
    online: ApproveLimit | None, offline: ApproveLimit | None, allowed: ApproveLimit
) -> None:
    policy = Policy(
        approve={"supervisor": online} if online else {},
        approve_offline={"supervisor": offline} if offline else {},
    )

    assert offline_limit(policy, "supervisor") == allowed
