"""`python -m bench [NAME…]`: measure all groups, or those named, print and keep the figures.

Only when named, because they take long: `many_stations` and `week_offline` (and the peers).
"""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module

from bench.rows import Row, line, write

GROUPS = (
    "scan",
    "window",
    "startup",
    "ledger",
    "ledger_profile",
    "ledger_tls",
    "ledger_growth",
    "ledger_fanout",
    "sync",
    "memory",
    "unlock",
    "boards",
    "reports",
)


def main(names: list[str]) -> int:
    """Measure group by group; a group that fails is told and the others still run."""
    failed = []
    for name in names or GROUPS:
        print(f"--- {name}", flush=True)
        try:
            measure: Callable[[], Iterable[Row]] = import_module(f"bench.{name}").measure
            for row in measure():
                print(line(row), flush=True)
                write([row])
        except Exception as error:  # noqa: BLE001 - one group's trouble must not hide the others
            print(f"{name}: not measured: {error!r}", flush=True)
            failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
