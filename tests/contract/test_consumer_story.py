"""What a station really sends, and what a ledger really answers, frozen between the two.

Each side is held against the file by itself: the station's code against the frozen answers, the
ledger against the frozen questions. If a change is meant, freeze anew with
`python -m tools.freeze_consumer`, and read what has changed: stations of before are at work.
"""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from app.contract.messages import MAX_REQUEST_BYTES
from app.errors import Refusal, Trouble
from app.ledger.web.guard import RESOURCE_BYTES
from app.ledger.web.openapi import document
from app.ledger.web.server import ServerThread
from app.sync import answers
from app.sync.trouble import BadAnswer
from app.sync.wire import Reply
from tests.contract.consumer import tape
from tests.contract.consumer.calls import CALLS
from tests.contract.consumer.stage import Stage, stage
from tests.contract.consumer.tape import HEADERS, Exchanged, compared

STORY = tape.read()


def test_every_question_is_in_the_story_and_is_answered() -> None:
    assert {(one.method, one.path) for one in STORY} == {
        (call.method, call.path) for call in CALLS.values()
    }
    assert {(one.status, one.kind) for one in STORY} == {(200, "application/json")}


def test_only_what_the_ledger_publishes_is_asked() -> None:
    for one in STORY:
        assert one.method.lower() in document()["paths"][one.path]


def test_a_question_that_needs_a_token_has_one_and_no_other_gives_one_away() -> None:
    bearing = {call.path for call in CALLS.values() if call.bearer}

    assert {one.path for one in STORY if "authorization" in one.headers} == bearing


def test_the_station_sends_what_was_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = tape.replay(tmp_path, STORY, monkeypatch)

    assert [(one.method, one.path) for one in sent] == [(one.method, one.path) for one in STORY]
    for said, frozen in zip(sent, STORY, strict=True):
        relied_on = {name: said.headers[name] for name in HEADERS if name in said.headers}
        assert (frozen.path, relied_on) == (frozen.path, frozen.headers)
        assert compared(said.body.decode()) == compared(frozen.asked), frozen.path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[tuple[Stage, httpx.Client]]:
    """A ledger of today on the same stage, with nobody between."""
    with (
        stage(tmp_path / "ledger") as on,
        ServerThread(on.service) as server,
        httpx.Client(base_url=server.url) as line,
    ):
        yield on, line


def _put(on: Stage, line: httpx.Client, name: str, one: Exchanged) -> httpx.Response:
    on.ids.begin(name)
    body = one.asked.encode() if one.asked else None
    return line.request(one.method, one.path, content=body, headers=one.headers)


def test_the_ledger_takes_what_was_frozen_and_answers_the_same(
    ledger: tuple[Stage, httpx.Client],
) -> None:
    for name, frozen in zip(tape.names(STORY), STORY, strict=True):
        answer = _put(*ledger, name, frozen)

        told = (answer.status_code, answer.headers["content-type"], compared(answer.text))
        assert told == (frozen.status, frozen.kind, compared(frozen.told)), name


# What is wrong with a question, as changes of headers and body.
WRONG: dict[str, tuple[dict[str, str], Callable[[bytes], bytes]]] = {
    "nobody's token": ({"authorization": "Bearer nobody"}, lambda body: body),
    "half of it": ({}, lambda body: body[: len(body) // 2]),
    "nothing": ({}, lambda _: b""),
    "a list": ({}, lambda _: b"[]"),
    "one field too many": ({}, lambda body: body[:-1] + b',"weather":"rain"}'),
    "not UTF-8": ({}, lambda body: body[:-1] + b',"\xff":1}'),
    "too deep": ({}, lambda _: b"[" * 5_000),
    "too large": ({}, lambda body: body),
    "text": ({"content-type": "text/plain"}, lambda body: body),
    "zipped": ({"content-encoding": "gzip"}, gzip.compress),
}
TOO_LARGE = {"/v1/post": MAX_REQUEST_BYTES}


def test_no_answer_of_the_ledger_is_taken_for_a_strangers(
    ledger: tuple[Stage, httpx.Client],
) -> None:
    """Whatever is wrong with a question, the ledger's no is one that the station understands."""
    on, line = ledger
    met = set()
    for name, one in zip(tape.names(STORY), STORY, strict=True):
        for wrong, (headers, body) in WRONG.items() if one.asked else ():
            if "authorization" in headers and "authorization" not in one.headers:
                continue
            said = body(one.asked.encode())
            if wrong == "too large":
                said += b" " * TOO_LARGE.get(one.path, RESOURCE_BYTES)
            answer = line.post(one.path, content=said, headers=one.headers | headers)
            assert answer.status_code != 200, f"{name}: {wrong}"
            met.add(_read(answer, f"{name}: {wrong}"))
        _put(on, line, name, one)

    assert met == {"bad_token", "too_large", "400", "415"}


def _read(answer: httpx.Response, what: str) -> str:
    """What the station hears of it."""
    kind, wait = answer.headers["content-type"], answer.headers.get("retry-after", "")
    try:
        told = answers.read(
            Reply(answer.status_code, kind, wait, answer.content), msgspec.json.Decoder()
        )
    except BadAnswer as error:
        raise AssertionError(what) from error
    except Refusal as refusal:
        return refusal.code
    except Trouble as trouble:
        return trouble.detail.partition(" ")[0]
    return str(told.problem)
