"""Protocol 2 at the gate: proofs, audiences, keys that follow one another; on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.conformance.probe import Device, Probe
from app.contract import chain
from app.contract.messages import Enrolled, EnrolRequest, NewKeyRequest, NotNow, TokenRequest
from app.errors import Refusal
from app.ledger import devicekeys
from app.ledger.clock import stamp
from app.ledger.pepper import pepper_of
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE

STATION = "PACK-01"


def code_of(ledger: LedgerService, station: str = STATION) -> str:
    return ledger.identity.add_station(SITE, station).code


def enrolment(code: str, device: Device, **changes: str | int) -> EnrolRequest:
    """What a station of today sends."""
    asked = {
        "code": code,
        "public_key": device.public,
        "program_version": "2",
        "protocol": 2,
        "proof": device.sign(chain.enrol_bytes(code, device.public)),
    }
    return EnrolRequest(**(asked | changes))  # type: ignore[arg-type]


def refused(ask: Callable[[], object]) -> str:
    """The code of a refusal, or empty."""
    try:
        ask()
    except Refusal as refusal:
        return refusal.code
    return ""


class Bench:
    """A station of protocol 2 with its key."""

    def __init__(self, ledger: LedgerService, name: str = STATION) -> None:
        self.ledger = ledger
        self.device = Device(name)
        self.who = ledger.enrol(enrolment(code_of(ledger, name), self.device))
        self._nonces = 0

    def nonce(self) -> str:
        self._nonces += 1
        return f"{self._nonces:064x}"

    def now(self) -> str:
        return stamp(self.ledger.clock.now())

    def token_request(self, audience: str | None = None, **changes: str) -> TokenRequest:
        audience = self.who.ledger_key if audience is None else audience
        at, nonce = changes.get("at", self.now()), changes.get("nonce", self.nonce())
        message = chain.token_bytes(self.who.enrolment, nonce, at, audience)
        signature = self.device.sign(message)
        return TokenRequest(self.who.enrolment, nonce, at, signature, audience)

    def key_request(self, new: Device, seq: int = 0, old: Device | None = None) -> NewKeyRequest:
        nonce, at = self.nonce(), self.now()
        message = chain.new_key_bytes(self.who.enrolment, new.public, seq, nonce, at)
        signature = (old or self.device).sign(message)
        return NewKeyRequest(
            self.who.enrolment, new.public, seq, nonce, at, signature, new.sign(message)
        )

    def probe(self) -> Probe:
        return Probe(self.device, self.who, self.ledger.as_seen_by(self.who.enrolment))


# ------------------------------------------------------------------ enrolment


def test_a_station_that_proves_its_key_is_told_the_pepper(either: LedgerService) -> None:
    who = Bench(either).who

    with either.database.read() as connection:
        assert who.pepper == pepper_of(connection, either.site(SITE).n).hex()


def test_a_station_of_protocol_1_is_told_no_secret(either: LedgerService) -> None:
    who = either.enrol(Device("old").enrol_request(code_of(either)))

    assert (who.pepper, who.recovery_key) == ("", "")


@pytest.mark.parametrize("proof", ["", "00" * 64, "of another key", "of another code"])
def test_a_proof_that_is_none_costs_the_code_nothing(either: LedgerService, proof: str) -> None:
    code, device = code_of(either), Device("bench")
    if proof == "of another key":
        proof = Device("thief").sign(chain.enrol_bytes(code, device.public))
    if proof == "of another code":
        proof = device.sign(chain.enrol_bytes("0" * 10, device.public))

    bad = [refused(lambda: either.enrol(enrolment(code, device, proof=proof))) for _ in range(6)]

    assert bad == ["bad_signature"] * 6
    assert isinstance(either.enrol(enrolment(code, device)), Enrolled)


def test_an_answer_that_was_lost_is_told_again_to_the_same_key(
    either: LedgerService, clock: FakeClock
) -> None:
    code, device = code_of(either), Device("bench")
    first = either.enrol(enrolment(code, device))

    again = either.enrol(enrolment(code, device))
    thief = refused(lambda: either.enrol(enrolment(code, Device("thief"))))
    clock.pass_ms(10 * 60_000 + 1_000)
    late = refused(lambda: either.enrol(enrolment(code, device)))

    assert again == first
    assert (thief, late) == ("bad_code", "bad_code")


def test_of_twenty_who_use_a_code_at_once_one_is_enrolled(either: LedgerService) -> None:
    code = code_of(either)

    def use(n: int) -> str:
        return refused(lambda: either.enrol(enrolment(code, Device(f"bench {n}"))))

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(use, range(20)))

    assert sorted(answers) == ["", *["bad_code"] * 19]


# ------------------------------------------------------------------ tokens


def test_a_token_request_that_is_not_right_is_worth_nothing(either: LedgerService) -> None:
    bench = Bench(either)
    used = bench.token_request()
    either.token(used)
    thief = replace_device(bench, Device("thief"))
    early, late = "2026-11-23T07:28:59.000Z", "2026-11-23T07:31:01.000Z"
    fresh = bench.token_request()

    answers = [
        refused(lambda: either.token(request))  # noqa: B023 - asked at once
        for request in (
            used,
            thief.token_request(),
            bench.token_request(at=early),
            bench.token_request(at=late),
            bench.token_request("ab" * 32),
            bench.token_request(""),
            TokenRequest(fresh.enrolment, fresh.nonce, fresh.at, fresh.signature, ""),
            TokenRequest(fresh.enrolment, bench.nonce(), fresh.at, fresh.signature, fresh.audience),
            TokenRequest(fresh.enrolment, fresh.nonce, fresh.at, "", fresh.audience),
        )
    ]

    assert answers == [
        "bad_signature",  # a nonce used before
        "bad_signature",  # another key
        "clock_wrong",  # 61 s ago
        "clock_wrong",  # in 61 s
        "wrong_audience",  # made for another ledger
        "wrong_audience",  # made for none
        "bad_signature",  # the audience taken out on the way
        "bad_signature",  # another nonce put in
        "bad_signature",  # not signed at all: there is no algorithm to choose
    ]


def test_of_twenty_who_use_a_nonce_at_once_one_gets_a_token(either: LedgerService) -> None:
    request = Bench(either).token_request()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: refused(lambda: either.token(request)), range(20)))

    assert sorted(answers) == ["", *["bad_signature"] * 19]


def test_who_named_the_ledger_once_does_not_come_without_it_again(either: LedgerService) -> None:
    bench = Bench(either)
    bench.who = either.enrol(bench.device.enrol_request(code_of(either, "PACK-02")))
    either.token(bench.token_request(""))

    either.token(bench.token_request())

    assert refused(lambda: either.token(bench.token_request(""))) == "wrong_audience"


def test_a_token_is_good_for_sixty_minutes_and_no_second_more(
    either: LedgerService, clock: FakeClock
) -> None:
    bench = Bench(either)
    token = either.token(bench.token_request()).token

    clock.pass_ms(3_599_000)
    assert either.who_bears(token).id == bench.who.enrolment
    clock.pass_ms(2_000)
    assert refused(lambda: either.who_bears(token)) == "bad_token"


# ------------------------------------------------------------------ keys


def replace_device(bench: Bench, device: Device) -> Bench:
    """The same bench with another key in its hand."""
    other = Bench.__new__(Bench)
    other.__dict__.update(bench.__dict__, device=device)
    return other


def test_a_new_key_follows_the_old_and_the_old_one_gets_no_token(either: LedgerService) -> None:
    bench, new = Bench(either), Device("new")

    told = either.new_key(bench.key_request(new, seq=0))
    stale = refused(lambda: either.token(bench.token_request()))
    renewed = replace_device(bench, new)

    assert (told.public_key, told.seq) == (new.public, 0)
    assert stale == "bad_signature"
    assert either.token(renewed.token_request()).expires_in_s == 3_600


def test_a_new_key_ends_what_was_signed_in_with_the_former(either: LedgerService) -> None:
    """A copy of the station would be told of a busy ledger for as long as its token lasts."""
    bench, new = Bench(either), Device("new")
    token = either.token(bench.token_request()).token

    either.new_key(bench.key_request(new, seq=0))

    assert refused(lambda: either.who_bears(token)) == "bad_token"
    renewed = replace_device(bench, new)
    fresh = either.token(renewed.token_request()).token
    assert either.who_bears(fresh).id == bench.who.enrolment


def test_a_key_change_whose_answer_was_lost_is_told_again(either: LedgerService) -> None:
    bench, new = Bench(either), Device("new")
    first = either.new_key(bench.key_request(new, seq=0))

    again = either.new_key(bench.key_request(new, seq=0))

    assert again == first
    with either.database.read() as connection:
        keys = devicekeys.keys_of(connection, either.as_seen_by(bench.who.enrolment)._who.n)
    assert [key for _, key, _, _ in keys] == [bench.device.public, new.public]


def test_a_key_change_without_both_signatures_changes_nothing(
    either: LedgerService, clock: FakeClock
) -> None:
    bench, new, thief = Bench(either), Device("new"), Device("thief")
    good = bench.key_request(new)
    used = bench.key_request(bench.device)
    answers = [
        refused(lambda: either.new_key(request))  # noqa: B023 - asked at once
        for request in (
            bench.key_request(thief, old=thief),
            NewKeyRequest(good.enrolment, good.public_key, 0, good.nonce, good.at, good.signature,
                          thief.sign(b"x")),
            NewKeyRequest(good.enrolment, good.public_key, 9, good.nonce, good.at, good.signature,
                          good.proof),
            used,
        )
    ]  # fmt: skip
    clock.pass_ms(61_000)
    answers.append(refused(lambda: either.new_key(good)))

    assert answers == [*["bad_signature"] * 4, "clock_wrong"]
    assert either.token(bench.token_request()).token


def test_a_revoked_station_gets_no_new_key(either: LedgerService) -> None:
    bench = Bench(either)
    either.identity.revoke(SITE, STATION)

    assert refused(lambda: either.new_key(bench.key_request(Device("new")))) == "revoked"


def test_what_the_old_key_signed_before_the_change_is_taken_after_it(
    either: LedgerService,
) -> None:
    bench, new = Bench(either), Device("new")
    station = bench.probe()
    for number in range(4):
        station.record(station.operation("event", name=str(number)))
    on_its_way, beyond = station.batch(1, 2), station.batch(3, 4)

    either.new_key(bench.key_request(new, seq=2))

    station.ledger.post(on_its_way)
    late = station.ledger.post(beyond)
    assert isinstance(late, NotNow)
    assert late.problem == "retry_later"
    renewed = replace(station, device=new)
    assert [result.outcome for result in renewed.post()] == ["posted"] * 4


def test_another_process_learns_of_the_new_key(either: LedgerService) -> None:
    bench, new = Bench(either), Device("new")
    other = LedgerService(either.database, clock=either.clock, ids=either.ids)
    station = replace(bench.probe(), ledger=other.as_seen_by(bench.who.enrolment))
    station.record(station.operation("event", name="before"))
    station.post()

    either.new_key(bench.key_request(new, seq=1))

    renewed = replace(station, device=new)
    renewed.record(renewed.operation("event", name="after"))
    assert renewed.post(2)[0].outcome == "posted"
    stale = station.operation("event", name="by the old key")
    station.sent = renewed.sent
    station.record(stale)
    answer = station.ledger.post(station.batch(3))
    assert isinstance(answer, NotNow)
