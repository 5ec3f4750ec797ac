"""The wire as it was frozen: whoever changes it sees it here first.

A station of today talks to a ledger of next year, and what it recorded is read for ever. If a
change is meant and additive (a new message, an optional field), freeze anew with
`python -m tools.freeze_contract`; if it is not additive, it needs a new version of the contract.
"""

import json
from typing import Any

import msgspec
import pytest

from app.contract.codec import canonical, read_operation
from app.contract.messages import Operation, Request
from tests.contract.examples import example, message_types
from tools.freeze_contract import FILES, GOLDEN, frozen


def _golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_nothing_has_changed_since_it_was_frozen(name: str) -> None:
    now, before = json.loads(json.dumps(frozen()[name])), _golden(name)

    changed = sorted(key for key in now.keys() | before.keys() if now.get(key) != before.get(key))

    assert not changed, f"{name}: {changed} differ; see the docstring of this file"


@pytest.mark.parametrize("name", message_types())
def test_frozen_bytes_are_read_as_what_they_were(name: str) -> None:
    kind = message_types()[name]

    told = msgspec.json.decode(_golden("messages.json")[name], type=kind)

    assert told == example(kind)


@pytest.mark.parametrize("name", message_types())
def test_what_a_station_sends_may_have_no_other_fields_and_answers_may_grow(name: str) -> None:
    kind = message_types()[name]
    fields = _golden("messages.json")[name]
    more = fields[:-1] + (',"later":1}' if fields.endswith("}") else ',"later"]')

    if issubclass(kind, Request):
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(more, type=kind)
    else:
        assert msgspec.json.decode(more, type=kind) == example(kind)


def test_a_frozen_operation_is_canonical_for_ever() -> None:
    raw = _golden("messages.json")["Operation"].encode()

    operation = read_operation(raw)

    assert isinstance(operation, Operation)
    assert canonical(operation) == raw
