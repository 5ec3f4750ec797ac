"""SHA-256 of every file of the package, in the form `sha256sum --check` reads.

python -m tools.checksums dist
"""

import hashlib
import sys
from pathlib import Path

NAME = "SHA256SUMS"


def lines(folder: Path) -> list[str]:
    """One line a file, in the order of their paths; links are followed."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != NAME)
    found = []
    for path in sorted(files):
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        found.append(f"{digest}  {path.relative_to(folder).as_posix()}")
    return found


def main(folder: Path) -> None:
    """Write them beside what they are of."""
    found = lines(folder)
    (folder / NAME).write_text("\n".join(found) + "\n", encoding="utf-8")
    print(f"{folder / NAME}: {len(found)} files")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
