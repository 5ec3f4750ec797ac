"""Progress of a command on anything over a second, where somebody looks at it."""

import sys


def shown(done: int, total: int) -> None:
    """`12000 of 200000 rows` on one line of a terminal; nothing into a file or a pipe."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total} rows" + ("\n" if done >= total else ""))


def counted(done: int) -> None:
    """The same where nobody knows how many there will be."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} rows")
