"""A new device key for the old one: no call fails, and no kill leaves a station without a key."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from app.contract import fingerprint
from app.contract.messages import NewKey, NewKeyRequest
from app.errors import Refusal, Trouble
from app.keys.signing import DeviceKeys
from app.keys.vault import Vault
from app.sync.http_ledger import HttpGate
from app.sync.outcomes import Again, Idle, Moved, PushOutcome
from tests.support.enrolled import Folder, OnLine
from tests.support.leaks import ExpectedLogs
from tests.support.synced import SITE, RealLedger, eventually

pytestmark = pytest.mark.system

STATION = "Bench 4"
ROUNDS = 25


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    yield made
    made.go_down()


@pytest.fixture
def bench(ledger: RealLedger, tmp_path: Path) -> Folder:
    made = Folder(tmp_path / STATION, ledger.url)
    made.enrol(ledger.service.identity.add_station(SITE, STATION).code)
    made.record(3)
    assert made.sync() is None
    return made


def words_of(key: str) -> str:
    return fingerprint.words(fingerprint.of(bytes.fromhex(key)))


def keys_of(bench: Folder) -> tuple[str, bool]:
    """The present key, and whether another is under way."""
    with bench.opened() as opened:
        return opened.signer.public_key, opened.signer.pending is not None


def test_a_key_that_lies_ready_is_taken_into_use_and_told(
    ledger: RealLedger, bench: Folder
) -> None:
    before, _ = keys_of(bench)
    with bench.opened() as opened:
        opened.signer.begin()
    ids = bench.record(2)

    assert bench.sync() is None

    after, pending = keys_of(bench)
    assert (after != before, pending) == (True, False)
    assert bench.events() == ["station_enrolled", "device_key_changed"]
    assert ledger.posted()[-3:-1] == ids
    assert [seen.words for seen in ledger.service.overview.stations()] == [words_of(after)]


def test_a_key_is_changed_when_it_is_a_year_old(bench: Folder) -> None:
    before, _ = keys_of(bench)
    with bench.opened() as opened:
        next_year = datetime.now(UTC) + timedelta(days=366)
        vault = Vault(bench.path, opened.vault.content, opened.vault._kek, lambda: next_year)
        opened.signer = DeviceKeys(vault)
        with bench.on_line(opened) as line:
            line.tokens.current()

    assert keys_of(bench)[0] != before


def test_keys_change_while_two_threads_post_and_follow_and_no_call_fails(
    ledger: RealLedger, bench: Folder
) -> None:
    with bench.opened() as opened, bench.on_line(opened) as line:
        seen: list[PushOutcome] = []
        done = Event()
        threads = [Thread(target=_loop, args=(line, done, seen, push)) for push in (True, False)]
        for thread in threads:
            thread.start()
        ids = []
        for _ in range(ROUNDS):
            ids += line.desk.receive(4)
            opened.signer.begin()
            line.tokens.forget(line.tokens.current())
            assert eventually(lambda: opened.signer.pending is None)
        assert eventually(lambda: line.desk.next_batch(1) is None)
        done.set()
        for thread in threads:
            thread.join(10)

    with ledger.service.database.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM device_key")).scalar() == ROUNDS + 1
    assert {type(one) for one in seen} <= {Idle, Moved, Again}
    assert [id_ for id_ in ledger.posted() if id_ in set(ids)] == ids


def _loop(line: OnLine, done: Event, seen: list[PushOutcome], push: bool) -> None:
    while not done.is_set():
        seen.append(line.exchange.push() if push else line.exchange.pull(0))


@pytest.mark.parametrize("lost", ["question", "answer", "promotion"])
def test_broken_off_at_any_step_the_key_change_goes_on_where_it_was(
    ledger: RealLedger, bench: Folder, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    with bench.opened() as opened:
        new = opened.signer.begin().public_key
    ids = bench.record(1)
    ask = HttpGate.new_key

    def broken(gate: HttpGate, request: NewKeyRequest) -> NewKey:
        answer = NewKey("", "", 0, "") if lost == "question" else ask(gate, request)
        if lost == "promotion":
            return answer
        raise Trouble("The line broke off.")

    def no(_keys: DeviceKeys) -> None:
        raise Trouble("The disk is full.")

    with monkeypatch.context() as patched, bench.opened() as opened:
        patched.setattr(HttpGate, "new_key", broken)
        patched.setattr(DeviceKeys, "promote", no)
        with bench.on_line(opened) as line, pytest.raises(Trouble):
            line.tokens.current()
    ids += bench.record(1)

    assert bench.sync() is None

    assert keys_of(bench) == (new, False)
    assert [id_ for id_ in ledger.posted() if id_ in set(ids)] == ids
    assert [seen.words for seen in ledger.service.overview.stations()] == [words_of(new)]


def test_a_restored_ledger_that_knows_only_the_former_key_is_told_again(
    ledger: RealLedger, bench: Folder
) -> None:
    ledger.go_down()
    copy = ledger.backup("yesterday")
    ledger.come_back()
    with bench.opened() as opened:
        opened.signer.begin()
    assert bench.sync() is None
    ids = bench.record(2)
    ledger.go_down()
    ledger.restore(copy, announced=True)

    assert bench.sync() is None

    assert set(ids) <= set(ledger.posted())
    key, _ = keys_of(bench)
    assert [seen.words for seen in ledger.service.overview.stations()] == [words_of(key)]


def test_a_ledger_that_refuses_the_new_key_does_not_stop_the_work(
    ledger: RealLedger,
    bench: Folder,
    monkeypatch: pytest.MonkeyPatch,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("did not take the new device key")

    def no(_request: object) -> None:
        raise Refusal("bad_signature", "Not this one.")

    monkeypatch.setattr(ledger.service, "new_key", no)
    before, _ = keys_of(bench)
    with bench.opened() as opened:
        opened.signer.begin()
    ids = bench.record(2)

    assert bench.sync() is None

    assert keys_of(bench) == (before, True)
    assert set(ids) <= set(ledger.posted())
