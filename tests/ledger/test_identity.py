"""One-time codes and tokens: good once, for a while, for one station."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.conformance.probe import Device
from app.contract.messages import Enrolled, EnrolRequest
from app.errors import Refusal
from app.ledger import codes
from app.ledger.clock import stamp
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE, Enrol, stocked


def _code(ledger: LedgerService, station: str = "PACK-01") -> str:
    return ledger.identity.add_station(SITE, station).code


def _enrol(ledger: LedgerService, code: str, key: str = "a bench") -> Enrolled | str:
    try:
        return ledger.enrol(Device(key).enrol_request(code))
    except Refusal as refusal:
        return refusal.code


def _wrong(code: str) -> str:
    """A guess that finds the code, and is not it."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def test_a_code_is_ten_characters_that_survive_the_telephone(ledger: LedgerService) -> None:
    code = _code(ledger)

    assert len(code) == 10
    assert not set(code) & set("ILOU")


def test_a_code_is_read_as_a_person_writes_it(ledger: LedgerService) -> None:
    code = _code(ledger)
    written = f"{code[:5]}-{code[5:]}".lower().replace("0", "o").replace("1", "l")

    assert isinstance(_enrol(ledger, written), Enrolled)


def test_a_code_is_good_once(ledger: LedgerService) -> None:
    code = _code(ledger)

    assert isinstance(_enrol(ledger, code), Enrolled)
    assert _enrol(ledger, code, "another bench") == "bad_code"


def test_a_code_is_good_for_ten_minutes(ledger: LedgerService, clock: FakeClock) -> None:
    late, in_time = _code(ledger, "PACK-01"), _code(ledger, "PACK-02")

    clock.pass_ms(9 * 60_000 + 59_000)
    assert isinstance(_enrol(ledger, in_time), Enrolled)
    clock.pass_ms(2_000)
    assert _enrol(ledger, late) == "bad_code"


def test_the_sixth_guess_is_too_late_even_if_it_is_right(ledger: LedgerService) -> None:
    code = _code(ledger)

    guesses = [_enrol(ledger, _wrong(code)) for _ in range(codes.TRIES)]

    assert guesses == ["bad_code"] * codes.TRIES
    assert _enrol(ledger, code) == "bad_code"


def test_the_fifth_try_may_be_the_right_one(ledger: LedgerService) -> None:
    code = _code(ledger)
    for _ in range(codes.TRIES - 1):
        _enrol(ledger, _wrong(code))

    assert isinstance(_enrol(ledger, code), Enrolled)


def test_of_twenty_who_use_a_code_at_once_one_is_enrolled(ledger: LedgerService) -> None:
    code = _code(ledger)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: _enrol(ledger, code, f"bench {n}"), range(20)))

    assert sum(isinstance(answer, Enrolled) for answer in answers) == 1


def test_no_code_and_no_token_lies_readable_in_the_database(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    code = _code(ledger)
    station = enrol("PACK-02")
    token = ledger.token(
        station.device.token_request(station.who.enrolment, "1" * 64, stamp(clock.now()))
    )
    ledger.people.add(SITE, "p-novak", "A. Novak", "clerk", ("PHB-novak-1234567890", "246813"))
    ledger.close()

    path = ledger.database.url.removeprefix("sqlite:///")
    with open(path, "rb") as file:  # noqa: PTH123 - the file as anyone would read it
        everything = file.read()
    for secret in (code, token.token, "PHB-novak-1234567890", "246813"):
        assert secret.encode() not in everything


def test_an_enrolment_brings_site_epoch_key_and_numbers(ledger: LedgerService) -> None:
    answer = _enrol(ledger, _code(ledger))

    assert isinstance(answer, Enrolled)
    assert (answer.station, answer.site) == ("PACK-01", SITE)
    assert answer.epoch == ledger.hello().epoch
    assert answer.ledger_key == ledger.key.public.hex()
    assert (answer.sscc.first, answer.sscc.count) == ("04012345000000001", 10_000)


def test_a_token_is_good_for_an_hour(ledger: LedgerService, enrol: Enrol, clock: FakeClock) -> None:
    station = enrol("PACK-01")
    token = ledger.token(
        station.device.token_request(station.who.enrolment, "1" * 64, stamp(clock.now()))
    )

    assert token.expires_in_s == 3_600
    clock.pass_ms(59 * 60_000)
    assert ledger.who_bears(token.token).id == station.who.enrolment
    clock.pass_ms(61_000)
    with pytest.raises(Refusal) as refusal:
        ledger.who_bears(token.token)
    assert refusal.value.code == "bad_token"


def test_a_token_request_is_good_once_and_now(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    station = enrol("PACK-01")
    now = stamp(clock.now())
    request = station.device.token_request(station.who.enrolment, "1" * 64, now)
    ledger.token(request)
    clock.pass_ms(61_000)
    old = station.device.token_request(station.who.enrolment, "2" * 64, now)
    forged = Device("thief").token_request(station.who.enrolment, "3" * 64, stamp(clock.now()))
    timeless = station.device.token_request(station.who.enrolment, "4" * 64, "2026-11-23T07:31:01")
    unknown = station.device.token_request("nobody", "5" * 64, stamp(clock.now()))

    refused = []
    for bad in (request, old, forged, timeless, unknown):
        with pytest.raises(Refusal) as refusal:
            ledger.token(bad)
        refused.append(refusal.value.code)

    assert refused == [
        "clock_wrong",
        "clock_wrong",
        "bad_signature",
        "bad_signature",
        "not_enrolled",
    ]


def test_a_nonce_is_used_once_however_often_it_is_sent(
    ledger: LedgerService, enrol: Enrol, clock: FakeClock
) -> None:
    station = enrol("PACK-01")
    request = station.device.token_request(station.who.enrolment, "1" * 64, stamp(clock.now()))
    ledger.token(request)
    clock.pass_ms(59_000)

    with pytest.raises(Refusal) as refusal:
        ledger.token(request)

    assert refusal.value.code == "bad_signature"


def test_a_code_for_a_site_that_is_not_there_is_not_made(ledger: LedgerService) -> None:
    with pytest.raises(Refusal, match="no site MUC"):
        ledger.identity.add_station("MUC", "PACK-01")


def test_a_short_key_is_no_key(ledger: LedgerService) -> None:
    request = EnrolRequest(code=_code(ledger), public_key="00" * 32, program_version="1")
    who = ledger.enrol(request)

    with pytest.raises(Refusal) as refusal:
        ledger.token(Device("x").token_request(who.enrolment, "1" * 64, stamp(ledger.clock.now())))
    assert refusal.value.code == "bad_signature"


def test_of_ten_who_use_a_code_at_once_on_postgresql_one_is_enrolled(fresh_database: str) -> None:
    service = stocked(LedgerService(Database(fresh_database)))
    code = _code(service)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: _enrol(service, code, f"bench {n}"), range(10)))
    service.close()

    assert sum(isinstance(answer, Enrolled) for answer in answers) == 1


def test_warehouses_of_one_company_never_give_out_the_same_parcel_number(
    either: LedgerService,
) -> None:
    either.add_site("MUC", company_prefix="4012345")
    places = ((SITE, "PACK-01"), ("MUC", "PACK-01"), ("MUC", "PACK-02"), (SITE, "PACK-02"))

    blocks = [_numbers(either, site, station) for site, station in places]

    assert blocks == [
        ("04012345000000001", 10_000),
        ("04012345000010001", 10_000),
        ("04012345000020001", 10_000),
        ("04012345000030001", 10_000),
    ]


def test_a_long_company_prefix_stays_whole_in_every_parcel_number(ledger: LedgerService) -> None:
    ledger.add_site("MUC", company_prefix="401234567890")

    blocks = [_numbers(ledger, "MUC", f"PACK-{n:02d}") for n in range(1, 11)]

    assert blocks == [
        ("04012345678900001", 9_999),
        *((f"{extension}4012345678900000", 10_000) for extension in range(1, 10)),
    ]
    code = ledger.identity.add_station("MUC", "PACK-11").code
    assert _enrol(ledger, code) == "no_parcel_numbers"


def _numbers(ledger: LedgerService, site: str, station: str) -> tuple[str, int]:
    found = _enrol(ledger, ledger.identity.add_station(site, station).code, f"{site} {station}")
    assert isinstance(found, Enrolled)
    return found.sscc.first, found.sscc.count
