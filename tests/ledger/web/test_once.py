"""One key, one effect: retried, raced, changed, refused, crashed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import httpx
import pytest
import sqlalchemy as sa

from app.errors import Refusal
from app.ledger.database import Database
from app.ledger.journal import Act, Actor
from app.ledger.service import LedgerService
from app.ledger.tables import idempotency, site
from app.ledger.web.once import KEPT_FOR, Once, Write
from app.ledger.web.problems import Reply
from app.ledger.web.server import ServerThread
from tests.fakes.clock import FakeClock
from tools.local_postgres import LocalPostgres

# 1,600 calls of security.md P4: eight at a time for each of two hundred keys.
RACERS = 8
KEYS = 200
BERLIN = {"site": "BER1", "name": "Berlin", "company_prefix": "4012345"}


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = Database.in_folder(tmp_path / "once")
        yield opened
        opened.close()
        return
    server: LocalPostgres = request.getfixturevalue("postgres_server")
    url = server.create_database()
    opened = Database(url)
    yield opened
    opened.close()
    server.drop_database(url)


@pytest.fixture
def admin(service: LedgerService) -> dict[str, str]:
    key = service.api_keys.add("erp", ["admin"], actor="p-novak")
    return {"Authorization": f"Bearer {key}"}


def _sites(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(site.c.site).order_by(site.c.site)).scalars())


def _adding(service: LedgerService, name: str) -> Reply:
    service.add_site(name)
    return Reply(201, "application/json", name.encode(), headers=(("ETag", '"1"'),))


def _act() -> Act:
    return Act(Actor("p-novak", "integration", "local", "key:erp"), "site.add", "sites", "t-1")


def _spoil(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.update(site).values(name="lost"))
        raise ZeroDivisionError


# ------------------------------------------------------------------ over HTTP


def test_a_write_sent_twice_happens_once_and_is_answered_twice(
    service: LedgerService, server_url: str, admin: dict[str, str]
) -> None:
    keyed = admin | {"Idempotency-Key": "ber1-1"}

    first = httpx.post(f"{server_url}/v1/sites", json=BERLIN, headers=keyed)
    again = httpx.post(f"{server_url}/v1/sites", json=BERLIN, headers=keyed)

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert _sites(service.database).count("BER1") == 1


@pytest.mark.parametrize(
    ("key", "code", "status"),
    [
        ("", "idempotency_key_required", 400),
        ("a b", "bad_idempotency_key", 400),
        ("x" * 65, "bad_idempotency_key", 400),
    ],
)
def test_a_write_without_a_usable_key_is_refused(
    server_url: str, admin: dict[str, str], key: str, code: str, status: int
) -> None:
    keyed = admin | ({"Idempotency-Key": key} if key else {})

    answer = httpx.post(f"{server_url}/v1/sites", json=BERLIN, headers=keyed)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_key_used_for_something_else_is_refused_and_changes_nothing(
    service: LedgerService, server_url: str, admin: dict[str, str]
) -> None:
    keyed = admin | {"Idempotency-Key": "ber1-1"}
    httpx.post(f"{server_url}/v1/sites", json=BERLIN, headers=keyed)

    other = httpx.post(f"{server_url}/v1/sites", json=BERLIN | {"site": "BER2"}, headers=keyed)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert "BER2" not in _sites(service.database)


def test_a_refusal_is_not_remembered(
    service: LedgerService, server_url: str, admin: dict[str, str]
) -> None:
    keyed = admin | {"Idempotency-Key": "site-1"}
    taken = BERLIN | {"site": "MUC"}

    refused = httpx.post(f"{server_url}/v1/sites", json=taken, headers=keyed)
    mended = httpx.post(f"{server_url}/v1/sites", json=BERLIN, headers=keyed)

    assert (refused.status_code, refused.json()["code"]) == (409, "site_exists")
    assert mended.status_code == 201


def test_racing_calls_over_http_have_one_effect(
    service: LedgerService, server_url: str, admin: dict[str, str]
) -> None:
    keyed = admin | {"Idempotency-Key": "ber1-1"}

    def ask(_n: int) -> tuple[int, bytes]:
        answer = httpx.post(f"{server_url}/v1/sites", json=BERLIN, headers=keyed)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(RACERS) as pool:
        answers = set(pool.map(ask, range(RACERS * 2)))

    assert [status for status, _ in answers] == [201]
    assert _sites(service.database).count("BER1") == 1


# ------------------------------------------------------------------ on both databases


def test_sixteen_hundred_racing_calls_have_two_hundred_effects(database: Database) -> None:
    service = LedgerService(database)
    once = Once(database, service.clock, service.journal)
    together = Barrier(RACERS)
    replayed = []

    def race(_racer: int) -> None:
        for n in range(KEYS):
            together.wait(30)
            name = f"S{n:03d}"
            write = Write("key:erp", name, (b"POST /v1/sites", name.encode()))
            reply = once.run(write, _act(), lambda name=name: _adding(service, name))  # type: ignore[misc]
            assert (reply.status, reply.body) == (201, name.encode())
            if ("Idempotency-Replayed", "true") in reply.headers:
                assert ("ETag", '"1"') in reply.headers
                replayed.append(name)

    with ThreadPoolExecutor(RACERS) as pool:
        list(pool.map(race, range(RACERS)))

    assert _sites(database) == [f"S{n:03d}" for n in range(KEYS)]
    assert len(replayed) == (RACERS - 1) * KEYS


def test_a_crash_before_the_commit_leaves_neither_effect_nor_key(database: Database) -> None:
    service = LedgerService(database)
    once = Once(database, service.clock, service.journal)
    write = Write("key:erp", "ber1-1", (b"POST /v1/sites",))

    def crash() -> Reply:
        _adding(service, "BER1")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once.run(write, _act(), crash)
    assert _sites(database) == []

    assert once.run(write, _act(), lambda: _adding(service, "BER1")).status == 201
    assert _sites(database) == ["BER1"]


def test_callers_have_keys_of_their_own(database: Database) -> None:
    service = LedgerService(database)
    once = Once(database, service.clock, service.journal)

    for caller, name in (("key:erp", "BER1"), ("key:shop", "BER2")):
        write = Write(caller, "1", (name.encode(),))
        once.run(write, _act(), lambda name=name: _adding(service, name))  # type: ignore[misc]

    assert _sites(database) == ["BER1", "BER2"]


def test_a_part_that_fails_is_undone_alone(database: Database) -> None:
    """What the service does in a transaction of its own, it does in its part of a larger one."""
    service = LedgerService(database)

    with database.together():
        service.add_site("BER1")
        with pytest.raises(Refusal):
            service.add_site("BER1")
        with pytest.raises(ZeroDivisionError):
            _spoil(database)
        service.add_site("BER2", title="Berlin Süd")

    assert _sites(database) == ["BER1", "BER2"]
    assert [one.name for one in service.overview.sites()] == ["BER1", "Berlin Süd"]


def test_keys_are_kept_for_thirty_days(database: Database) -> None:
    clock = FakeClock()
    service = LedgerService(database, clock=clock)
    once = Once(database, clock, service.journal)
    once.run(Write("key:erp", "1", (b"1",)), _act(), lambda: _adding(service, "BER1"))

    clock.pass_ms(int(KEPT_FOR / timedelta(milliseconds=1)))
    assert once.forget_old() == 0
    clock.pass_ms(1)
    assert once.forget_old() == 1

    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(idempotency)).scalar() == 0


def test_two_requests_that_run_into_each_other_are_not_the_same() -> None:
    assert Write("c", "k", (b"ab", b"c")).hash != Write("c", "k", (b"a", b"bc")).hash


def test_what_was_written_is_seen_by_the_reads_of_the_same_write(tmp_path: Path) -> None:
    """The answer of a write shows what it wrote, though nothing is committed yet."""
    service = LedgerService(Database.in_folder(tmp_path / "ledger"))
    key = service.api_keys.add("erp", ["admin"], actor="p-novak")

    with ServerThread(service) as server:
        answer = httpx.post(
            f"{server.url}/v1/sites",
            json=BERLIN,
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "1"},
        )
    service.close()

    assert answer.json() == BERLIN | {"claim_hold_s": 28_800, "head": 0}
