"""Keys of other systems: hashed, scoped, bound, rotated without a gap, revoked at once."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread

import httpx
import pytest
import sqlalchemy as sa

from app.errors import Refusal
from app.ledger.apikeys import LIFE, MAX_VALID
from app.ledger.service import LedgerService
from app.ledger.tables import api_key
from app.ledger.web import desk
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE


def _code(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


def _pass(clock: FakeClock, time: timedelta) -> None:
    clock.pass_ms(int(time.total_seconds() * 1000))


def test_only_a_keyed_hash_is_stored(ledger: LedgerService) -> None:
    key = ledger.api_keys.add("shop", ["read"], actor="p-novak")

    with ledger.database.read() as connection:
        row = connection.execute(sa.select(api_key)).one()

    assert key.startswith("phk_")
    assert key.rpartition("_")[2] not in str(row)
    assert len(row.hash) == 64


def test_a_key_says_what_it_may_do_where_and_in_whose_name(ledger: LedgerService) -> None:
    key = ledger.api_keys.add("shop", ["read", "documents"], actor="p-novak", site_name=SITE)

    found = ledger.api_keys.find(key)

    assert (found.name, found.actor) == ("shop", "p-novak")
    assert sorted(found.scopes) == ["documents", "read"]
    assert found.site is not None
    assert found.site.site == SITE


def test_a_wrong_an_unknown_and_a_mangled_key_are_told_the_same(ledger: LedgerService) -> None:
    key = ledger.api_keys.add("shop", ["read"], actor="p-novak")
    last = "0" if key[-1] != "0" else "1"

    told = set()
    for wrong in (
        key[:-1] + last,
        "phk_" + "0" * 12 + "_" + "0" * 64,
        "phk_",
        "phk_\ud800",
        key + "0",
    ):
        with pytest.raises(Refusal) as refused:
            ledger.api_keys.find(wrong)
        told.add((refused.value.code, refused.value.say))

    assert [code for code, _ in told] == ["bad_token"]


def test_a_key_dies_after_ninety_days(ledger: LedgerService, clock: FakeClock) -> None:
    key = ledger.api_keys.add("shop", ["read"], actor="p-novak")

    _pass(clock, LIFE - timedelta(seconds=1))
    assert ledger.api_keys.find(key).name == "shop"
    _pass(clock, timedelta(seconds=1))
    with pytest.raises(Refusal) as refused:
        ledger.api_keys.find(key)

    assert _code(refused) == "bad_token"


def test_two_keys_of_a_name_are_good_at_a_time_for_rotation(ledger: LedgerService) -> None:
    keys = [ledger.api_keys.add("shop", ["read"], actor="p-novak") for _ in range(MAX_VALID)]
    with pytest.raises(Refusal) as third:
        ledger.api_keys.add("shop", ["read"], actor="p-novak")
    assert _code(third) == "too_many_keys"

    old = ledger.api_keys.find(keys[0])
    assert ledger.api_keys.revoke(old.id) == 1

    with pytest.raises(Refusal):
        ledger.api_keys.find(keys[0])
    assert ledger.api_keys.find(keys[1]).name == "shop"
    assert ledger.api_keys.add("shop", ["read"], actor="p-novak")


def test_the_last_use_is_noted_once_an_hour(ledger: LedgerService, clock: FakeClock) -> None:
    key = ledger.api_keys.add("shop", ["read"], actor="p-novak")

    noted = []
    for minutes in (0, 30, 31):
        _pass(clock, timedelta(minutes=minutes))
        ledger.api_keys.find(key)
        noted.append(ledger.api_keys.list()[0].last_used_at)

    assert noted[0]
    assert noted[1] == noted[0]
    assert noted[2] > noted[0]


@pytest.mark.parametrize(
    ("name", "scopes", "actor", "code"),
    [
        ("", ["read"], "p-novak", "bad_name"),
        ("shop\n", ["read"], "p-novak", "bad_name"),
        ("shop", [], "p-novak", "bad_scope"),
        ("shop", ["station"], "p-novak", "bad_scope"),
        ("shop", ["read"], "", "bad_actor"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(
    ledger: LedgerService, name: str, scopes: list[str], actor: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        ledger.api_keys.add(name, scopes, actor=actor)

    assert _code(refused) == code
    assert ledger.api_keys.list() == []


def test_a_revoked_key_is_refused_within_seconds(
    service: LedgerService, server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "KEY_TRUST_S", 0.0)
    key = service.api_keys.add("shop", ["read"], actor="p-novak")
    asked = {"Authorization": f"Bearer {key}"}

    before = httpx.get(f"{server_url}/v1/sites", headers=asked)
    service.api_keys.revoke("shop")
    after = httpx.get(f"{server_url}/v1/sites", headers=asked)

    assert [row["site"] for row in before.json()["rows"]] == [SITE, "MUC"]
    assert (after.status_code, after.json()["code"]) == (401, "bad_token")


def test_a_key_is_exchanged_while_a_system_asks_and_no_call_fails(
    service: LedgerService, server_url: str
) -> None:
    keys = [service.api_keys.add("shop", ["read"], actor="p-novak")]
    statuses: list[int] = []
    done = Event()

    def ask() -> None:
        with httpx.Client() as client:
            while not done.is_set():
                headers = {"Authorization": f"Bearer {keys[-1]}"}
                statuses.append(client.get(f"{server_url}/v1/sites", headers=headers).status_code)
                # Below what one bearer may ask, so that only the keys decide.
                done.wait(0.06)

    asking = Thread(target=ask)
    asking.start()
    for _ in range(5):
        old = service.api_keys.find(keys[-1])
        keys.append(service.api_keys.add("shop", ["read"], actor="p-novak"))
        seen = len(statuses)
        assert _eventually(lambda: len(statuses) > seen + 1)  # noqa: B023 - asked at once
        service.api_keys.revoke(old.id)
    done.set()
    asking.join(10)

    assert len(statuses) >= 10
    assert set(statuses) == {200}


def _eventually(true: Callable[[], bool]) -> bool:
    pause = Event()
    return any(true() or pause.wait(0.01) for _ in range(2_000))
