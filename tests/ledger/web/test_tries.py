"""Guessing at the gate: ten wrong tries a minute from one address, however they are sent (P3)."""

import asyncio

import httpx
import pytest

from app.conformance.probe import Device
from app.ledger.clock import stamp
from app.ledger.service import LedgerService
from app.ledger.web import tries
from app.ledger.web.guard import GATE
from app.ledger.web.table import table
from app.ledger.web.tries import FAILURES, FAILURES_S, Tries
from tests.ledger.conftest import SITE

GUESSES = 60
NONSENSE = {
    "/v1/enrol": {"code": "0000000000", "public_key": "0" * 64, "program_version": "1"},
    "/v1/token": {
        "enrolment": "01980a00-5d10-7c3e-9a41-2f60b8c7d1e2",
        "nonce": "0" * 64,
        "at": "2026-11-21T09:00:00.000Z",
        "signature": "0" * 128,
    },
    # Without a bearer: who guesses at a code has stolen one, and is counted just the same.
    "/v1/grants": {},
}


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The limiter's clock, to be moved by hand."""
    at = [1_000.0]
    monkeypatch.setattr(tries, "monotonic", lambda: at[0])
    return at


@pytest.mark.parametrize("path", NONSENSE)
def test_sixty_guesses_sent_at_once_are_ten_tries(server_url: str, path: str) -> None:
    async def guess_all() -> list[int]:
        limits = httpx.Limits(max_connections=GUESSES)
        async with httpx.AsyncClient(base_url=server_url, limits=limits) as client:
            sent = (client.post(path, json=NONSENSE[path], timeout=30) for _ in range(GUESSES))
            return [answer.status_code for answer in await asyncio.gather(*sent)]

    statuses = asyncio.run(guess_all())

    assert sum(status in {401, 403} for status in statuses) == FAILURES
    assert statuses.count(429) == GUESSES - FAILURES


def test_every_address_where_guessing_pays_is_one_of_the_ledger() -> None:
    assert {route.path for route in table()} >= GATE


def test_a_hundred_honest_stations_behind_one_address_all_get_their_token(
    server_url: str, service: LedgerService
) -> None:
    device = Device("PACK-01")
    who = service.enrol(device.enrol_request(service.identity.add_station(SITE, "PACK-01").code))

    def request(n: int) -> dict[str, object]:
        asked = device.token_request(who.enrolment, f"{n:064x}", stamp(service.clock.now()))
        return {name: getattr(asked, name) for name in asked.__struct_fields__}

    async def ask_all() -> list[int]:
        async with httpx.AsyncClient(base_url=server_url, timeout=60) as client:
            sent = (client.post("/v1/token", json=request(n)) for n in range(100))
            return [answer.status_code for answer in await asyncio.gather(*sent)]

    assert asyncio.run(ask_all()) == [200] * 100


async def _try(limiter: Tries, address: str, *, failed: bool = True) -> bool:
    if not await limiter.begin(address):
        return False
    limiter.end(address, failed=failed)
    return True


def _tried(limiter: Tries, address: str, times: int) -> int:
    async def all_of_them() -> int:
        return sum([await _try(limiter, address) for _ in range(times)])

    return asyncio.run(all_of_them())


def test_after_a_minute_there_are_ten_more(now: list[float]) -> None:
    limiter = Tries()

    assert _tried(limiter, "10.0.0.9", 15) == FAILURES
    assert limiter.is_barred("10.0.0.9")
    assert not limiter.is_barred("10.0.0.10")
    now[0] += FAILURES_S - 1
    assert _tried(limiter, "10.0.0.9", 5) == 0
    now[0] += 2
    assert _tried(limiter, "10.0.0.9", 15) == FAILURES


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.9", "10.0.0.9", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("10.0.0.9", "10.0.0.10", False),
        ("", "", True),
    ],
)
def test_addresses_of_one_subscriber_count_together(one: str, other: str, same: bool) -> None:
    limiter = Tries()

    _tried(limiter, one, FAILURES)

    assert limiter.is_barred(other) is same


def test_a_flood_of_addresses_is_forgotten_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "MAX_ADDRESSES", 50)
    limiter = Tries()

    for n in range(500):
        _tried(limiter, f"10.0.{n // 250}.{n % 250}", 1)

    assert len(limiter._callers) == 50
    assert limiter._callers.keys() >= {"10.0.1.249"}
