"""`python -m tools.fuzzing.one NAME SECONDS`: one target, until time is up or it found a bug."""

import sys
from pathlib import Path

import atheris

# What the readers consist of; what they stand on has been fuzzed by others.
with atheris.instrument_imports(include=["app"]):
    from tools.fuzzing.targets import TARGETS, check

OUT = Path(__file__).resolve().parents[2] / "out" / "fuzz"
# An input larger than this is only slower, not stranger; readers' own limits are tested elsewhere.
MOST_BYTES = 4_096
# A single input that takes so long is a bug as well.
HANG_S = 10


def main(name: str, seconds: str) -> None:
    """Never returns: libFuzzer ends the process."""
    target, folder = TARGETS[name], OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (folder / f"seed-{number}").write_bytes(seed)
    limits = [f"-max_total_time={seconds}", f"-max_len={MOST_BYTES}", f"-timeout={HANG_S}"]
    found = [f"-artifact_prefix={folder}/found-", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], str(folder), *limits, *found], lambda data: check(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
