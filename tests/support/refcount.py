"""Counts the references to None, True and False that a piece of code takes and never gives back."""

import sys
from collections.abc import Callable

# Objects everyone shares. Before Python 3.12 they die like any other when their count reaches zero.
SHARED = (None, True, False)
# True dies after some 570 lost references, and the process with it: look more often than that.
ROUND = 100
# The interpreter's own caches move a count by a few; what loses one reference a call stands out.
SLACK = ROUND // 2


def references_lost(action: Callable[[], object], calls: int) -> dict[str, int]:
    """How far the shared objects' counts fell while *action* ran *calls* times; empty is good.

    Stops at the first round that lost some, while there is still a process to report it.
    """
    action()  # what is cached on the first call is no loss
    before = _counts()
    for _ in range(calls // ROUND):
        for _ in range(ROUND):
            action()
        now = _counts()
        lost = {name: count - now[name] for name, count in before.items()}
        if any(fell > SLACK for fell in lost.values()):
            return {name: fell for name, fell in lost.items() if fell > SLACK}
    return {}


def _counts() -> dict[str, int]:
    return {repr(shared): sys.getrefcount(shared) for shared in SHARED}
