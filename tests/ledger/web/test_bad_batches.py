"""Why a batch is not read twice: what strict JSON promises is shown for it another way.

`strict.check` guards every other body. A batch's envelope is typed, and each record in it must come
back byte for byte from its own decoding; so each of these cases is caught where it is read anyway.
"""

from collections.abc import Iterator
from hashlib import sha256

import httpx
import msgspec
import pytest

from app.conformance.probe import Probe, moved
from app.contract.codec import canonical
from app.contract.messages import Operation, PostAnswer, Posted
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, enrolled

Spoil = tuple[bytes, bytes]

# In the bytes of a record: what is replaced, by what.
SPOILT: dict[str, Spoil] = {
    "a float for a quantity": (b'"quantity":3', b'"quantity":3.0'),
    "an exponent": (b'"quantity":3', b'"quantity":3e0'),
    "not a number": (b'"quantity":3', b'"quantity":NaN'),
    "a number beyond 64 bits": (b'"quantity":3', b'"quantity":9223372036854775808'),
    "a number beyond the contract": (b'"quantity":3', b'"quantity":9007199254740993'),
    "a negative quantity": (b'"quantity":3', b'"quantity":-3'),
    "a doubled key": (b'"quantity":3', b'"quantity":1,"quantity":3'),
    "a doubled key in escapes": (b'"quantity":3', b'"\\u0071uantity":1,"quantity":3'),
    "an unknown field": (b'"quantity":3', b'"approved":true,"quantity":3'),
    "a blank": (b'"quantity":3', b'"quantity": 3'),
    "another order of keys": (
        b'"item":"SKU-10221","quantity":3',
        b'"quantity":3,"item":"SKU-10221"',
    ),
    "an escape that is not needed": (b"SKU-10221", b"\\u0053KU-10221"),
    "a NUL": (b"SKU-10221", b"SKU\\u000010221"),
    "half a surrogate pair": (b"SKU-10221", b"SKU\\ud80010221"),
    "bytes that are no UTF-8": (b"SKU-10221", b"SKU\xff10221"),
    "depth": (b'"lines":', b'"evidence":{"a":' + b"[" * 200 + b"]" * 200 + b'},"lines":'),
    "evidence that is nested": (b'"lines":', b'"evidence":{"a":{"b":1}},"lines":'),
    "a float as evidence": (b'"lines":', b'"evidence":{"a":0.5},"lines":'),
}

# In the bytes of the envelope.
ENVELOPE: dict[str, Spoil] = {
    "a float for a version": (b'"protocol":2', b'"protocol":2.0'),
    "an exponent": (b'"seq":1,', b'"seq":1e0,'),
    "not a number": (b'"cursor":', b'"cursor":NaN,"x":'),
    "a number beyond 64 bits": (b'"seq":1,', b'"seq":9223372036854775808,'),
    "a NUL in an id": (b'"id":"', b'"id":"\\u0000'),
    "half a surrogate pair": (b'"epoch":"', b'"epoch":"\\ud800'),
    "a NUL in an enrolment": (b'"enrolment":"', b'"enrolment":"\\u0000'),
    "a NUL in the epoch": (b'"epoch":"', b'"epoch":"\\u0000'),
    "a NUL in the chain": (b'"chain":"', b'"chain":"\\u0000'),
    "an unknown field": (b'"protocol":2', b'"protocol":2,"admin":true'),
    "depth": (b'"protocol":2', b'"protocol":' + b"[" * 50_000),
    "depth in a record": (b'"body":{', b'"body":{"x":' + b"[" * 50_000 + b","),
    "a record that is no record": (b'"body":{', b'"body":[],"x":{'),
}


@pytest.fixture
def station(service: LedgerService) -> Probe:
    return enrolled(service, "PACK-01")


def _three(station: Probe) -> Operation:
    return station.operation("move", moved(MUG.sku, 3, "A-04-2", "B-11-1"))


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_record_is_held_as_bytes_and_its_neighbours_are_posted(
    station: Probe, service: LedgerService, how: str
) -> None:
    before, after = SPOILT[how]
    station.record(_three(station))
    raw = canonical(_three(station))
    assert before in raw
    station.record_bytes(station.new_id("spoilt"), raw.replace(before, after, 1))
    station.record(_three(station))

    results = station.post()

    assert [result.outcome for result in results] == ["posted", "held", "posted"]
    assert results[1].code in {"unreadable", "not_canonical"}


@pytest.fixture
def posting(service: LedgerService, server_url: str, station: Probe) -> Iterator[httpx.Client]:
    nonce = sha256(station.who.enrolment.encode()).hexdigest()
    at = service.hello().at
    token = service.token(station.device.token_request(station.who.enrolment, nonce, at)).token
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with httpx.Client(base_url=server_url, headers=headers) as client:
        yield client


@pytest.mark.parametrize("how", ENVELOPE)
def test_a_spoilt_envelope_is_refused_whole(
    station: Probe, service: LedgerService, posting: httpx.Client, how: str
) -> None:
    before, after = ENVELOPE[how]
    station.record(_three(station))
    raw = msgspec.json.encode(station.batch())
    assert before in raw
    heads = service.overview.sites()

    answer = posting.post("/v1/post", content=raw.replace(before, after, 1))

    assert 400 <= answer.status_code < 500, answer.text
    assert service.overview.sites() == heads


def test_a_doubled_key_of_the_envelope_cannot_change_whose_batch_it_is(
    station: Probe, posting: httpx.Client
) -> None:
    """The last one holds, and is the one the bearer and the signature are compared with."""
    station.record(_three(station))
    raw = msgspec.json.encode(station.batch())

    mine = posting.post("/v1/post", content=b'{"enrolment":"somebody",' + raw[1:])
    theirs = posting.post("/v1/post", content=raw[:-1] + b',"enrolment":"somebody"}')

    told = msgspec.json.decode(mine.content, type=PostAnswer)
    assert isinstance(told, Posted)
    assert (theirs.status_code, theirs.json()["code"]) == (401, "not_enrolled")
