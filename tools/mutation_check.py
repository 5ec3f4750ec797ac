"""`make mutations`: every planted bug, how many seeds until it is caught, and on which schedule.

The test of the simulation. Seeds are short and counted up from 0, and nothing is remembered of
earlier searches; what chance does not find must be caught by the schedule made for it.
"""

import argparse
import logging
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from app.simulation.floor import run
from tests.simulation.mutations import BY_CHANCE, DIRECTED, SELDOM, Schedule, seeds_for
from tests.simulation.planted import Plant, planted
from tests.simulation.seeds import SHORT_S


def main(arguments: list[str] | None = None) -> int:
    """Look for each; 0 if all were caught."""
    parser = argparse.ArgumentParser(prog="mutation_check", description="The test of the test.")
    parser.add_argument("--seeds", type=int, default=100, help="given up after so many")
    parser.add_argument("names", nargs="*", help="these bugs only")
    chosen = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)
    schedules = dict(reversed(DIRECTED))
    survived = []
    sys.stdout.write("| planted bug | seeds until caught | on purpose |\n|---|---|---|\n")
    for plant in dict.fromkeys((*BY_CHANCE, *SELDOM, *schedules)):
        if chosen.names and plant.__name__ not in chosen.names:
            continue
        seeds = _by_chance(plant, chosen.seeds)
        played = _on_purpose(plant, schedules[plant]) if plant in schedules else None
        if not seeds and not played:
            survived.append(plant.__name__)
        sys.stdout.write(
            f"| {_told(plant)} | {seeds or f'over {chosen.seeds}'} | {played or ''} |\n"
        )
        sys.stdout.flush()
    sys.stdout.write(f"Survived: {', '.join(survived) or 'none'}\n")
    return 1 if survived else 0


def _told(plant: Plant) -> str:
    return f"`{plant.__name__}`: {(plant.__doc__ or '').splitlines()[0]}"


def _by_chance(plant: Plant, most: int) -> int:
    """How many seeds were played until one did not hold; 0: none of them."""
    with planted(plant):
        for place, seed in enumerate(islice(seeds_for(plant), most), 1):
            if run(seed, shift_s=SHORT_S).violations:
                return place
    return 0


def _on_purpose(plant: Plant, schedule: Schedule) -> str:
    """The name of the schedule, and how long it took; nothing if the bug survived it."""
    began = monotonic()
    with TemporaryDirectory() as folder, planted(plant):
        caught = schedule(Path(folder))
    return f"{schedule.__name__}, {monotonic() - began:.1f} s" if caught else ""


if __name__ == "__main__":
    sys.exit(main())
