"""Writes `everything.toml` anew: plays seeds, and counts what is reached and by whom.

    python -m tests.simulation.counted 200 [FIRST [STEP]]

Needs an hour of one core for two hundred whole seeds; what a run adds is added to what is there.
"""

import logging
import sys
from collections import Counter, defaultdict

from app.simulation.floor import run
from tests.simulation.everything import TABLE, played, there_is
from tests.simulation.reach import Touched, watched


def count(seeds: range, shift_s: int = 0) -> Touched:
    """What so many seeds reach."""
    touched: Touched = Counter()
    for seed in seeds:
        with watched() as seen:
            run(seed, shift_s=shift_s)
        touched.update(seen)
    return touched


def by_whom(touched: Touched) -> dict[str, str]:
    """Of each name that there is the module that does it most."""
    most: dict[str, Counter[str]] = defaultdict(Counter)
    for (name, who), times in touched.items():
        most[name][who] += times
    return {name: most[name].most_common(1)[0][0] for name in sorted(there_is() & most.keys())}


def write(told: dict[str, str]) -> None:
    """The table, one part after the other."""
    parts: dict[str, list[str]] = defaultdict(list)
    for name, who in sorted(told.items()):
        what, _, rest = name.partition(" ")
        parts[what].append(f'"{rest}" = "{who}"')
    text = "\n".join("\n".join((f"[{what}]", *lines, "")) for what, lines in parts.items())
    TABLE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    until, first, step = (int(said) for said in [*sys.argv[1:], "0", "1"][:3])
    before = played() if TABLE.exists() else {}
    kept = {name: who for name, who in before.items() if name in there_is()}
    write(kept | by_whom(count(range(first, until, step))))
