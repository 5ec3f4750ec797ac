"""The server: brute force, waiting, groups, and stopping without losing anything."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import monotonic

import httpx
import pytest

from app.conformance.floor import order_row
from app.conformance.probe import Probe
from app.conformance.remote import HttpStations
from app.contract.messages import NotNow, PostAnswer, Posted
from app.errors import Trouble
from app.ledger.service import LedgerService, Prepared
from app.ledger.web import guard, tries
from app.ledger.web.group import MAX_WAITING, GroupPoster
from app.ledger.web.server import ServerThread
from tests.ledger.conftest import MUG, SITE, enrolled, stocked
from tests.support import prepared
from tests.support.leaks import ExpectedLogs


@pytest.fixture
def service(tmp_path: Path) -> Iterator[LedgerService]:
    opened = stocked(LedgerService(prepared.ledger(tmp_path / "served")))
    yield opened
    opened.close()


@pytest.fixture
def server(service: LedgerService) -> Iterator[ServerThread]:
    with ServerThread(service) as running:
        yield running


@pytest.fixture
def station(service: LedgerService, server: ServerThread) -> Iterator[Probe]:
    probe = enrolled(service, "PACK-01")
    remote = HttpStations(server.url)
    probe.ledger = remote.ledger(probe.device, probe.who)
    yield probe
    remote.close()


# ------------------------------------------------------------------ the guard


def test_an_address_that_guesses_is_barred_and_honest_stations_are_not(
    server: ServerThread, station: Probe
) -> None:
    guess = {"code": "0000000000", "public_key": "0" * 64, "program_version": "1"}

    codes = [
        httpx.post(f"{server.url}/v1/enrol", json=guess).status_code
        for _ in range(tries.FAILURES + 1)
    ]
    barred = httpx.post(f"{server.url}/v1/enrol", json=guess)

    assert codes == [403] * tries.FAILURES + [429]
    assert int(barred.headers["retry-after"]) > 0
    assert httpx.get(f"{server.url}/v1/hello").status_code == 200


def test_answers_are_zipped_for_those_who_can_unzip(server: ServerThread) -> None:
    plain = httpx.get(f"{server.url}/openapi.json", headers={"Accept-Encoding": "identity"})
    zipped = httpx.get(f"{server.url}/openapi.json", headers={"Accept-Encoding": "gzip"})

    assert "content-encoding" not in plain.headers
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.json() == plain.json()


# ------------------------------------------------------------------ waiting


def test_what_another_process_writes_is_seen_by_who_waits(tmp_path: Path, station: Probe) -> None:
    station.pull()
    other = LedgerService(prepared.ledger(tmp_path / "served"))

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(station.pull, 500, 10)
        Event().wait(0.3)
        began = monotonic()
        other.imports.orders(SITE, [order_row("ORD-1", MUG.sku, (1,))])
        rows = waiting.result(timeout=10)
    other.close()

    assert monotonic() - began < 1.0
    assert getattr(rows[0], "order", "") == "ORD-1"


def test_stopping_lets_who_waits_go_at_once(service: LedgerService) -> None:
    server = ServerThread(service)
    probe = enrolled(service, "PACK-02")
    remote = HttpStations(server.start())
    probe.ledger = remote.ledger(probe.device, probe.who)
    probe.pull()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(probe.pull, 500, 20)
        Event().wait(0.5)
        began = monotonic()
        server.stop()
        assert waiting.result(timeout=5) == []
    remote.close()

    assert monotonic() - began < 3.0


def test_an_address_in_use_is_told_in_one_sentence(
    service: LedgerService, server: ServerThread, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("address already in use")
    port = int(server.url.rpartition(":")[2])

    with pytest.raises(Trouble, match=f"port {port}"):
        ServerThread(service, port=port).start()


# ------------------------------------------------------------------ groups


class SlowService:
    """Stands where the service stands: notes its groups, breaks on one station's batches."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.entered: list[str] = []
        self.go = Event()
        self.poison = ""

    def post_group(self, batches: list[Prepared]) -> list[PostAnswer]:
        self.entered.extend(batch.who.station for batch in batches)
        self.go.wait(10)
        self.groups.append([batch.who.station for batch in batches])
        if self.poison in self.groups[-1]:
            raise ZeroDivisionError
        return [NotNow(problem="done", sentence=batch.who.station) for batch in batches]


@pytest.fixture
def slow() -> SlowService:
    return SlowService()


@pytest.fixture
def poster(slow: SlowService) -> Iterator[GroupPoster]:
    running = GroupPoster(slow)  # type: ignore[arg-type]
    running.start()
    yield running
    slow.go.set()
    running.stop()


@pytest.fixture
def batches(service: LedgerService) -> dict[str, Prepared]:
    found: dict[str, Prepared] = {}
    for name in ("PACK-01", "PACK-02", "PACK-03"):
        probe = enrolled(service, name)
        probe.record(probe.operation("event"))
        prepared = service.prepare(service.as_seen_by(probe.who.enrolment)._who, probe.batch())
        assert isinstance(prepared, Prepared)
        found[name] = prepared
    return found


def _submit(poster: GroupPoster, batch: Prepared, answers: list[object]) -> None:
    poster.submit(batch, answers.append)


def test_batches_that_wait_together_are_posted_together(
    poster: GroupPoster, slow: SlowService, batches: dict[str, Prepared]
) -> None:
    answers: list[object] = []
    _submit(poster, batches["PACK-01"], answers)
    Event().wait(0.1)
    for name in ("PACK-02", "PACK-03", "PACK-02"):
        _submit(poster, batches[name], answers)
    slow.go.set()
    poster.stop()

    # The second batch of one station waits for its first: it may build on it.
    assert slow.groups == [["PACK-01"], ["PACK-02", "PACK-03"], ["PACK-02"]]
    assert len(answers) == 4


def test_a_batch_that_breaks_the_server_breaks_alone(
    poster: GroupPoster, slow: SlowService, batches: dict[str, Prepared]
) -> None:
    slow.poison = "PACK-02"
    answers: dict[str, list[object]] = {name: [] for name in batches}
    _submit(poster, batches["PACK-01"], [])
    Event().wait(0.1)
    for name, batch in batches.items():
        _submit(poster, batch, answers[name])
    slow.go.set()
    poster.stop()

    assert isinstance(answers["PACK-02"][0], ZeroDivisionError)
    assert all(isinstance(answers[name][0], NotNow) for name in ("PACK-01", "PACK-03"))


def test_more_than_can_wait_is_asked_to_come_back(
    poster: GroupPoster, batches: dict[str, Prepared]
) -> None:
    answers: list[object] = []
    _submit(poster, batches["PACK-01"], [])
    Event().wait(0.1)
    for _ in range(MAX_WAITING + 1):
        _submit(poster, batches["PACK-01"], answers)

    (refused,) = answers
    assert isinstance(refused, NotNow)
    assert (refused.problem, refused.retry_after_s) == ("retry_later", 1)


def test_a_real_batch_that_waits_is_answered_by_the_real_ledger(
    service: LedgerService, batches: dict[str, Prepared]
) -> None:
    poster = GroupPoster(service)
    poster.start()
    answers: list[object] = []
    for batch in batches.values():
        _submit(poster, batch, answers)
    poster.stop()

    assert [isinstance(answer, Posted) for answer in answers] == [True] * 3


# ------------------------------------------------------------------ bounds


def test_more_bytes_than_may_be_in_memory_are_asked_to_come_back(
    server: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MAX_IN_FLIGHT_BYTES", 1_000)

    answer = httpx.post(f"{server.url}/v1/token", json={"enrolment": "x" * 2_000})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert httpx.get(f"{server.url}/v1/hello").status_code == 200


def test_a_body_that_never_ends_is_cut_off(
    server: ServerThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BODY_S", 0.3)
    host, port = server.url.removeprefix("http://").split(":")

    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(
            b"POST /v1/token HTTP/1.1\r\nHost: ledger\r\nContent-Type: application/json\r\n"
            b"Content-Length: 500\r\n\r\n{"
        )
        answer = wire.recv(4_096)

    assert answer.startswith(b"HTTP/1.1 408")


def test_a_site_has_one_group_under_way_and_another_site_does_not_wait_for_it(
    slow: SlowService, batches: dict[str, Prepared]
) -> None:
    who = batches["PACK-03"].who
    elsewhere = replace(who, site=replace(who.site, n=who.site.n + 1))
    batches["PACK-03"] = replace(batches["PACK-03"], who=elsewhere)
    poster = GroupPoster(slow, threads=2)  # type: ignore[arg-type]
    poster.start()
    answers: list[object] = []
    for name in ("PACK-01", "PACK-02", "PACK-01", "PACK-03", "PACK-02"):
        _submit(poster, batches[name], answers)
        Event().wait(0.05)
    at_work = sorted(slow.entered)
    slow.go.set()
    poster.stop()

    assert at_work == ["PACK-01", "PACK-03"]
    # What came meanwhile goes together, and each station's batches in their order.
    assert sorted(slow.groups) == [["PACK-01"], ["PACK-02"], ["PACK-02", "PACK-01"], ["PACK-03"]]
    assert len(answers) == 5
