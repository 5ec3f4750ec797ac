"""The ledger over HTTP: what every status means, how tokens are kept."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.contract import chain, codec
from app.contract.messages import (
    ChangesPage,
    ChangesQuery,
    Hello,
    MasterQuery,
    NotNow,
    PostBatch,
    Problem,
    SnapshotQuery,
    Token,
    TokenRequest,
)
from app.errors import Refusal, Trouble
from app.sync.http_ledger import COMMIT_S, HttpGate, HttpLedger
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from app.sync.trouble import BadAnswer, Unreachable
from app.sync.wire import Patience, Reply, Wire
from tests.fakes.clock import FakeClock
from tests.fakes.desk import FakeDesk
from tests.support.scripted_server import Asked, ScriptedServer, answer

LEDGER_AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(b"\x04" * 32)
QUERY = ChangesQuery(protocol=1, epoch="epoch-1", cursor=0, chain=chain.GENESIS)
EMPTY_PAGE = ChangesPage(
    epoch="epoch-1",
    rows=(),
    cursor=0,
    chain=chain.GENESIS,
    head=0,
    master_head=0,
    at="2026-11-23T07:30:00.000Z",
)


class DeviceKey:
    def sign(self, message: bytes) -> str:
        return KEY.sign(message).hex()


class Server:
    """Answers hello and token as a ledger does, and everything else with `reply`."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.tokens = 0
        self.good_token = ""
        self.token_life_s = 3_600
        self.refuse_tokens = False

    def script(self, connection: object, asked: Asked) -> None:
        connection.sendall(self._reply(asked))  # type: ignore[attr-defined]

    def _reply(self, asked: Asked) -> bytes:
        match asked.path:
            case "/v1/hello":
                hello = Hello(
                    protocol_min=1,
                    protocol_max=1,
                    epoch="epoch-1",
                    at=LEDGER_AT.isoformat(),
                    version="1",
                )
                return answer(codec.encode(hello))
            case "/v1/token" if self.refuse_tokens:
                return _problem(403, "revoked", "This station was revoked. Ask IT.")
            case "/v1/token":
                request = msgspec.json.decode(asked.body, type=TokenRequest)
                signed = chain.token_bytes(request.enrolment, request.nonce, request.at)
                KEY.public_key().verify(bytes.fromhex(request.signature), signed)
                apart = abs(datetime.fromisoformat(request.at) - LEDGER_AT)
                assert apart < timedelta(minutes=1)
                self.tokens += 1
                self.good_token = f"token-{self.tokens}"
                token = Token(token=self.good_token, expires_in_s=self.token_life_s)
                return answer(codec.encode(token))
            case _ if asked.headers["authorization"] != f"Bearer {self.good_token}":
                return _problem(401, "bad_token", "The token is not valid. Ask for a new one.")
            case _:
                return self.reply


def _problem(status: int, code: str, detail: str) -> bytes:
    problem = Problem(type="about:blank", title="No", status=status, detail=detail, code=code)
    return answer(codec.encode(problem), status=f"{status} No", kind="application/problem+json")


@contextmanager
def _ledger(server: Server, clock: FakeClock | None = None) -> Iterator[HttpLedger]:
    with ScriptedServer(server.script) as scripted:
        wire = Wire(scripted.url)
        skew = Skew(clock or FakeClock())
        tokens = TokenSource(HttpGate(wire), "enr-bench-4", DeviceKey(), skew)
        try:
            yield HttpLedger(wire, tokens, skew)
        finally:
            wire.close()


def _batch(count: int = 1) -> PostBatch:
    desk = FakeDesk("")
    for _ in range(count):
        desk.record()
    batch = desk.next_batch(count)
    assert batch is not None
    return batch


# ------------------------------------------------------------------ what an answer means


def test_a_recorded_body_goes_over_the_wire_byte_for_byte() -> None:
    batch = _batch(3)
    with ScriptedServer(Server(_problem(500, "x", "x")).script) as scripted:
        wire = Wire(scripted.url)
        skew = Skew(FakeClock())
        ledger = HttpLedger(wire, TokenSource(HttpGate(wire), "e", DeviceKey(), skew), skew)

        with pytest.raises(Trouble):
            ledger.post(batch)

        wire.close()
        body = scripted.asked[-1].body
    assert all(bytes(sent.body) in body for sent in batch.operations)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_a_page_arrives_as_it_was_sent(packed: bool) -> None:
    raw = codec.encode(EMPTY_PAGE)
    reply = answer(gzip.compress(raw), more="Content-Encoding: gzip\r\n") if packed else answer(raw)

    with _ledger(Server(reply)) as ledger:
        assert ledger.changes(QUERY) == EMPTY_PAGE


def test_a_newer_ledger_may_say_more_than_we_know() -> None:
    grown = {**json.loads(codec.encode(EMPTY_PAGE)), "weather": "rain"}

    with _ledger(Server(answer(json.dumps(grown).encode()))) as ledger:
        assert ledger.changes(QUERY) == EMPTY_PAGE


@pytest.mark.parametrize("status", ["200 OK", "409 Conflict", "426 Upgrade Required"])
def test_not_now_is_an_answer_whatever_its_status(status: str) -> None:
    not_now = NotNow(problem="epoch_changed", sentence="Restored.", epoch="epoch-2")

    with _ledger(Server(answer(codec.encode(not_now), status=status))) as ledger:
        assert ledger.post(_batch()) == not_now


@pytest.mark.parametrize(
    ("reply", "problem", "wait_s"),
    [
        (answer(b"slow down", status="429 Busy", kind="text/plain"), "retry_later", 0),
        (answer(b"", status="429 Busy", more="Retry-After: 17\r\n"), "retry_later", 17),
        (answer(b"", status="503 Busy", more="Retry-After: 99999999\r\n"), "retry_later", 300),
        (
            answer(b"", status="503 Busy", more="Retry-After: Mon, 23 Nov 2026 08:00:00 GMT\r\n"),
            "retry_later",
            0,
        ),
        (answer(b"<h1>413</h1>", status="413 Large", kind="text/html"), "too_large", 0),
    ],
)
def test_what_a_proxy_says_in_between_is_understood(
    reply: bytes, problem: str, wait_s: int
) -> None:
    with _ledger(Server(reply)) as ledger:
        told = ledger.post(_batch())

    assert isinstance(told, NotNow)
    assert (told.problem, told.retry_after_s) == (problem, wait_s)


@pytest.mark.parametrize(
    ("code", "status"),
    [("not_enrolled", 401), ("revoked", 403), ("bad_signature", 403), ("bad_code", 403)],
)
def test_a_ledger_that_will_not_speak_with_us_is_a_refusal_in_its_own_words(
    code: str, status: int
) -> None:
    server = Server(_problem(status, code, "Enrol this station again."))

    with _ledger(server) as ledger, pytest.raises(Refusal, match="Enrol this") as met:
        ledger.post(_batch())

    assert met.value.code == code


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(answer(b"<html>Sign in</html>", kind="text/html"), id="a sign-in page"),
        pytest.param(answer(b"", status="302 Found", more="Location: /login\r\n"), id="redirect"),
        pytest.param(answer(b"not found", status="404 No", kind="text/plain"), id="other server"),
        pytest.param(answer(b"{}"), id="an empty object"),
        pytest.param(answer(b'{"type":"posted","results":'), id="half an object"),
        pytest.param(answer(b"\xff\xfe{}"), id="not UTF-8"),
        pytest.param(answer(b"[" * 100_000), id="nested without end"),
        pytest.param(answer(b'{"type":"changes","rows":7}'), id="wrong types"),
        pytest.param(answer(b'{"type":"surprise"}'), id="an answer to another question"),
        pytest.param(answer(b""), id="nothing"),
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", id="no content"),
    ],
)
def test_something_other_than_the_ledger_is_not_believed(reply: bytes) -> None:
    with _ledger(Server(reply)) as ledger, pytest.raises(BadAnswer, match="Something other"):
        ledger.changes(QUERY)


@pytest.mark.parametrize(
    "reply",
    [
        answer(b"Traceback (most recent call last)", status="500 Oops", kind="text/html"),
        answer(b'{"status_code":500}', status="500 Oops"),
        _problem(500, "fault", "A report was written."),
        answer(b"bad gateway", status="502 Bad Gateway", kind="text/html"),
    ],
)
def test_a_ledger_in_distress_is_trouble_and_tried_again(reply: bytes) -> None:
    with _ledger(Server(reply)) as ledger, pytest.raises(Trouble, match="problem of its own"):
        ledger.post(_batch())


def test_a_request_the_ledger_cannot_read_is_trouble_that_shrinks() -> None:
    reply = _problem(400, "bad_request", "operations[3]: not canonical")

    with _ledger(Server(reply)) as ledger, pytest.raises(Trouble, match="smaller pieces") as met:
        ledger.post(_batch())

    assert not isinstance(met.value, Unreachable)
    assert "operations[3]" in met.value.detail


def test_a_million_rows_are_refused_before_they_are_a_burden() -> None:
    row = b'{"seq":1,"body":{"type":"outcome","id":"018f0000","kind":"receive"}},'
    reply = answer(b'{"type":"changes","rows":[' + row * 1_000_000 + b"]}")
    began = time.monotonic()

    with _ledger(Server(reply)) as ledger, pytest.raises(BadAnswer, match="larger"):
        ledger.changes(QUERY)

    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "ask",
    [
        lambda ledger: ledger.master(MasterQuery(protocol=1, epoch="epoch-1", cursor=0)),
        lambda ledger: ledger.snapshot(SnapshotQuery(protocol=1)),
        lambda ledger: ledger.changes(QUERY),
        lambda ledger: ledger.post(_batch()),
    ],
    ids=["master", "snapshot", "changes", "post"],
)
def test_every_question_may_be_put_off(ask: Callable[[HttpLedger], object]) -> None:
    later = NotNow(problem="retry_later", sentence="The ledger is busy.", retry_after_s=3)

    with _ledger(Server(answer(codec.encode(later)))) as ledger:
        assert ask(ledger) == later


# ------------------------------------------------------------------ tokens


def test_one_token_serves_many_questions() -> None:
    server = Server(answer(codec.encode(EMPTY_PAGE)))

    with _ledger(server) as ledger:
        for _ in range(20):
            ledger.changes(QUERY)

    assert server.tokens == 1


def test_a_token_the_ledger_has_forgotten_is_replaced_within_the_question() -> None:
    server = Server(answer(codec.encode(EMPTY_PAGE)))

    with _ledger(server) as ledger:
        ledger.changes(QUERY)
        server.good_token = "lost in a restart"
        assert ledger.changes(QUERY) == EMPTY_PAGE

    assert server.tokens == 2


def test_a_ledger_that_takes_no_token_at_all_is_asked_twice_and_not_for_ever() -> None:
    server = Server(b"")

    with _ledger(server) as ledger:
        ledger._tokens.current()
        server.reply = _problem(401, "bad_token", "No.")
        with pytest.raises(Refusal):
            ledger.changes(QUERY)

    assert server.tokens == 2


def test_a_token_that_is_nearly_old_is_renewed_before_it_fails() -> None:
    server = Server(answer(codec.encode(EMPTY_PAGE)))
    server.token_life_s = 0

    with _ledger(server) as ledger:
        ledger.changes(QUERY)
        ledger.changes(QUERY)

    assert server.tokens == 2


def test_a_revoked_station_is_told_so_by_its_token() -> None:
    server = Server(b"")
    server.refuse_tokens = True

    with _ledger(server) as ledger, pytest.raises(Refusal, match="revoked") as met:
        ledger.changes(QUERY)

    assert met.value.code == "revoked"


@pytest.mark.parametrize("wrong_by", [timedelta(days=-400), timedelta(hours=3)])
def test_a_station_whose_clock_is_wrong_is_let_in_and_its_skew_is_known(
    wrong_by: timedelta,
) -> None:
    clock = FakeClock()
    clock.pass_ms(wrong_by // timedelta(milliseconds=1))

    with _ledger(Server(answer(codec.encode(EMPTY_PAGE))), clock) as ledger:
        ledger.changes(QUERY)

        assert ledger.skew_ms == wrong_by // timedelta(milliseconds=1)


def test_a_time_that_is_none_does_not_disturb_the_answer() -> None:
    odd = msgspec.structs.replace(EMPTY_PAGE, at="yesterday")

    with _ledger(Server(answer(codec.encode(odd)))) as ledger:
        assert ledger.changes(QUERY) == odd


def test_put_off_at_the_gate_is_trouble() -> None:
    def busy(connection: object, asked: Asked) -> None:
        connection.sendall(answer(b"", status="429 Busy"))  # type: ignore[attr-defined]

    with ScriptedServer(busy) as server:
        wire = Wire(server.url)
        with pytest.raises(Trouble, match="busy"):
            HttpGate(wire).hello()
        wire.close()


def test_what_the_ledger_commits_is_waited_for_as_long_as_a_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: dict[str, float] = {}

    def ask(_wire: Wire, path: str, _body: bytes | None, _token: str, patience: Patience) -> Reply:
        waited[path] = patience.silence_s
        raise Unreachable("No answer.")

    monkeypatch.setattr(Wire, "ask", ask)
    wire = Wire("http://127.0.0.1:9")
    gate = HttpGate(wire)
    asked = TokenRequest(enrolment="e-1", nonce="0" * 64, at="", signature="")
    for question in (gate.hello, lambda: gate.token(asked)):
        with pytest.raises(Unreachable):
            question()
    wire.close()

    assert waited["/v1/token"] == COMMIT_S > waited["/v1/hello"]
