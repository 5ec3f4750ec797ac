"""`packhouse simulate`: the whole floor from a seed; exit code 0 only if every invariant holds."""

import argparse
import sys
from collections.abc import Iterable
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.simulation.floor import Run

# Beyond this a person wonders whether it still works.
PROGRESS_S = 1.0
# A seed that fails may break many promises at once; the first few tell the story.
SHOWN = 10
# So many seeds reach every rare state: a run as long that never did proves less than it says.
LONG = 200


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
        "--until-stopped",
        action="store_true",
        help="count up without end, a line a seed; the first that fails ends it",
    )
    parser.add_argument(
        "--days", type=_count, default=0, metavar="D", help="shifts played; drawn when not given"
    )
    parser.add_argument(
        "--stations", type=_count, default=0, metavar="K", help="benches; drawn when not given"
    )
    parser.add_argument(
        "--shift",
        type=_count,
        default=0,
        metavar="SECONDS",
        help="how much of each shift is played; two minutes when not given",
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

    # A thousand simulated power cuts are not news; what matters is printed below.
    logging.disable(logging.CRITICAL)
    total = _Total(chosen)
    try:
        if chosen.until_stopped:
            _until_stopped(chosen, total)
        else:
            _counted(chosen, total)
    except KeyboardInterrupt:
        # Ctrl-C is how a run without end ends; what it came to is told all the same.
        sys.stdout.write("\n")
    return total.tell(chosen.seed)


def _counted(chosen: argparse.Namespace, total: "_Total") -> None:
    told = monotonic()
    for result in _play(chosen, range(chosen.seed, chosen.seed + chosen.seeds)):
        total.add(result)
        if monotonic() - told > PROGRESS_S and total.seeds < chosen.seeds:
            told = monotonic()
            sys.stderr.write(f"{total.seeds} of {chosen.seeds} seeds, {total.failed} failed\n")


def _until_stopped(chosen: argparse.Namespace, total: "_Total") -> None:
    for result in _play(chosen, count(chosen.seed)):
        total.add(result)
        held = "failed" if result.violations else "ok"
        sys.stdout.write(
            f"seed {result.seed}: {result.operations} operations, {result.scans} scans, {held}\n"
        )
        sys.stdout.flush()
        if result.violations:
            return


def _play(chosen: argparse.Namespace, seeds: Iterable[int]) -> "Iterable[Run]":
    from app.simulation.floor import run as play

    for seed in seeds:
        yield play(seed, stations=chosen.stations, days=chosen.days, shift_s=chosen.shift)


class _Total:
    """What all seeds of a run came to."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        from app.simulation.rare import Rare

        self.seeds = self.failed = 0
        self._operations = self._scans = 0
        self._rare = Rare()
        self._began = monotonic()
        wanted = {name: getattr(chosen, name) for name in ("stations", "days", "shift")}
        self._again = "".join(f" --{name} {value}" for name, value in wanted.items() if value)

    def add(self, result: "Run") -> None:
        """One more seed."""
        self.seeds += 1
        self.failed += bool(result.violations)
        self._operations += result.operations
        self._scans += result.scans
        self._rare.add(result.rare)
        _complain(result, self._again)

    def tell(self, first: int) -> int:
        """How often each rare state was reached, and the sums; the exit code."""
        for state, times in self._rare.table():
            sys.stdout.write(f"{times:9,}  {state}\n")
        sys.stdout.write(
            f"{self.seeds} seeds from {first}: {self._operations} operations, {self._scans} scans, "
            f"{self.failed} seeds failed, {monotonic() - self._began:.1f} s\n"
        )
        never = self._rare.missing() if self.seeds >= LONG else []
        if never:
            sys.stdout.write(f"Never reached in {self.seeds} seeds: {', '.join(never)}\n")
        return 1 if self.failed or never else 0


def _complain(result: "Run", again: str) -> None:
    for sentence in result.violations[:SHOWN]:
        sys.stdout.write(f"seed {result.seed}: {sentence}\n")
    more = len(result.violations) - SHOWN
    if more > 0:
        sys.stdout.write(f"seed {result.seed}: and {more} more\n")
    if result.violations:
        sys.stdout.write(
            f"seed {result.seed}: {result.knobs}\n"
            f"Play it again with: packhouse simulate --seed {result.seed}{again}\n"
        )
