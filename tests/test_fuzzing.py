"""What `make fuzz` aims at still aims; a few thousand inputs of it, without its library."""

from random import Random

import pytest

from tools.fuzzing.targets import TARGETS, check

INPUTS = 150


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
