"""What `make fuzz` aims at still aims; a few thousand inputs of it, without its library."""

from importlib import import_module
from inspect import getmembers, isclass, isfunction
from pkgutil import iter_modules
from random import Random
from types import ModuleType

import pytest

import app.devices.protocols
import app.importing
from app.contract.messages import Edited, Hello, NewKey, Token
from app.devices.protocols.line_scanner import LineScanner
from app.devices.protocols.mt_sics import MtSics
from app.devices.protocols.toledo_8217 import Toledo8217
from app.ledger.web.table import table
from tools.fuzzing.further import ANSWERS, QUESTIONS
from tools.fuzzing.targets import TABLES, TARGETS, check

INPUTS = 150
# Packages whose whole purpose is to read what others wrote.
IMPORTERS, PROTOCOLS = app.importing, app.devices.protocols


def _damaged(seed: bytes, chance: Random) -> bytes:
    """A seed with bytes changed, left out, doubled, or from nowhere."""
    data = bytearray(seed)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at:at] = chance.randbytes(chance.randrange(1, 9))
            case 1:
                del data[at : at + chance.randrange(1, 9)]
            case 2:
                data[at:at] = data[: chance.randrange(1, 20)]
            case _:
                data[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(data)


@pytest.mark.parametrize("name", TARGETS)
def test_every_reader_answers_or_refuses_in_words(name: str) -> None:
    target, chance = TARGETS[name], Random(name)

    for seed in target.seeds:
        check(target, seed)
        for _ in range(INPUTS):
            check(target, _damaged(seed, chance))


def test_every_importer_is_aimed_at() -> None:
    readers = {
        name.removeprefix("read_")
        for module in _modules(IMPORTERS)
        for name, _ in getmembers(module, isfunction)
        if name.startswith("read_")
    }

    # What all of them stand on.
    assert readers - {"documents", "rows", "table"} == {*TABLES}
    assert set(TABLES) <= set(TARGETS)


def test_every_protocol_of_a_device_is_aimed_at() -> None:
    decoders = {
        kind
        for module in _modules(PROTOCOLS)
        for _, kind in getmembers(module, isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "feed")
    }

    assert decoders == {LineScanner, MtSics, Toledo8217}


def test_every_answer_and_every_question_of_the_interface_is_aimed_at() -> None:
    answers = {one.type for one in ANSWERS}
    asked = {route.question for route in table() if route.question}

    assert {Token, NewKey, Edited, Hello} < answers
    assert {one.type for one in QUESTIONS} == asked


def _modules(package: ModuleType) -> list[ModuleType]:
    return [
        import_module(f"{package.__name__}.{one.name}") for one in iter_modules(package.__path__)
    ]
