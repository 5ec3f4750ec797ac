"""Putting every promise to one floor, and telling what came of each."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from app.conformance.floor import Floor
from app.conformance.registry import Promise, promises
from app.errors import Fault, PackhouseError


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one promise.

    Attributes:
        promise: The promise.
        state: `kept`, `broken` or `skipped`.
        why: Why it is broken or skipped.
    """

    promise: Promise
    state: str
    why: str = ""


def run(floor: Floor, stations: int) -> Iterator[Verdict]:
    """Put every promise to the floor, one after another.

    Args:
        floor: The ledger under test.
        stations: How many stations it can enrol.

    Raises:
        Fault: Python runs without assertions, and every promise would look kept.
    """
    if not __debug__:
        raise Fault("The conformance suite cannot run with python -O: it would see nothing.")
    for one in promises():
        missing = _missing(one, floor, stations)
        yield Verdict(one, "skipped", missing) if missing else _judge(one, floor)


def _missing(one: Promise, floor: Floor, stations: int) -> str:
    if one.office and floor.office is None:
        return "needs the administrator's side"
    if one.served and not floor.url:
        return "is about HTTP"
    if one.stations > stations:
        return f"needs {one.stations} stations"
    return ""


def _judge(one: Promise, floor: Floor) -> Verdict:
    try:
        one.keep(floor)
    except (AssertionError, PackhouseError) as error:
        return Verdict(one, "broken", _where(error))
    except Exception as error:  # noqa: BLE001 - a ledger may break in any way; the others go on
        return Verdict(one, "broken", _where(error))
    return Verdict(one, "kept")


def _where(error: BaseException) -> str:
    """The line of the promise that did not hold, and what was said."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error) or type(error).__name__
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno}: {frame.line} ({said})"
