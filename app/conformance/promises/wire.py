"""HTTP itself: what the guard refuses; every error is a problem answer that echoes nothing."""

import gzip

import httpx
import msgspec

from app.conformance.floor import Floor
from app.conformance.registry import promise
from app.contract.messages import MAX_REQUEST_BYTES, Hello, Problem

_JSON = {"Content-Type": "application/json"}
_PATHS = ("/v1/post", "/v1/changes", "/v1/master", "/v1/snapshot")


def _problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = msgspec.json.decode(answer.content, type=Problem)
    assert (told.status, told.code) == (status, code)
    assert told.detail


@promise(served=True)
def hello_is_for_everybody(floor: Floor) -> None:
    answer = httpx.get(f"{floor.url}/v1/hello", verify=floor.tls)

    hello = msgspec.json.decode(answer.content, type=Hello)
    assert hello.protocol_min <= hello.protocol_max
    assert hello.epoch


@promise(served=True)
def nothing_is_told_without_a_token(floor: Floor) -> None:
    for path in _PATHS:
        for headers in (_JSON, _JSON | {"Authorization": "Bearer " + "0" * 64}):
            answer = httpx.post(floor.url + path, verify=floor.tls, content=b"{}", headers=headers)
            _problem(answer, 401, "bad_token")


@promise(served=True)
def only_plain_json_is_taken(floor: Floor) -> None:
    zipped = _JSON | {"Content-Encoding": "gzip"}

    text = httpx.post(
        f"{floor.url}/v1/post",
        verify=floor.tls,
        content=b"{}",
        headers={"Content-Type": "text/plain"},
    )
    packed = httpx.post(
        f"{floor.url}/v1/post", verify=floor.tls, content=gzip.compress(b"{}"), headers=zipped
    )

    _problem(text, 415, "not_json")
    _problem(packed, 415, "encoded")


@promise(served=True)
def a_request_beyond_its_size_is_not_read(floor: Floor) -> None:
    big = b" " * (MAX_REQUEST_BYTES + 1)

    _problem(
        httpx.post(f"{floor.url}/v1/post", verify=floor.tls, content=big, headers=_JSON),
        413,
        "too_large",
    )
    small = httpx.post(
        f"{floor.url}/v1/token", verify=floor.tls, content=b" " * 100_000, headers=_JSON
    )
    _problem(small, 413, "too_large")


@promise(served=True)
def damaged_requests_are_answered_and_not_echoed(floor: Floor) -> None:
    marker = "canary-4711"
    for body in (
        b"{",
        b"\xff\xfe",
        b'{"code":"' + marker.encode() + b'"}',
        b'{"code":1e400}',
        b'"' + marker.encode() + b'"',
        b"[" * 100_000,
        b'{"enrolment":"\\ud800"}',
    ):
        answer = httpx.post(
            f"{floor.url}/v1/token", verify=floor.tls, content=body[:60_000], headers=_JSON
        )
        _problem(answer, 400, "malformed")
        assert marker not in answer.text


@promise(served=True)
def an_address_that_is_none_is_a_problem_answer(floor: Floor) -> None:
    _problem(httpx.get(f"{floor.url}/v1/nothing", verify=floor.tls), 404, "unknown_address")
    _problem(httpx.get(f"{floor.url}/v1/post", verify=floor.tls), 405, "unknown_method")


@promise(served=True)
def the_interface_describes_itself(floor: Floor) -> None:
    described = httpx.get(f"{floor.url}/openapi.json", verify=floor.tls).json()

    assert described["openapi"].startswith("3.1")
    assert set(_PATHS) <= described["paths"].keys()
    assert "Operation" in described["components"]["schemas"]


@promise(served=True)
def every_described_address_asks_who_comes(floor: Floor) -> None:
    """Whatever the description says is not for everybody tells nobody anything."""
    for path, methods in (
        httpx.get(f"{floor.url}/openapi.json", verify=floor.tls).json()["paths"].items()
    ):
        for method, described in methods.items():
            if not described["security"]:
                continue
            body = b"{}" if "requestBody" in described else None
            answer = httpx.request(
                method,
                floor.url + path,
                content=body,
                headers=_JSON if body else {},
                verify=floor.tls,
            )
            _problem(answer, 401, "bad_token")


@promise(served=True)
def a_request_can_be_followed(floor: Floor) -> None:
    given = "01980a2c-91d4-7b09-b1de-3c5f64e8a07d"

    refused = httpx.get(
        f"{floor.url}/v1/nothing", verify=floor.tls, headers={"X-Correlation-Id": given}
    )
    other = httpx.get(
        f"{floor.url}/v1/hello", verify=floor.tls, headers={"X-Correlation-Id": "not one"}
    )

    assert refused.headers["x-correlation-id"] == refused.json()["correlation_id"] == given
    assert len(other.headers["x-correlation-id"]) == len(given)


@promise(served=True)
def health_is_for_everybody(floor: Floor) -> None:
    assert httpx.get(f"{floor.url}/healthz", verify=floor.tls).json()["status"] == "ok"
