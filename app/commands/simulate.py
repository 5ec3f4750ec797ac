"""`packhouse simulate`: the whole floor from a seed; exit code 0 only if every invariant holds."""

import argparse
import sys
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.simulation.floor import Run

# Beyond this a person wonders whether it still works.
PROGRESS_S = 1.0
# A seed that fails may break many promises at once; the first few tell the story.
SHOWN = 10


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "simulate",
        help="the whole floor from a seed; fails if any invariant does",
        epilog="packhouse simulate --seed 7 --seeds 100",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the first seed")
    parser.add_argument(
        "--seeds", type=_count, default=1, metavar="COUNT", help="how many, counted up"
    )
    parser.add_argument(
        "--days", type=_count, default=0, metavar="D", help="shifts played; drawn when not given"
    )
    parser.add_argument(
        "--stations", type=_count, default=0, metavar="K", help="benches; drawn when not given"
    )
    parser.set_defaults(handler=run)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return number


def run(chosen: argparse.Namespace) -> int:
    """Play the seeds; the table of rare states, and what did not hold."""
    import logging

    from app.simulation.floor import run as play
    from app.simulation.rare import Rare

    # A thousand simulated power cuts are not news; what matters is printed below.
    logging.disable(logging.CRITICAL)
    rare, failed, operations, scans = Rare(), 0, 0, 0
    began = told = monotonic()
    for place, seed in enumerate(range(chosen.seed, chosen.seed + chosen.seeds), 1):
        result = play(seed, stations=chosen.stations, days=chosen.days)
        rare.add(result.rare)
        operations += result.operations
        scans += result.scans
        failed += bool(result.violations)
        _complain(result)
        if monotonic() - told > PROGRESS_S and place < chosen.seeds:
            told = monotonic()
            sys.stderr.write(f"{place} of {chosen.seeds} seeds, {failed} failed\n")
    for state, times in rare.table():
        sys.stdout.write(f"{times:9,}  {state}\n")
    sys.stdout.write(
        f"{chosen.seeds} seeds from {chosen.seed}: {operations} operations, {scans} scans, "
        f"{failed} seeds failed, {monotonic() - began:.1f} s\n"
    )
    return 1 if failed else 0


def _complain(result: "Run") -> None:
    for sentence in result.violations[:SHOWN]:
        sys.stdout.write(f"seed {result.seed}: {sentence}\n")
    more = len(result.violations) - SHOWN
    if more > 0:
        sys.stdout.write(f"seed {result.seed}: and {more} more\n")
    if result.violations:
        sys.stdout.write(
            f"seed {result.seed}: {result.knobs}\n"
            f"Play it again with: packhouse simulate --seed {result.seed}\n"
        )
