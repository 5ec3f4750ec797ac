"""Versions of a site's policy: set, told, kept; two editors do not overwrite each other."""

import pytest
import sqlalchemy as sa

from app.contract.messages import PolicyRow
from app.domain.policy import DEFAULT, AdjustLimit, Policy
from app.errors import Refusal, Trouble
from app.ledger import sites
from app.ledger.policies import changed
from app.ledger.service import LedgerService
from app.ledger.tables import policy
from tests.ledger.conftest import SITE, Enrol

STRICT = Policy(count_tolerance=2, adjust={"clerk": AdjustLimit(quantity=5, value=None)})


def test_before_anybody_decides_the_default_holds(ledger: LedgerService) -> None:
    now = ledger.policies.current(ledger.site(SITE))

    assert (now.version, now.policy) == (0, DEFAULT)


def test_a_version_says_who_why_and_when(either: LedgerService) -> None:
    where = either.site(SITE)

    either.policies.put(where, STRICT, actor="p-weber", reason="Start with little", expected=0)
    either.policies.put(where, DEFAULT, actor="p-roth", reason="Too little", expected=1)

    assert [(v.version, v.actor, v.reason) for v in either.policies.history(where)] == [
        (2, "p-roth", "Too little"),
        (1, "p-weber", "Start with little"),
    ]
    assert either.policies.history(where, before=2)[0].policy == STRICT
    assert either.policies.current(where).at.startswith("2026-11-23T07:30")


def test_two_editors_do_not_overwrite_each_other(either: LedgerService) -> None:
    where = either.site(SITE)
    either.policies.put(where, STRICT, actor="p-weber", reason="first", expected=0)

    with pytest.raises(Refusal) as refused:
        either.policies.put(
            where, Policy(grant_days=1), actor="p-roth", reason="second", expected=0
        )

    assert refused.value.code == "stale_version"
    assert either.policies.current(where).policy == STRICT


def test_the_same_policy_again_is_no_version(ledger: LedgerService) -> None:
    where = ledger.site(SITE)
    ledger.policies.put(where, STRICT, actor="p-weber", reason="once")

    again = ledger.policies.put(where, STRICT, actor="p-roth", reason="twice")

    assert (again.version, again.actor) == (1, "p-weber")


def test_stations_are_told(ledger: LedgerService, enrol: Enrol) -> None:
    station = enrol("PACK-01")
    ledger.policies.put(ledger.site(SITE), STRICT, actor="p-weber", reason="Start with little")

    told = [row for row in station.pull() if isinstance(row, PolicyRow)]

    assert [row.version for row in told] == [1]
    assert b'"count_tolerance":2' in bytes(told[0].body)


def test_a_hold_time_of_the_policy_is_the_hold_time_of_the_site(ledger: LedgerService) -> None:
    where = ledger.site(SITE)
    ledger.policies.put(where, Policy(claim_hold_h=3), actor="p-weber", reason="Short shifts")

    with ledger.database.read() as connection:
        assert sites.claim_hold(connection, where).total_seconds() == 3 * 3600


@pytest.mark.parametrize(
    ("wanted", "reason", "code"),
    [(Policy(grant_days=-1), "why", "bad_policy"), (STRICT, "  ", "no_reason"),
     (STRICT, "x" * 201, "no_reason")],
)  # fmt: skip
def test_what_a_policy_cannot_say_makes_no_version(
    ledger: LedgerService, wanted: Policy, reason: str, code: str
) -> None:
    where = ledger.site(SITE)

    with pytest.raises(Refusal) as refused:
        ledger.policies.put(where, wanted, actor="p-weber", reason=reason)

    assert refused.value.code == code
    assert ledger.policies.current(where).version == 0


def test_a_version_is_never_edited(either: LedgerService) -> None:
    either.policies.put(either.site(SITE), STRICT, actor="p-weber", reason="Start with little")

    with pytest.raises((Trouble, sa.exc.DBAPIError)), either.database.write() as connection:
        connection.execute(sa.update(policy).values(actor="p-mallory"))


def test_single_words_are_changed() -> None:
    now = changed(
        STRICT,
        {"count_tolerance": 0, "adjust.clerk.daily_value": 900, "adjust.controller.quantity": 50},
    )

    assert now.count_tolerance == 0
    assert now.adjust["clerk"] == AdjustLimit(quantity=5, value=None, daily_value=900)
    assert now.adjust["controller"].quantity == 50
    assert changed(now, {"adjust.clerk": None}).adjust.keys() == {"controller"}


@pytest.mark.parametrize(
    "words",
    [
        {"count_tolerence": 1},
        {"adjust.clerk.quantty": 1},
        {"count_tolerance.more": 1},
        {"count_tolerance": "two"},
        {"adjust": 7},
        {"adjust.clerk": 7},
        {"adjust_always_waits": "theft"},
    ],
)
def test_a_word_that_is_not_understood_is_refused(words: dict[str, object]) -> None:
    with pytest.raises(Refusal) as refused:
        changed(DEFAULT, words)

    assert refused.value.code == "bad_policy"
