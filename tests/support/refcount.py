"""Counts the references to None, True and False that a piece of code takes and never gives back."""

import sys
from collections.abc import Callable

# Objects everyone shares. Before Python 3.12 they die like any other when their count reaches zero.
SHARED = (None, True, False)


def references_lost(action: Callable[[], object], calls: int) -> dict[str, int]:
    """How far the shared objects' counts fell while *action* ran *calls* times; empty is good.

    A few may move for reasons of the interpreter's own; what loses one reference a call stands out.
    """
    action()  # what is cached on the first call is no loss
    before = [sys.getrefcount(shared) for shared in SHARED]
    for _ in range(calls):
        action()
    lost = [count - sys.getrefcount(shared) for shared, count in zip(SHARED, before, strict=True)]
    return {
        repr(shared): fell for shared, fell in zip(SHARED, lost, strict=True) if fell > calls // 100
    }
