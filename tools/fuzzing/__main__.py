"""`python -m tools.fuzzing [NAME…]`: each target for so many seconds, in a process of its own.

FUZZ_SECONDS says how long (60). What was found lies in `out/fuzz/<name>/`, and a file there is read
again first the next time.
"""

import os
import subprocess
import sys
from pathlib import Path

from tools.fuzzing.targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
SECONDS = int(os.environ.get("FUZZ_SECONDS", "60"))


def main(names: list[str]) -> int:
    """Run the targets one after the other; how many of them failed."""
    failed = []
    for name in names or TARGETS:
        command = [sys.executable, "-m", "tools.fuzzing.one", name, str(SECONDS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        said = dict(
            line.removeprefix("stat::").split(":", 1)
            for line in done.stderr.splitlines()
            if line.startswith("stat::")
        )
        runs = said.get("number_of_executed_units", "?").strip()
        print(f"{name}: {runs} inputs, {'ok' if done.returncode == 0 else 'FOUND'}", flush=True)
        if done.returncode != 0:
            failed.append(name)
            print(done.stderr[-3_000:], flush=True)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
