"""What a bench recorded, read from its book."""

import msgspec

from app.contract.messages import Operation
from tests.support.bench import TestBench


def operations_of(bench: TestBench) -> list[Operation]:
    """Every operation, in order."""
    with bench.book.reader.connect() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM operation ORDER BY n").scalars().all()
    return [msgspec.json.decode(body, type=Operation) for body in bodies]


def events_of(bench: TestBench) -> list[Operation]:
    """Operations that are audit events."""
    return [body for body in operations_of(bench) if body.kind == "event"]
