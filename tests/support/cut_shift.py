"""A shift to be cut short: `python -m tests.support.cut_shift FOLDER FULL|NORMAL|OFF`.

A real station on a real book packs, errs, takes back and moves. After each step, once the
tone has sounded, one line in `told` says how many operations and scans the person was told of.
"""

import sys
from pathlib import Path

from tests.support.bench import TestBench

MUG_CODE, TRAY_CODE, TOWEL_CODE = "02900000000018", "02900000000025", "02900000000049"
SHIFT = (
    *("ORD-48213", MUG_CODE, TRAY_CODE, "NO-SUCH-CODE", "CMD:ACK", TRAY_CODE),
    *("CMD:UNDO", TRAY_CODE, "CMD:PAUSE", "CMD:TASK-MOVE", "A-04-2", MUG_CODE, "CMD:QTY-3"),
    *("B-11-1", "CMD:PAUSE", "ORD-48213", MUG_CODE, TRAY_CODE, TOWEL_CODE),
)
TOLD = "told"


def main(folder: Path, synchronous: str) -> None:
    """Work, and tell what was told."""
    bench = TestBench(folder, synchronous=synchronous)
    bench.sign_in()
    with (folder / TOLD).open("w", buffering=1, encoding="ascii") as told:
        for code in SHIFT:
            bench.scan(code)
            told.write(f"{len(bench.kinds())} {len(bench.fates)}\n")
    bench.book.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
