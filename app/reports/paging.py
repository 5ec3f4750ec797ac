"""An iterator in pages, so that what belongs to its rows is read once a page."""

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def pages(rows: Iterator[T], size: int) -> Iterator[tuple[T, ...]]:
    """Pages of `size` rows, the last one shorter; none that is empty."""
    while page := tuple(islice(rows, size)):
        yield page
