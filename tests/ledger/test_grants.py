"""Second factors and grants: each code once, each grant for one person at one station."""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pyotp
import pytest
import sqlalchemy as sa

from app.conformance.probe import Probe
from app.contract import chain
from app.contract.messages import Grant, GrantRequest
from app.domain.policy import ApproveLimit, Policy
from app.errors import Refusal
from app.identity.userkey import UserKey, unlock, verified
from app.ledger.credentials import Secrets
from app.ledger.people import EVERY_SITE, Wanted
from app.ledger.service import LedgerService
from app.ledger.tables import totp
from app.ledger.totp import TRIES
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE, enrolled
from tests.ledger.rights import agree

BADGE = "PHB-9F27C0A41D5E88B37QK2M4XW1A"
PIN = "274951"
STEP = 30_000


def key_of(ledger: LedgerService, person: str, role: str, site: str = SITE) -> UserKey:
    """Somebody with a badge and a PIN, signed in."""
    badge = f"{BADGE[:-7]}{person[2:]:0<7}"
    wanted = Wanted(person, person, role, site)
    ledger.people.store(ledger.people.prepare([(wanted, Secrets(badge, PIN))]), "p-ada")
    held = ledger.people.find(person).credential
    assert held is not None
    key = unlock(held, PIN, badge=badge)
    assert key is not None
    return key


def authenticator(ledger: LedgerService, person: str) -> pyotp.TOTP:
    made = pyotp.parse_uri(ledger.second_factors.add(person).uri)
    assert isinstance(made, pyotp.TOTP)
    return made


def request(
    ledger: LedgerService, station: Probe, key: UserKey, code: str, **changes: Any
) -> GrantRequest:
    nonce = ledger.ids.random(32).hex()
    message = chain.grant_request_bytes(station.who.enrolment, key.person, key.version, code, nonce)
    made = GrantRequest(
        person=key.person, version=key.version, code=code, nonce=nonce, signature=key.raw(message)
    )
    return msgspec.structs.replace(made, **changes)


def refused(station: Probe, asked: GrantRequest) -> str:
    with pytest.raises(Refusal) as refusal:
        station.ledger.grant(asked)
    return refusal.value.code


@pytest.fixture
def bench(either: LedgerService) -> Probe:
    return enrolled(either, "PACK-01")


def test_a_code_gives_a_grant_that_the_ledger_has_signed_for_this_person_and_station(
    either: LedgerService, bench: Probe, clock: FakeClock
) -> None:
    agree(either, Policy(approve={"supervisor": ApproveLimit(quantity=20)}, grant_hours=12))
    sven = key_of(either, "p-sven", "supervisor")
    code = authenticator(either, "p-sven").at(clock.now())

    grant = bench.ledger.grant(request(either, bench, sven, code))

    ledger_key = either.key.public.hex()
    assert verified(ledger_key, grant.signature, chain.grant_bytes(grant))
    longer = msgspec.structs.replace(grant, expires_at="2099-01-01T00:00:00.000Z")
    assert not verified(ledger_key, grant.signature, chain.grant_bytes(longer))
    assert (grant.person, grant.site, grant.enrolment) == ("p-sven", SITE, bench.who.enrolment)
    assert (grant.max_quantity, grant.max_value, grant.max_count) == (20, 50_000, 50)
    lasts = datetime.fromisoformat(grant.expires_at) - datetime.fromisoformat(grant.issued_at)
    assert lasts == timedelta(hours=12)


def test_the_same_code_twice_is_refused_the_second_time_and_so_is_every_older_one(
    either: LedgerService, bench: Probe, clock: FakeClock
) -> None:
    sven = key_of(either, "p-sven", "supervisor")
    codes = authenticator(either, "p-sven")
    now = clock.now()

    assert isinstance(bench.ledger.grant(request(either, bench, sven, codes.at(now))), Grant)
    assert refused(bench, request(either, bench, sven, codes.at(now))) == "wrong_code"
    earlier = codes.at(now - timedelta(seconds=30))
    assert refused(bench, request(either, bench, sven, earlier)) == "wrong_code"
    later = codes.at(now + timedelta(seconds=30))
    assert isinstance(bench.ledger.grant(request(either, bench, sven, later)), Grant)


@pytest.mark.parametrize(
    ("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_counts_one_step_to_either_side_and_no_further(
    ledger: LedgerService, clock: FakeClock, steps: int, counts: bool
) -> None:
    bench = enrolled(ledger, "PACK-01")
    sven = key_of(ledger, "p-sven", "supervisor")
    code = authenticator(ledger, "p-sven").at(clock.now() + timedelta(seconds=30 * steps))
    asked = request(ledger, bench, sven, code)

    if counts:
        assert bench.ledger.grant(asked).person == "p-sven"
    else:
        assert refused(bench, asked) == "wrong_code"


def test_after_five_wrong_codes_even_the_right_one_waits(
    either: LedgerService, bench: Probe, clock: FakeClock
) -> None:
    sven = key_of(either, "p-sven", "supervisor")
    codes = authenticator(either, "p-sven")
    right = codes.at(clock.now())
    wrong = next(code for code in ("000000", "000001", "000002", "000003") if code != right)

    answers = [refused(bench, request(either, bench, sven, wrong)) for _ in range(TRIES)]
    held = refused(bench, request(either, bench, sven, right))
    clock.pass_ms(15 * 60_000)
    later = bench.ledger.grant(request(either, bench, sven, codes.at(clock.now())))

    assert answers == ["wrong_code"] * TRIES
    assert held == "too_many_codes"
    assert later.person == "p-sven"


def test_who_decides_nothing_has_no_factor_signs_wrongly_or_is_gone_gets_no_grant(
    either: LedgerService, bench: Probe, clock: FakeClock
) -> None:
    anna, sven = key_of(either, "p-anna", "clerk"), key_of(either, "p-sven", "supervisor")
    either.add_site("MUC", company_prefix="4099999")
    max_ = key_of(either, "p-max", "supervisor", "MUC")
    ada = key_of(either, "p-ada", "admin", EVERY_SITE)
    code = "123456"
    other = enrolled(either, "PACK-02")

    assert refused(bench, request(either, bench, anna, code)) == "not_permitted"
    assert refused(bench, request(either, bench, ada, code)) == "not_permitted"
    assert refused(bench, request(either, bench, max_, code)) == "not_permitted"
    assert refused(bench, request(either, bench, sven, code)) == "no_second_factor"
    code = authenticator(either, "p-sven").at(clock.now())
    good = request(either, bench, sven, code)
    # Made for another station; signed for another code; a version there is not.
    assert refused(other, good) == "bad_person_signature"
    changed = msgspec.structs.replace(good, code="654321")
    assert refused(bench, changed) == "bad_person_signature"
    newer = msgspec.structs.replace(good, version=2)
    assert refused(bench, newer) == "stale_credential"
    either.people.revoke("p-sven")
    assert refused(bench, good) == "unknown_person"
    assert refused(bench, msgspec.structs.replace(good, person="p-nobody")) == "unknown_person"


def test_where_the_policy_asks_for_no_factor_badge_and_pin_are_enough(
    ledger: LedgerService,
) -> None:
    bench = enrolled(ledger, "PACK-01")
    agree(
        ledger, Policy(second_factor=(), approve_offline={"supervisor": ApproveLimit(None, None)})
    )
    sven = key_of(ledger, "p-sven", "supervisor")
    asked = request(ledger, bench, sven, "000000")

    grant = bench.ledger.grant(asked)

    assert (grant.max_quantity, grant.max_value) == (-1, -1)
    assert refused(bench, asked) == "bad_signature"


def test_a_revoked_station_gets_no_grant(ledger: LedgerService) -> None:
    bench = enrolled(ledger, "PACK-01")
    sven = key_of(ledger, "p-sven", "supervisor")
    ledger.identity.revoke(SITE, "PACK-01")

    assert refused(bench, request(ledger, bench, sven, "123456")) == "revoked"


def test_a_seed_is_shown_once_and_lies_sealed(ledger: LedgerService) -> None:
    key_of(ledger, "p-sven", "supervisor")

    uri = ledger.second_factors.add("p-sven").uri

    found = re.search(r"secret=([A-Z2-7]{32})", uri)
    assert uri.startswith("otpauth://totp/Packhouse:p-sven")
    assert found is not None
    with ledger.database.read() as connection:
        (row,) = connection.execute(sa.select(totp)).all()
    assert found[1] not in repr(tuple(row))
    assert ledger.second_factors.people() == {"p-sven"}
    assert ledger.second_factors.remove("p-sven")
    assert ledger.second_factors.people() == frozenset()
    with pytest.raises(Refusal, match="nobody called p-nobody"):
        ledger.second_factors.add("p-nobody")
