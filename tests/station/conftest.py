"""What more than one file of this folder begins with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.bench import TestBench


@pytest.fixture
def packing(tmp_path: Path) -> Iterator[TestBench]:
    """A. Novak has opened ORD-48213: two mugs, three trays and a towel."""
    made = TestBench(tmp_path)
    made.sign_in()
    made.scan("ORD-48213")
    yield made
    made.book.close()
