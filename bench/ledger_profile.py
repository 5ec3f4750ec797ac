"""Where the time of one posted operation goes, phase by phase; a table, not a promise.

    python -m bench.ledger_profile [sqlite|postgresql]…

The same batches of the same mix, posted in this process by one thread, in groups of four batches of
500 as the server makes them. Each phase is charged with its own time only: wall time, and processor
time of this thread; the difference is waiting for the database and its disk. HTTP is left out: it
is what the server of `bench.ledger` uses beyond the sum here.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from app.commands.ledger_place import spare_the_collector
from app.contract import codec
from app.contract.messages import NotNow, PostBatch
from app.ledger import feed, posting
from app.ledger.database import Database
from app.ledger.reading import Reader
from app.ledger.service import LedgerService, Prepared
from app.ledger.stock import StockKeys
from app.ledger.writing import Writer
from bench.ledger_floor import Floor, Place
from bench.load import read_requests
from bench.rows import Row
from tools.local_postgres import LocalPostgres

PER_STATION = 5_000
# The first groups fill caches and prepare statements.
WARM_UP = 2

# Name of the phase: fixed, or by the table that is written.
Name = str | Callable[..., str]


def _by_table(
    _self: object, _connection: object, table: Any, *_rest: object, **_more: object
) -> str:
    return f"write {table.name}"


PHASES: tuple[tuple[Any, str, Name], ...] = (
    (posting, "lock_senders", "lock enrolments"),
    (posting, "_strangers", "check epoch and feed chain"),
    (Reader, "_read_known", "read ids"),
    (Reader, "_read_originals", "read originals"),
    (Reader, "_read_orders", "lock and read orders"),
    (Reader, "fill", "read: other"),
    (StockKeys, "lock", "lock balances"),
    (StockKeys, "_find", "find stock keys"),
    (posting, "_decide_batch", "decide, and make feed rows"),
    (feed, "append", "encode and chain the feed"),
    (Database, "insert", _by_table),
    (Database, "upsert", _by_table),
    (Database, "set_quantities", "update balance"),
    (Writer, "write", "write: other"),
    (posting, "write_heads", "write enrolments"),
)


@dataclass(slots=True)
class Spent:
    """Seconds of a phase, without the phases inside it."""

    wall: float = 0.0
    cpu: float = 0.0


@dataclass(slots=True)
class Watch:
    """Charges time to the innermost phase that is under way."""

    phases: dict[str, Spent] = field(default_factory=dict)
    _stack: list[str] = field(default_factory=list)
    _wall: float = 0.0
    _cpu: float = 0.0

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Until the end of the block, time is this phase's."""
        self._charge()
        self._stack.append(name)
        try:
            yield
        finally:
            self._charge()
            self._stack.pop()

    def clear(self) -> None:
        """Forget what was charged so far."""
        self.phases.clear()

    def _charge(self) -> None:
        wall, cpu = time.perf_counter(), time.thread_time()
        if self._stack:
            spent = self.phases.setdefault(self._stack[-1], Spent())
            spent.wall += wall - self._wall
            spent.cpu += cpu - self._cpu
        self._wall, self._cpu = wall, cpu

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Time the functions of `PHASES` until the end of the block."""
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in PHASES]
        for (owner, attribute, name), (*_, original) in zip(PHASES, before, strict=True):
            setattr(owner, attribute, self._timed(original, name))
        try:
            yield
        finally:
            for owner, attribute, original in before:
                setattr(owner, attribute, original)

    def _timed(self, original: Callable[..., Any], name: Name) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.phase(name if isinstance(name, str) else name(*arguments, **named)):
                return original(*arguments, **named)

        return timed


def profile(place: Place, per_station: int) -> tuple[dict[str, Spent], int]:
    """Post so many operations a station; what each phase took, and how many operations."""
    floor = Floor(place, 1)
    requests = [read_requests(file) for file in floor.load(per_station)]
    groups = list(zip(*requests, strict=True))
    watch, done = Watch(), 0
    spare_the_collector()
    with place.service() as ledger, watch.watching():
        ledger._poster._point = _Commit(watch)  # noqa: SLF001 - a probe, not a caller
        for number, group in enumerate(groups):
            if number == WARM_UP:
                watch.clear()
                done = 0
            done += _post(ledger, group, watch)
    return watch.phases, done


class _Commit:
    """Charges what lies between the two points around the commit."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._open: Any = None

    def __call__(self, point: str) -> None:
        if point == "before_commit":
            self._open = self._watch.phase("commit")
            self._open.__enter__()
        elif point == "after_commit" and self._open is not None:
            self._open.__exit__(None, None, None)
            self._open = None


_batch = msgspec.json.Decoder(PostBatch)


def _post(ledger: LedgerService, group: tuple[bytes, ...], watch: Watch) -> int:
    prepared: list[Prepared] = []
    for body in group:
        with watch.phase("decode the request"):
            batch = _batch.decode(body)
        with watch.phase("hashes, chain, signature, bodies"):
            who = ledger._sites.who(batch.enrolment)  # noqa: SLF001 - a probe, not a caller
            ready = ledger.prepare(who, batch)
        if isinstance(ready, NotNow):
            raise RuntimeError(ready.sentence)  # noqa: TRY004 - a bad bench, not a bad type
        prepared.append(ready)
    with watch.phase("post: other"):
        answers = ledger.post_group(prepared)
    with watch.phase("encode the answers"):
        for answer in answers:
            codec.encode(answer)
    return sum(len(one.arrived.arrivals) for one in prepared)


def table(phases: dict[str, Spent], operations: int) -> Iterator[str]:
    """Lines of the table: microseconds of one operation, longest first."""
    yield f"{'µs of one operation':<36}{'wall':>8}{'processor':>11}{'share':>8}"
    whole = sum(spent.wall for spent in phases.values())
    for name, spent in sorted(phases.items(), key=lambda one: -one[1].wall):
        yield (
            f"{name:<36}{1e6 * spent.wall / operations:>8.1f}"
            f"{1e6 * spent.cpu / operations:>11.1f}{100 * spent.wall / whole:>7.0f}%"
        )
    cpu = sum(spent.cpu for spent in phases.values())
    yield f"{'sum':<36}{1e6 * whole / operations:>8.1f}{1e6 * cpu / operations:>11.1f}"


def measure() -> Iterator[Row]:
    """Both databases: the table is printed, the phases stand beside the sum."""
    with LocalPostgres() as server:
        for engine in ("sqlite", "postgresql"):
            yield _profiled(engine, server.create_database() if engine == "postgresql" else "")


def _profiled(engine: str, url: str) -> Row:
    with TemporaryDirectory(prefix="packhouse-bench-") as folder:
        phases, operations = profile(Place(engine, url, Path(folder)), PER_STATION)
    for line in table(phases, operations):
        print(line)
    return Row(
        f"ledger_profile_us_{engine}",
        1e6 * sum(spent.wall for spent in phases.values()) / operations,
        "µs",
        operations,
        {
            name: round(1e6 * spent.wall / operations, 1)
            for name, spent in sorted(phases.items(), key=lambda one: -one[1].wall)
        },
    )


if __name__ == "__main__":
    with LocalPostgres() as server:
        for wanted in sys.argv[1:] or ("sqlite", "postgresql"):
            _profiled(wanted, server.create_database() if wanted == "postgresql" else "")
