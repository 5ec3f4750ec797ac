"""`packhouse simulate`: what it prints, and when it says that something is wrong."""

from random import Random

import pytest

from app.commands import simulate
from app.simulation import floor
from app.simulation.knobs import draw
from app.simulation.rare import STATES, Rare
from tests.engine.shop import packhouse

SORRY = "ORD-48213 was committed and is gone"


def plays(patch: pytest.MonkeyPatch, *, fails_at: int = 0, leaves_out: str = "") -> None:
    """Seeds that are played in no time."""

    def run(seed: int, **wanted: int) -> floor.Run:
        knobs = draw(Random(seed), **wanted)
        rare = Rare()
        for state in STATES:
            rare.saw(state, int(state != leaves_out))
        said = (SORRY,) if seed == fails_at else ()
        return floor.Run(seed, knobs, said, rare, operations=7, scans=9)

    patch.setattr(floor, "run", run)


def test_a_run_ends_with_how_often_each_rare_state_was_reached(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(monkeypatch)

    code = packhouse("simulate", "--seed", "5", "--seeds", "3")

    said = capsys.readouterr().out
    assert code == 0
    assert all(f"        3  {state}\n" in said for state in STATES)
    assert "3 seeds from 5: 21 operations, 27 scans, 0 seeds failed" in said


@pytest.mark.parametrize(("seeds", "code"), [(simulate.LONG - 1, 0), (simulate.LONG, 1)])
def test_a_long_run_that_never_reached_a_rare_state_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeds: int, code: int
) -> None:
    plays(monkeypatch, leaves_out="disk full")

    assert packhouse("simulate", "--seeds", seeds) == code

    told = f"Never reached in {seeds} seeds: disk full" in capsys.readouterr().out
    assert told is bool(code)


def test_without_end_the_first_seed_that_fails_ends_it_and_says_how_to_play_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(monkeypatch, fails_at=43)

    code = packhouse("simulate", "--seed", 41, "--shift", 40, "--until-stopped")

    said = capsys.readouterr().out
    assert code == 1
    assert "seed 41: 7 operations, 9 scans, ok\nseed 42: 7 operations, 9 scans, ok\n" in said
    assert f"seed 43: {SORRY}\n" in said
    assert "Play it again with: packhouse simulate --seed 43 --shift 40\n" in said
    assert "seed 44" not in said


def test_ctrl_c_tells_what_it_came_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plays(monkeypatch)
    sound = floor.run

    def run(seed: int, **named: int) -> floor.Run:
        if seed == 3:
            raise KeyboardInterrupt
        return sound(seed, **named)

    monkeypatch.setattr(floor, "run", run)

    assert packhouse("simulate", "--until-stopped") == 0
    assert "2 seeds from 1: 14 operations" in capsys.readouterr().out
