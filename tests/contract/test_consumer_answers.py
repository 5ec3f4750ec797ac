"""What the station makes of every answer to each of its questions: documented, odd, or none.

One row for each question that a method of the client puts, one column for each answer: the client
gives it on whole, or raises what says how to go on. Never anything else, and never a traceback.
"""

import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import NotNow
from app.errors import PackhouseError, Refusal, Trouble
from app.ledger.web.openapi import document
from app.ledger.web.problems import status_of
from app.sync import http_ledger, sentences
from app.sync.answers import MOST_RETRY_AFTER_S, MOST_SENTENCE
from app.sync.http_ledger import HttpGate, HttpLedger
from app.sync.trouble import BadAnswer, Busy, CutOff
from tests.contract.consumer.calls import CALLS, Call
from tests.contract.consumer.line import (
    HTML,
    Client,
    Said,
    client,
    good,
    polite,
    problem,
    zipped,
)

PROGRAM = Path(__file__).resolve().parents[2] / "app"
# Whose calls are no station's: the ledger itself, and what stands in its or a station's place.
NOT_THE_STATION = ("ledger", "conformance", "simulation", "demo")
# Beside the questions: the authority a station pins, fetched as a file.
FILES = {"/ca.pem"}
NO_QUESTION = {"hang_up", "close", "skew_ms"}

each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
Asking = Callable[[Call, Said], object]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asking:
    """Puts a question that is answered like this."""

    def ask(call: Call, said: Said) -> object:
        return call.ask(client(polite(call.path, said), monkeypatch))

    return ask


# ------------------------------------------------------------------ nothing without a contract


def test_every_method_of_the_client_has_a_contract() -> None:
    methods = {
        name
        for kind in (HttpGate, HttpLedger)
        for name, _ in inspect.getmembers(kind, callable)
        if not name.startswith("_")
    }

    assert methods - NO_QUESTION == set(CALLS)


def test_every_address_the_program_names_has_a_contract() -> None:
    named = set()
    for path in PROGRAM.rglob("*.py"):
        if path.relative_to(PROGRAM).parts[0] not in NOT_THE_STATION:
            named |= set(re.findall(r'"(/(?:v1/[a-z0-9/_{}-]+|ca\.pem))"', path.read_text()))

    assert named == {call.path for call in CALLS.values()} | FILES


@each_call
def test_the_ledger_documents_what_the_station_asks(call: Call) -> None:
    assert call.method.lower() in document()["paths"][call.path]


# ------------------------------------------------------------------ answers


@each_call
def test_the_documented_answer_arrives_whole(call: Call, asked: Asking) -> None:
    said = Said(body=call.body)

    assert _same(asked(call, said), call)
    assert _same(asked(call, zipped(said)), call)


@each_call
def test_a_newer_ledger_may_say_more(call: Call, asked: Asking) -> None:
    grown = json.dumps({**json.loads(call.body), "weather": "rain"}).encode()

    assert _same(asked(call, Said(body=grown)), call)


def _same(told: object, call: Call) -> bool:
    """Rows stay the bytes they came as: compared as what they say."""
    said = json.loads(msgspec.json.encode(told))
    return type(told) is type(call.good) and said == json.loads(call.body)


@each_call
def test_a_field_of_another_type_is_no_answer(call: Call, asked: Asking) -> None:
    told = json.loads(call.body)
    for name in set(told) - {"type", "current"}:  # `current` may be anything: who asked looks
        odd = json.dumps({**told, name: {"other": [1]}}).encode()
        with pytest.raises(BadAnswer, match="Something other"):
            asked(call, Said(body=odd))


@each_call
def test_a_field_that_is_missing_is_its_default_or_no_answer(call: Call, asked: Asking) -> None:
    told = json.loads(call.body)
    optional = {one.encode_name for one in msgspec.structs.fields(call.good) if not one.required}
    if not call.waits:
        optional.add("type")  # there is only one answer it could be
    for name in told:
        less = Said(body=json.dumps({key: told[key] for key in told if key != name}).encode())
        if name in optional:
            assert type(asked(call, less)) is type(call.good)
        else:
            with pytest.raises(BadAnswer, match="Something other"):
                asked(call, less)


@each_call
def test_an_answer_behind_another_status_is_none(call: Call, asked: Asking) -> None:
    for status in (201, 202, 203, 206, 400, 404, 409, 410, 422, 500, 502):
        for body in (call.body, b"{}", b'{"detail":"Not Found"}'):
            with pytest.raises(Trouble):
                asked(call, Said(status, body))


# ------------------------------------------------------------------ no answers

STRANGERS = {
    "a page of html": Said(200, b"<html>Sign in</html>", HTML),
    "a page of html as an error": Said(404, b"<html>", HTML),
    "a proxy that wants a password": Said(407, b"<html>", HTML),
    "unknown to a proxy": Said(401, b"<html>", HTML),
    "forbidden by a proxy": Said(403, b"<html>", HTML),
    "moved": Said(301, headers={"location": "/login"}),
    "found": Said(302, headers={"location": "https://login.example/"}),
    "elsewhere for now": Said(307, headers={"location": "/v1/hello"}),
    "no content": Said(204, kind=""),
    "an empty body": Said(200),
    "half of a body": Said(200, b'{"type":"posted","results":'),
    "another content type": Said(200, b"{}", "text/plain"),
    "no content type": Said(200, b"{}", ""),
    "not UTF-8": Said(200, b"\xff\xfe{}"),
    "an answer to something else": Said(200, b'{"type":"surprise"'),
    "a list": Said(200, b"[]"),
    "an error that names no code": Said(403, b"{}", "application/problem+json"),
}


@each_call
def test_what_is_not_the_ledger_is_not_believed(call: Call, asked: Asking) -> None:
    for name, said in STRANGERS.items():
        with pytest.raises(BadAnswer) as met:
            asked(call, said)
        assert met.value.say == sentences.STRANGER, name


@each_call
def test_a_line_that_breaks_within_the_answer_is_cut(call: Call, asked: Asking) -> None:
    with pytest.raises(CutOff) as met:
        asked(call, Said(body=call.body, cut=len(call.body) // 2))

    assert met.value.say == sentences.CUT


@each_call
def test_an_answer_beyond_its_size_is_dropped(
    call: Call, asked: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_ledger, "PAGE_BYTES", 1 << 20)

    with pytest.raises(BadAnswer) as met:
        asked(call, zipped(Said(body=b'{"x":"' + b" " * (1 << 20) + b'"}')))

    assert met.value.say == sentences.HUGE


# ------------------------------------------------------------------ the ledger says no


@each_call
def test_a_refusal_is_told_in_the_ledgers_own_words(call: Call, asked: Asking) -> None:
    for status in (401, 403):
        with pytest.raises(Refusal, match="Ask for a new one") as met:
            asked(call, problem(status, "bad_code", "This code is wrong. Ask for a new one."))
        assert met.value.code == "bad_code"


@each_call
def test_no_sentence_of_a_ledger_fills_the_screen(call: Call, asked: Asking) -> None:
    for status in (401, 403, 404, 429, 500):
        said = problem(status, "bad_code", "Wrong. " * 5_000)
        try:
            told = asked(call, said)
        except PackhouseError as error:
            told = error
        shown = told.sentence if isinstance(told, NotNow) else str(told)
        assert 0 < len(shown) < 2 * MOST_SENTENCE


@each_call
def test_any_other_no_is_trouble_and_not_the_end(call: Call, asked: Asking) -> None:
    for status in (400, 404, 405, 408, 409, 410, 412, 415, 422, 428):
        with pytest.raises(Trouble) as met:
            asked(call, problem(status, "malformed", "This request is not a message."))
        assert met.value.say == sentences.NOT_UNDERSTOOD
        assert met.value.detail == f"{status} malformed: This request is not a message."


@each_call
def test_who_is_not_known_any_more_signs_in_once_more_and_no_oftener(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client(polite(call.path, problem(401, "bad_token", "Sign in.")), monkeypatch)

    with pytest.raises(Refusal):
        call.ask(made)

    assert _times(made, call) == (2 if call.bearer else 1)
    assert call.name == "token" or _count(made, "/v1/token") == (2 if call.bearer else 0)


def _times(made: Client, call: Call) -> int:
    return _count(made, call.path)


def _count(made: Client, path: str) -> int:
    return sum(sent.path == path for sent in made.line.sent)


# ------------------------------------------------------------------ the ledger says: not now

AFTER: dict[str, tuple[Said, int]] = {
    "429": (problem(429, "too_many_requests", "Wait."), 0),
    "429 with a wait": (problem(429, "too_many_tries", "Wait.", retry_after="60"), 60),
    "429 of a proxy": (Said(429, b"slow down", "text/plain", {"retry-after": "17"}), 17),
    "503 with a wait": (problem(503, "retry_later", "Wait.", retry_after="1"), 1),
    "503 of a proxy": (Said(503, b"<html>", HTML), 0),
    "503 as JSON of a proxy": (Said(503, b"{}", headers={"retry-after": "9"}), 9),
    "503 for ever": (problem(503, "x", "Wait.", retry_after="999999999"), MOST_RETRY_AFTER_S),
    "503 with a date": (problem(503, "x", "Wait.", retry_after="Mon, 23 Nov 2026 08:00:00 GMT"), 0),
    "503 before now": (problem(503, "x", "Wait.", retry_after="-5"), 0),
    "a message": (
        good(NotNow(problem="retry_later", sentence="Busy.", retry_after_s=7), 503), 7,
    ),
    "a message for ever": (
        good(NotNow(problem="retry_later", sentence="Busy.", retry_after_s=2**40), 503),
        MOST_RETRY_AFTER_S,
    ),
    "a message that says it in the header": (
        Said(
            503,
            msgspec.json.encode(NotNow(problem="retry_later", sentence="Busy.")),
            headers={"retry-after": "4"},
        ),
        4,
    ),
}  # fmt: skip


@each_call
def test_the_wait_the_ledger_asks_for_reaches_whoever_asked(call: Call, asked: Asking) -> None:
    for name, (said, wait_s) in AFTER.items():
        if call.waits:
            told = asked(call, said)
            assert isinstance(told, NotNow)
            assert (told.problem, told.retry_after_s) == ("retry_later", wait_s), name
        else:
            with pytest.raises(Busy) as met:
                asked(call, said)
            assert met.value.wait_s == wait_s, name


@pytest.mark.parametrize("call", [call for call in CALLS.values() if call.bearer])
def test_the_wait_for_a_token_reaches_whoever_asked(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty stations behind one address, and one that guesses: all are told to wait a minute."""
    barred = problem(429, "too_many_tries", "Too many wrong tries.", retry_after="60")
    made = client(polite("/v1/token", barred), monkeypatch)

    with pytest.raises(Busy) as met:
        call.ask(made)

    assert met.value.wait_s == 60
    assert _times(made, call) == 0


NOT_NOW = {
    "too_old": 426,
    "too_large": 413,
    "epoch_changed": 409,
    "gap": 409,
    "fork": 409,
    "of a newer ledger": 409,
}


@each_call
def test_not_now_is_passed_on_where_it_is_an_answer_and_else_is_trouble(
    call: Call, asked: Asking
) -> None:
    for name, status in NOT_NOW.items():
        put_off = NotNow(problem=name, sentence="Update the station.", expected=3, limit=7)
        if call.waits:
            assert asked(call, good(put_off, status)) == put_off
        else:
            with pytest.raises(Trouble, match="Update the station") as met:
                asked(call, good(put_off, status))
            assert not isinstance(met.value, BadAnswer)
            assert name in met.value.detail


@each_call
def test_too_large_of_a_proxy_is_understood(call: Call, asked: Asking) -> None:
    said = Said(413, b"<h1>413</h1>", HTML)

    if call.waits:
        told = asked(call, said)
        assert isinstance(told, NotNow)
        assert told.problem == "too_large"
    else:
        with pytest.raises(Trouble, match="more than the ledger takes"):
            asked(call, said)


@each_call
def test_a_ledger_in_distress_is_asked_again(call: Call, asked: Asking) -> None:
    for status in (500, 501, 502, 504, 507, 520):
        for said in (
            problem(status, "fault", "The ledger has a problem of its own."),
            Said(status, b"<html>Bad gateway</html>", HTML),
            Said(status),
        ):
            with pytest.raises(Trouble) as met:
                asked(call, said)
            assert met.value.say == sentences.DISTRESS


def test_every_code_the_ledger_documents_for_a_station_is_a_refusal(asked: Asking) -> None:
    """As the gate tells it: 401 for who asks, 403 for anything else."""
    for call in CALLS.values():
        told = document()["paths"][call.path][call.method.lower()].get("description", "")
        for code in re.findall(r"[a-z_]+(?=[,.])", told.partition(": ")[2]):
            with pytest.raises(Refusal) as met:
                asked(call, problem(401 if status_of(code) == 401 else 403, code, "No."))
            assert met.value.code == code
