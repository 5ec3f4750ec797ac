"""How long a wrong try takes says nothing about whether what was tried exists (P5)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter_ns

import msgspec
import pytest
import sqlalchemy as sa

from app.conformance.probe import Device
from app.errors import Refusal
from app.ledger.clock import stamp
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.tables import enrolment_code
from app.ledger.web.gate import Gate
from tests.ledger.conftest import SITE, stocked

TRIES = 2_000
# Of the medians. Interleaved, so that a busy machine is busy for both.
APART = 0.05
# A machine that is shared may once be unlucky; a leak is there every time.
ROUNDS = 3
UNKNOWN = "01980a00-5d10-7c3e-9a41-2f60b8c7d1e2"

Try = Callable[[int], object]

pytestmark = pytest.mark.slow


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LedgerService]:
    opened = stocked(LedgerService(Database.in_folder(tmp_path / "ledger")))
    yield opened
    opened.close()


def _took(attempt: Try, n: int) -> int:
    began = perf_counter_ns()
    try:
        attempt(n)
    except Refusal:
        return perf_counter_ns() - began
    raise AssertionError("it was let in")


def _apart(known: Try, unknown: Try) -> float:
    """How far the medians are apart, as a part of the smaller."""
    took: tuple[list[int], list[int]] = ([], [])
    for n in range(TRIES):
        # Whoever comes second finds warm caches: they take turns at being first.
        for which in (0, 1) if n % 2 else (1, 0):
            took[which].append(_took((known, unknown)[which], 2 * n + which))
    a, b = median(took[0]), median(took[1])
    return abs(a - b) / min(a, b)


def _told_apart(known: Try, unknown: Try) -> list[float]:
    seen: list[float] = []
    while len(seen) < ROUNDS and (not seen or min(seen) > APART):
        seen.append(_apart(known, unknown))
    return seen


def test_a_token_request_of_an_unknown_station(service: LedgerService) -> None:
    device = Device("PACK-01")
    who = service.enrol(device.enrol_request(service.identity.add_station(SITE, "PACK-01").code))
    gate = Gate(service)

    def ask(enrolment: str, n: int) -> object:
        request = device.token_request(enrolment, f"{n:064x}", stamp(service.clock.now()))
        return gate.token(msgspec.structs.replace(request, signature="0" * 128))

    seen = _told_apart(lambda n: ask(who.enrolment, n), lambda n: ask(UNKNOWN, n))

    assert min(seen) <= APART, seen


def test_an_api_key_that_never_was(service: LedgerService) -> None:
    key = service.api_keys.add("shop", ["read"], actor="p-novak")
    prefix = key.rpartition("_")[0]

    seen = _told_apart(
        lambda n: service.api_keys.find(f"{prefix}_{n:064x}"),
        lambda n: service.api_keys.find(f"phk_000000000000_{n:064x}"),
    )

    assert min(seen) <= APART, seen


def test_a_one_time_code_that_begins_like_one(service: LedgerService) -> None:
    code = service.identity.add_station(SITE, "PACK-01").code
    with service.database.write() as connection:
        # Else it is dead after five tries, and unknown.
        connection.execute(sa.update(enrolment_code).values(tries_left=10**6))
    gate, device = Gate(service), Device("PACK-01")
    other = "000" if code[:3] != "000" else "001"

    def guess(start: str, n: int) -> object:
        return gate.enrol(device.enrol_request(f"{start}{n:07d}"))

    seen = _told_apart(lambda n: guess(code[:3], n), lambda n: guess(other, n))

    assert min(seen) <= APART, seen
