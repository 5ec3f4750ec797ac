"""The restore drill: a served ledger loses an hour and gets it back from its stations.

Real parts: the ledger over HTTP, two stations with book, thread and sync, a backup taken while they
work, a restore by the same code as `packhouse ledger restore`. `make drill` prints the report; the
tests run the same and insist that it ends in `differences = []`.
"""

import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlite

from app.clock import SystemClock
from app.contract.messages import ItemRow, LocationRow, OutcomeRow, feed_body
from app.domain.operation import Kind
from app.ledger import archive, backup, setup
from app.ledger.clock import SystemIds
from app.ledger.database import FILE_NAME, Database
from app.ledger.service import LedgerService
from app.ledger.web.server import ServerThread
from tests.support.synced import DOCK, MUG, SITE, SyncedBench, eventually
from tools.local_postgres import LocalPostgres

STATIONS = ("Bench 4", "Bench 5")
# Operations of each station before the backup and in the hour after it.
BEFORE, AFTER = 60, 40
# Every station back in step; a few seconds, more on a machine that does other things, too.
REFILL_S = 60.0
# Differences told one by one; one is enough to fail.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class State:
    """What a ledger holds, as its own database says.

    Attributes:
        posted: How often each operation has an outcome row in the feed.
        operations: Ids it holds.
        balances: Quantity by stock key, zeros left out.
        feed: Numbers of the feed's rows, in order.
        witnessed: Events in which stations say that the ledger denied what it had signed.
    """

    posted: Counter[str]
    operations: frozenset[str]
    balances: dict[tuple[str, ...], int]
    feed: tuple[int, ...]
    witnessed: int = 0

    @property
    def units(self) -> int:
        """Mugs at the dock."""
        return sum(n for key, n in self.balances.items() if key[:2] == (DOCK, MUG))


@dataclass(slots=True)
class Report:
    """A drill, told."""

    title: str
    states: dict[str, State] = field(default_factory=dict)
    refilled_s: float = 0.0
    differences: list[str] = field(default_factory=list)

    def told(self) -> str:
        """As a person reads it."""
        rows: dict[str, Callable[[State], int]] = {
            "operations": lambda state: len(state.operations),
            "feed rows": lambda state: len(state.feed),
            "units at the dock": lambda state: state.units,
            "denials witnessed": lambda state: state.witnessed,
        }
        lines = [self.title, " " * 20 + "".join(f"{name:>12}" for name in self.states)]
        lines += [
            f"{what:20}" + "".join(f"{count(state):>12}" for state in self.states.values())
            for what, count in rows.items()
        ]
        lines.append(f"every station in step again after {self.refilled_s:.1f} s")
        lines.append(f"differences = {self.differences[:SHOWN]}")
        if len(self.differences) > SHOWN:
            lines.append(f"… and {len(self.differences) - SHOWN} more")
        return "\n".join(lines)


class Place(Protocol):
    """Where a ledger lies, and how it is brought back there."""

    def open(self) -> Database:
        """Open it."""
        ...

    def back_up(self) -> Path:
        """Take a backup while it is served."""
        ...

    def restore(self, copy: Path) -> None:
        """Bring it back as Packhouse does: with a new epoch."""
        ...

    def restore_by_hand(self, copy: Path) -> None:
        """Bring it back by other means, and tell nobody at first."""
        ...


class InFolder:
    """An embedded ledger.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "ledger"
        self._copies = folder

    def open(self) -> Database:
        """Open it."""
        return Database.in_folder(self._folder)

    def back_up(self) -> Path:
        """Take a backup while it is served; and one with SQLite's own means, beside it."""
        with sqlite.connect(str(self._folder / FILE_NAME)) as shell:
            shell.execute("VACUUM INTO ?", (str(self._copies / "by-hand.sqlite"),))
        shell.close()
        return backup.back_up(self._folder, self._copies / "backup.sqlite", SystemClock()).path

    def restore(self, copy: Path) -> None:
        """As `packhouse ledger restore`."""
        backup.restore(self._folder, copy, SystemClock(), SystemIds())

    def restore_by_hand(self, copy: Path) -> None:
        """Put the other copy there."""
        for old in self._folder.glob(f"{FILE_NAME}*"):
            old.unlink()
        copy.with_name("by-hand.sqlite").rename(self._folder / FILE_NAME)


class OnPostgres:
    """A ledger on PostgreSQL; comes back in another database of the same server.

    Args:
        server: Running.
        folder: For archives.
    """

    def __init__(self, server: LocalPostgres, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._url = server.create_database()

    def open(self) -> Database:
        """Open it."""
        return Database(self._url)

    def back_up(self) -> Path:
        """Archive it while it is served."""
        database = self.open()
        try:
            return archive.back_up(database, self._folder / "backup.dump").path
        finally:
            database.close()

    def restore(self, copy: Path) -> None:
        """As `packhouse ledger restore`."""
        self._url = self._server.create_database()
        archive.restore(self._url, copy, SystemIds())

    def restore_by_hand(self, copy: Path) -> None:
        """With pg_restore, and nobody says `packhouse ledger restored`."""
        self._url = self._server.create_database()
        program = archive.find_program("pg_restore")
        archive.run([program, "--no-owner", "--no-privileges", str(copy)], self._url)


class Drill:
    """One ledger, served on one port, and two stations.

    Args:
        place: Where the ledger lies.
        folder: For the stations' books.
    """

    def __init__(self, place: Place, folder: Path) -> None:
        self._place = place
        self._port = 0
        self._worked = 0
        service = LedgerService(place.open())
        service.add_site(SITE, company_prefix="4012345")
        service.imports.items([ItemRow(sku=MUG, name="Enamel mug, blue 350 ml")])
        service.imports.locations([LocationRow(site=SITE, location=DOCK, kind="dock")])
        codes = [service.identity.add_station(SITE, name).code for name in STATIONS]
        service.close()
        self.come_up()
        self.benches = [
            SyncedBench(folder / name, self._server.url, code)
            for name, code in zip(STATIONS, codes, strict=True)
        ]
        for bench in self.benches:
            bench.start_sync()

    def come_up(self) -> None:
        """Serve what is there."""
        self._service = LedgerService(self._place.open())
        self._server = ServerThread(self._service, port=self._port)
        self._port = int(self._server.start().rpartition(":")[2])

    def go_down(self) -> None:
        """Stop serving."""
        self._server.stop()
        self._service.close()

    def wait_for_offline(self) -> None:
        """Until every station has noticed."""
        assert eventually(lambda: all(b.desk.links[-1] == "offline" for b in self.benches))

    def wait_for_refused(self) -> None:
        """Until every station refuses it: an unannounced past cannot be told from an edited one."""
        self.sync_now()
        assert eventually(lambda: all(b.desk.links[-1] == "refused" for b in self.benches))

    def announce(self) -> None:
        """As `packhouse ledger restored`."""
        self.go_down()
        database = self._place.open()
        setup.new_epoch(database, SystemIds())
        database.close()
        self.come_up()

    def sync_now(self) -> None:
        """Somebody presses it at every station; else they come back one by one within seconds."""
        for bench in self.benches:
            if bench.sync is not None:
                bench.sync.link_up()

    def work(self, count: int) -> None:
        """Every station receives `count` times one mug; until the ledger has confirmed it."""
        for bench in self.benches:
            bench.receive_many(count)
            self._worked += count
        self.wait_for_all()

    def wait_for_all(self) -> None:
        """Until the ledger has every station's every operation, and all see the same of it."""

        def in_step() -> bool:
            recorded = sum(sum(bench.transports().values()) for bench in self.benches)
            return self._held() == recorded and all(
                bench.confirmed() and bench.at_dock() == self._worked and self._follows(bench)
                for bench in self.benches
            )

        assert eventually(in_step, REFILL_S), (
            self._worked,
            self._held(),
            [(bench.transports(), bench.at_dock()) for bench in self.benches],
        )

    def _held(self) -> int:
        with self._service.database.read() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM operation")).scalar_one())

    def _follows(self, bench: SyncedBench) -> bool:
        """Whether a station stands in this ledger's history."""
        return bench.store.position().epoch == self._service.hello().epoch

    def state(self) -> State:
        """What the ledger's database holds now."""
        database = self._place.open()
        with database.read() as connection:
            rows = connection.execute(sa.text("SELECT seq, body FROM feed ORDER BY seq")).all()
            told = [feed_body.decode(row.body) for row in rows]
            keys = "location, item, lot, serial, condition"
            balances = connection.execute(
                sa.text(f"SELECT {keys}, quantity FROM balance WHERE quantity <> 0")
            ).all()
            kinds = connection.execute(sa.text("SELECT id, kind FROM operation")).all()
            witnessed = frozenset(row.id for row in kinds if row.kind == Kind.EVENT)
            outcomes = (row.id for row in told if isinstance(row, OutcomeRow))
            found = State(
                posted=Counter(id_ for id_ in outcomes if id_ not in witnessed),
                operations=frozenset(row.id for row in kinds) - witnessed,
                witnessed=len(witnessed),
                balances={tuple(row[:-1]): row[-1] for row in balances},
                feed=tuple(row.seq for row in rows),
            )
        database.close()
        return found

    def close(self) -> None:
        """Stop everything."""
        for bench in self.benches:
            bench.close()
        self.go_down()


def run(title: str, place: Place, folder: Path, *, announced: bool) -> Report:
    """Work, back up, work on, lose the ledger, restore it, and let the stations refill it."""
    report = Report(f"{title}, {'announced' if announced else 'announced late'}")
    drill = Drill(place, folder)
    try:
        drill.work(BEFORE)
        copy = place.back_up()
        report.states["backup"] = drill.state()
        drill.work(AFTER)
        report.states["before"] = drill.state()
        drill.go_down()
        drill.wait_for_offline()
        if announced:
            place.restore(copy)
        else:
            place.restore_by_hand(copy)
        report.states["restored"] = drill.state()
        drill.come_up()
        if not announced:
            drill.wait_for_refused()
            drill.announce()
        began = time.monotonic()
        drill.sync_now()
        drill.wait_for_all()
        report.refilled_s = time.monotonic() - began
        report.states["refilled"] = drill.state()
        report.differences = list(differences(report.states["before"], report.states["refilled"]))
    finally:
        drill.close()
    return report


def differences(before: State, after: State) -> Iterator[str]:
    """What is not as it was; the order of the feed may be another, nothing else."""
    yield from (f"missing: {id_}" for id_ in sorted(before.operations - after.operations))
    yield from (f"invented: {id_}" for id_ in sorted(after.operations - before.operations))
    yield from (f"told {n} times: {id_}" for id_, n in after.posted.items() if n != 1)
    for key in sorted(before.balances.keys() | after.balances.keys()):
        was, now = before.balances.get(key, 0), after.balances.get(key, 0)
        if was != now:
            yield f"balance of {key}: {was} before, {now} now"
    if after.feed != tuple(range(1, len(after.feed) + 1)):
        yield "the feed has a hole"


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def main() -> int:
    """Both engines, both ways; exit code 1 if anything differs."""
    logging.disable(logging.WARNING)  # losing the ledger is the point
    reports: list[Report] = []
    with LocalPostgres() as server:
        for announced in (True, False):
            with _folder() as folder:
                reports.append(run("SQLite", InFolder(folder), folder, announced=announced))
            with _folder() as folder:
                place = OnPostgres(server, folder)
                reports.append(run("PostgreSQL", place, folder, announced=announced))
    for report in reports:
        print(report.told(), end="\n\n")
    return int(any(report.differences for report in reports))


if __name__ == "__main__":
    sys.exit(main())
