"""A ledger with a day's work in it, and the command line without processes or windows."""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import sqlalchemy as sa

from app.commands.main import Windows, main
from app.conformance.probe import Probe, moved
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, enrolled, stocked
from tests.support import prepared


def packhouse(*arguments: object) -> int:
    """Run a command; its exit code."""
    return main([str(argument) for argument in arguments], _NO_WINDOWS)


def _no_window(*_: object) -> NoReturn:
    raise AssertionError("no command of the ledger opens a window")


_NO_WINDOWS = Windows(*(_no_window,) * 6)


class Shop:
    """A stocked ledger and one station that moves mugs.

    Args:
        database: Empty.
    """

    def __init__(self, database: Database) -> None:
        self.service = stocked(LedgerService(database))
        self.station = enrolled(self.service, "PACK-01")

    def work(self, count: int = 5) -> None:
        """Move mugs, one at a time."""
        first = len(self.station.sent) + 1
        for _ in range(count):
            self.station.record(
                self.station.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1"))
            )
        assert {result.outcome for result in self.station.post(first)} == {"posted"}

    def close(self) -> None:
        self.service.close()


def in_folder(folder: Path) -> Shop:
    """A shop on SQLite."""
    return Shop(prepared.ledger(folder))


def ids(database: Database) -> list[str]:
    """Every operation, in the order of the feed."""
    with database.read() as connection:
        return list(
            connection.execute(
                sa.text("SELECT id FROM operation ORDER BY site_n, feed_seq")
            ).scalars()
        )


def epoch(database: Database) -> str:
    """The epoch as the database has it."""
    with database.read() as connection:
        return str(
            connection.execute(sa.text("SELECT value FROM meta WHERE name = 'epoch'")).scalar_one()
        )


def sends_again(station: Probe, service: LedgerService, sent: Sequence[object]) -> list[str]:
    """What a station does that was told of a new epoch: all it has, from the start."""
    station.ledger = service.as_seen_by(station.who.enrolment)
    station.epoch, station.cursor, station.chain = epoch(service.database), 0, ""
    assert len(sent) == len(station.sent)
    return [result.outcome for result in station.post()]
