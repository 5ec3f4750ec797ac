"""Trouble with what a person asked once and waits for, told as it is for them."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import Trouble
from app.sync.sentences import ONCE


@contextmanager
def asked_once() -> Iterator[None]:
    """Within it the ledger is asked for somebody who waits.

    Raises:
        Trouble: The same that was met, in words that fit.
    """
    try:
        yield
    except Trouble as trouble:
        trouble.say = ONCE.get(trouble.say, trouble.say)
        raise
