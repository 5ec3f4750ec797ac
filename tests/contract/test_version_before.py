"""What stations of the version before send is read as what they meant, and they read our answers.

The golden files of `golden/v1` were frozen before protocol 2 and are never frozen anew.
"""

import json
from typing import Any

import msgspec
import pytest

from app.contract.codec import canonical, read_operation
from app.contract.messages import Operation, Request
from tests.contract.examples import example, message_types
from tools.freeze_contract import GOLDEN, frozen

V1 = GOLDEN / "v1"


def _v1(name: str) -> Any:
    return json.loads((V1 / name).read_text(encoding="utf-8"))


def _now(name: str) -> Any:
    return json.loads(json.dumps(frozen()[name]))


MESSAGES = sorted(_v1("messages.json"))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_of_version_1_is_read_as_it_was_meant(name: str) -> None:
    kind = message_types()[name]
    said = json.loads(_v1("messages.json")[name])

    read = msgspec.json.decode(_v1("messages.json")[name], type=kind)

    assert _within(said, json.loads(msgspec.json.encode(read)))


@pytest.mark.parametrize("name", MESSAGES)
def test_what_version_1_knew_of_a_message_is_still_in_it(name: str) -> None:
    """A field that was there is there, and a request asks for no field that was not."""
    before = _v1("schema.json")["messages"][name]
    now = _now("schema.json")["messages"][name]

    assert set(before.get("properties", {})) <= set(now.get("properties", {}))
    if issubclass(message_types()[name], Request):
        assert set(now.get("required", ())) <= set(before.get("required", ()))
    else:
        assert set(before.get("required", ())) <= set(now.get("required", ()))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_program_of_version_1_reads_what_is_answered_now(name: str) -> None:
    """It ignores fields it does not know: those it knows have the types and limits they had."""
    before = _v1("schema.json")["messages"][name].get("properties", {})
    now = _now("schema.json")["messages"][name].get("properties", {})

    assert {field: now[field] for field in before if "$ref" not in json.dumps(now[field])} == {
        field: told for field, told in before.items() if "$ref" not in json.dumps(now[field])
    }


def test_an_operation_of_version_1_keeps_its_bytes() -> None:
    raw = _v1("messages.json")["Operation"].encode()

    operation = read_operation(raw)

    assert isinstance(operation, Operation)
    assert canonical(operation) == raw


def test_hashes_and_signed_bytes_of_version_1_are_what_they_were() -> None:
    now = _now("vectors.json")

    assert {name: now[name] for name in _v1("vectors.json")} == _v1("vectors.json")


def test_every_message_has_an_example() -> None:
    assert all(example(kind) is not None for kind in message_types().values())


def _within(part: Any, whole: Any) -> bool:
    """Whether everything in `part` is in `whole`, which may have more fields."""
    match part:
        case dict():
            return all(key in whole and _within(value, whole[key]) for key, value in part.items())
        case list():
            return all(_within(one, other) for one, other in zip(part, whole, strict=True))
        case _:
            return bool(part == whole)
