"""The whole floor from many seeds: nothing is lost and nothing counts twice."""

import json
from pathlib import Path

import pytest

from app.simulation.floor import Run, run
from app.simulation.rare import WANTED, Rare
from tests.simulation import everything
from tests.simulation.reach import watched
from tests.simulation.seeds import CHUNKS, FOUND, LONG_CHUNKS, SHORT_S

# What tours alone reach for certain.
TOURED = frozenset({"event LogAsked"})

pytestmark = pytest.mark.slow


def explained(result: Run) -> str:
    """What a failing seed should say."""
    again = f"--seed {result.seed} --shift {result.knobs.shift_ms // 1000}"
    return "\n".join((f"packhouse simulate {again}: {result.knobs}", *result.violations[:10]))


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of one run see."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "rare-states"
    folder.mkdir(exist_ok=True)
    return folder


def played(seeds: tuple[int, ...], shift_s: int = 0) -> Rare:
    """Play seeds, each without a violation; what rare states they reached."""
    rare = Rare()
    for seed in seeds:
        result = run(seed, shift_s=shift_s)
        rare.add(result.rare)
        assert not result.violations, explained(result)
    return rare


@pytest.mark.parametrize("chunk", range(len(CHUNKS)))
def test_every_invariant_holds_on_every_seed(chunk: int) -> None:
    played(CHUNKS[chunk], SHORT_S)


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(len(LONG_CHUNKS)))
def test_two_hundred_seeds_reach_every_rare_state(chunk: int, shared: Path) -> None:
    with watched() as touched:
        rare = played(LONG_CHUNKS[chunk])

    told = shared / f"{chunk}.json"
    names = sorted({name for name, _ in touched})
    told.with_suffix(".new").write_text(json.dumps([dict(rare.table()), names]))
    told.with_suffix(".new").rename(told)
    _hold_against_all(shared)


def _hold_against_all(shared: Path) -> None:
    """Whoever comes last sees all tallies: a rare state that no seed reached fails the run.

    So does a kind, a page, a card or a call that is said to be played and was not.
    """
    tallies = [json.loads(path.read_text()) for path in sorted(shared.glob("*.json"))]
    if len(tallies) < len(LONG_CHUNKS):
        return
    never = [state for state in WANTED if not any(rare[state] for rare, _ in tallies)]
    assert not never, f"two hundred seeds never reached: {never}"
    reached = {name for _, names in tallies for name in names}
    said = {name for name in everything.played() if not name.startswith("trigger ")}
    assert said - reached <= TOURED, "said to be played, and was not"


@pytest.mark.parametrize(("seed", "shift_s", "bug"), FOUND)
def test_seeds_that_once_found_a_bug_stay_clean(seed: int, shift_s: int, bug: str) -> None:
    result = run(seed, shift_s=shift_s)

    assert not result.violations, f"{bug}\n{explained(result)}"
