"""Everything that can be done is played, or stands on the list of what is not, with its reason."""

from pathlib import Path

import pytest

from app.simulation.knobs import Knobs
from app.simulation.rare import STATES
from tests.simulation.everything import FAULTS, SIZES, played, there_is
from tests.simulation.not_played import NOT_PLAYED, PROVEN, READ, reason

ROOT = Path(__file__).parents[2]


def test_everything_there_is_is_played_or_said_not_to_be() -> None:
    """A new kind, page, trigger, card, message, event or call of the ledger fails this."""
    told = {*played(), *NOT_PLAYED}

    assert sorted(there_is() - told) == [], "neither played nor said why not"
    assert sorted(set(told) - there_is()) == [], "there is no such thing any more"


def test_nothing_is_said_to_be_both() -> None:
    assert sorted(played().keys() & set(NOT_PLAYED)) == []


def test_whoever_plays_something_is_a_module_of_the_simulation() -> None:
    there = {path.stem for path in (ROOT / "app" / "simulation").glob("*.py")}

    assert sorted(set(played().values()) - there) == []


def test_every_fault_has_a_state_that_shows_it_was_met() -> None:
    knobs = set(Knobs.__dataclass_fields__)

    assert sorted(knobs - FAULTS.keys() - SIZES) == []
    assert sorted((FAULTS.keys() | SIZES) - knobs) == []
    assert sorted(set(FAULTS.values()) - set(STATES)) == []


@pytest.mark.parametrize("path", sorted(set(PROVEN.values())))
def test_what_another_test_proves_is_proven_there(path: str) -> None:
    assert (ROOT / path).is_file()


def test_the_list_of_what_is_not_played_gives_reasons() -> None:
    assert all(reason(name) for name in NOT_PLAYED)
    assert all(name.startswith("ledger ") for name in READ)
