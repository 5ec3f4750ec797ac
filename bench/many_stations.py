"""Two thousand stations at one ledger: all wait for news, some post at their peak, for long.

    BENCH_MINUTES=30 python -m bench many_stations
    BENCH_MINUTES=10 BENCH_CRASHES=10 python -m bench many_stations     PostgreSQL dies meanwhile

`packhouse ledger serve` as a process of its own on PostgreSQL. Every station has its own key, token
and connection and asks as the program does; they live in this one process. Told are how late the
ledger answers, how it turns stations away, and what it holds in memory; afterwards the feed is held
against what was sent and acknowledged. BENCH_STATIONS, BENCH_POSTING, BENCH_SITES, BENCH_EVERY_S.
"""

import asyncio
import gc
import os
import secrets
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event
from urllib.parse import urlsplit

import sqlalchemy as sa
import uvloop

from app.contract.messages import EnrolRequest, OutcomeRow, feed_body
from app.keys.signing import DeviceSigner
from app.ledger import backup
from app.ledger.tables import enrolment, feed, operation, site, site_feed
from bench.asking import Station, Turned
from bench.ledger_floor import Floor, Place, outcomes, verify
from bench.ledger_station import PostingStation
from bench.many_at_work import WILD_AT_ONCE, Notes, Posting, Stand, follow, post, run_wild
from bench.mix import Mix, open_mix
from bench.processes import LedgerProcess, Neighbours, rss_mb
from bench.rows import Beside, Row, percentile
from tools.local_postgres import LocalPostgres

# Events of the mix that are gone through: a shop's first days are as varied as all of them.
EVENTS = 40
# Stations open within so many seconds, as a hall does in the morning; then it is left to settle.
OPENING_S, SETTLE_S = 20.0, 10.0
# Looked at the ledger's memory so often in a run.
LOOKS = 60
# How long PostgreSQL stays away each time.
DOWN_S = 2.0
WILD_S = 8.0
# For the loop to close what was hung up.
HANGING_UP_S = 0.1
# Beyond this, who has not heard of the last fact has lost it.
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything.

    Attributes:
        stations: Who wait for news; those that post are among them.
        posting: Who post.
        sites: Where they are spread over.
        seconds: How long.
        every_s: Seconds between two facts of a posting station.
        crashes: How often PostgreSQL is killed, evenly over the time.
        wild_s: How long one station asks without a pause, afterwards.
        opening_s: Within which time the stations open.
        down_s: How long PostgreSQL stays away each time.
    """

    stations: int = 2_000
    posting: int = 50
    sites: int = 100
    seconds: float = 1_800.0
    every_s: float = 1.0
    crashes: int = 0
    wild_s: float = WILD_S
    opening_s: float = OPENING_S
    down_s: float = DOWN_S


@dataclass(slots=True)
class Seen:
    """What the run came to, beside the notes of the stations.

    Attributes:
        rss: The ledger's memory, in MB, over the time.
        down: When PostgreSQL was gone, and when it was back.
        ledger_s: Processor time of the ledger.
        database_s: Processor time of PostgreSQL; nothing when it was killed.
        load_s: Processor time of the stations.
        others: Share of the processors that others took.
        wild: How often the wild station was answered, and how often told to wait.
    """

    rss: list[float] = field(default_factory=list)
    down: list[tuple[float, float]] = field(default_factory=list)
    ledger_s: float = 0.0
    database_s: float = 0.0
    load_s: float = 0.0
    others: float = 0.0
    wild: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Listener:
    """An enrolled station that only listens."""

    enrolment: str
    signer: DeviceSigner
    site: str


def measure() -> Iterator[Row]:
    """The size the environment asks for."""
    asked = os.environ.get
    size = Size(
        stations=int(asked("BENCH_STATIONS", "2000")),
        posting=int(asked("BENCH_POSTING", "50")),
        sites=int(asked("BENCH_SITES", "100")),
        seconds=60 * float(asked("BENCH_MINUTES", "30")),
        every_s=float(asked("BENCH_EVERY_S", "1")),
        crashes=int(asked("BENCH_CRASHES", "0")),
    )
    with (
        LocalPostgres() as server,
        TemporaryDirectory(prefix="packhouse-bench-") as folder,
    ):
        place = Place("postgresql", server.create_database(), Path(folder))
        work = Work(place, size, server, open_mix(EVENTS))
        work.run()
        yield from work.rows()


class Work:
    """One run: set up, let everybody work, hold the books against what was seen.

    Args:
        place: An empty ledger.
        size: How much.
        server: Its PostgreSQL, to be killed.
        mix: What is posted.
    """

    def __init__(self, place: Place, size: Size, server: LocalPostgres, mix: Mix) -> None:
        self._place, self._size, self._server = place, size, server
        self.notes, self.turned, self.seen = Notes(), Turned(), Seen()
        self._wild = Turned()
        self._floor = Floor(place, size.sites, size.posting, mix)
        # Before there are orders, which are shared out anew with every station that comes.
        self._listeners = self._enrolled(size.stations - size.posting)
        self._events = self._floor.next_events(int(1.3 * size.seconds / size.every_s) + 20)
        self._chance = Random(1)

    def run(self) -> None:
        """Everything; raises when something was lost, doubled, or answered by a fault.

        Raises:
            RuntimeError: The books do not say what was seen, or the ledger had to be helped.
        """
        with LedgerProcess(*self._place.flags) as ledger:
            everybody: list[PostingStation | Listener]
            everybody = [*self._floor.stations, *self._listeners]
            tokens = self._floor.tokens(ledger.url, who=everybody)
            stands = self._stands([one.site for one in everybody])
            gc.collect()
            gc.freeze()  # the load's own collector must not look like the ledger's delay
            uvloop.run(self._everybody(ledger, tokens, stands))
            if ledger.process.poll() is not None:
                raise RuntimeError("the ledger ended")
        self._check()

    # ---------------------------------------------------------------- setting up

    def _enrolled(self, count: int) -> list[Listener]:
        made = []
        with self._place.service() as service:
            for number in range(count):
                where = self._floor.sites[number % len(self._floor.sites)]
                signer = DeviceSigner(secrets.token_bytes(32))
                code = service.identity.add_station(where, f"floor-{number}").code
                request = EnrolRequest(
                    code=code, public_key=signer.public_key, program_version="bench"
                )
                made.append(Listener(service.enrol(request).enrolment, signer, where))
        return made

    def _stands(self, sites: Sequence[str]) -> list[Stand]:
        epoch = self._floor.stations[0].epoch
        heads = self._heads()
        return [Stand(where, epoch, *heads[where]) for where in sites]

    def _heads(self) -> dict[str, tuple[int, str]]:
        query = sa.select(site.c.site, site_feed.c.seq, site_feed.c.chain).join(
            site, site.c.n == site_feed.c.site_n
        )
        with self._place.read() as connection:
            return {row.site: (row.seq, row.chain) for row in connection.execute(query)}

    # ---------------------------------------------------------------- at work

    async def _everybody(
        self, ledger: LedgerProcess, tokens: list[str], stands: list[Stand]
    ) -> None:
        size, parts = self._size, urlsplit(ledger.url)
        where = (parts.hostname or "", parts.port or 0)

        lines: list[Station] = []

        def line(token: str, turned: Turned) -> Station:
            lines.append(Station(where, token, self._chance, turned))
            return lines[-1]

        following = []
        for number, (token, stand) in enumerate(zip(tokens, stands, strict=True)):
            following.append(
                asyncio.create_task(follow(line(token, self.turned), stand, self.notes, number))
            )
            await asyncio.sleep(size.opening_s / len(stands))
        await asyncio.sleep(min(SETTLE_S, size.opening_s))
        self.notes.late = self.notes.late[:0]
        ends = time.monotonic() + size.seconds
        pace = Posting(size.every_s, ends, self._chance)
        posting = [
            post(line(token, self.turned), one.batches(events, 1), self.notes, one.site, pace)
            for one, events, token in zip(
                self._floor.stations, self._events, tokens[: size.posting], strict=True
            )
        ]
        neighbours, before = Neighbours(), self._used(ledger)
        await asyncio.gather(*posting, self._look(ledger), self._kill())
        self.seen.ledger_s, self.seen.database_s, self.seen.load_s = (
            after - then for after, then in zip(self._used(ledger), before, strict=True)
        )
        used = self.seen.ledger_s + self.seen.database_s + self.seen.load_s
        self.seen.others = neighbours.percent(used)
        for task in following:
            if task.done():
                task.result()  # nobody leaves before the end
        await self._all_have_heard(stands)
        await self._go_wild([line(tokens[-1], self._wild) for _ in range(WILD_AT_ONCE)], stands[-1])
        self.notes.over = True
        await asyncio.gather(*following)
        for one in lines:
            one.close()
        await asyncio.sleep(HANGING_UP_S)

    def _used(self, ledger: LedgerProcess) -> tuple[float, float, float]:
        database_s = 0.0 if self._size.crashes else self._place.database_cpu_s
        return ledger.cpu_s, database_s, time.process_time()

    async def _look(self, ledger: LedgerProcess) -> None:
        """At the ledger's memory, all the time."""
        for _ in range(LOOKS):
            self.seen.rss.append(rss_mb(ledger.process.pid))
            await asyncio.sleep(self._size.seconds / LOOKS)
        self.seen.rss.append(rss_mb(ledger.process.pid))

    async def _kill(self) -> None:
        """PostgreSQL, as often as asked for."""
        times = self._size.crashes
        for _ in range(times):
            await asyncio.sleep(self._size.seconds / (times + 1))
            gone = time.monotonic()
            back = await asyncio.to_thread(self._crash)
            self.seen.down.append((gone, back))

    def _crash(self) -> float:
        with self._server.crashed():
            Event().wait(self._size.down_s)
        return time.monotonic()

    async def _all_have_heard(self, stands: list[Stand]) -> None:
        heads = await asyncio.to_thread(self._heads)
        ends = time.monotonic() + PATIENCE_S
        while any((one.cursor, one.chain) != heads[one.site] for one in stands):
            if time.monotonic() > ends:
                late = [one for one in stands if (one.cursor, one.chain) != heads[one.site]]
                raise RuntimeError(f"{len(late)} stations have not heard everything: {late[:2]}")
            await asyncio.sleep(0.1)

    async def _go_wild(self, lines: list[Station], stand: Stand) -> None:
        if self._size.wild_s:
            given = await run_wild(lines, stand, self._size.wild_s)
            self.seen.wild = (given, self._wild.told.get(429, 0))

    # ---------------------------------------------------------------- afterwards

    def _check(self) -> None:
        """What was sent, what was acknowledged, and what the books say are the same, each once."""
        notes, wrong = self.notes, []
        with self._place.read() as connection:
            ids = (
                sa.select(operation.c.id, operation.c.outcome)
                .join(enrolment, enrolment.c.n == operation.c.enrolment_n)
                .where(enrolment.c.kind == "station")
            )
            kept = {row.id: row.outcome for row in connection.execute(ids)}
            bodies = map(feed_body.decode, connection.execute(sa.select(feed.c.body)).scalars())
            told = [row.id for row in bodies if isinstance(row, OutcomeRow) and row.id in kept]
            broken = {
                what: rows
                for what, question in backup.INVARIANTS.items()
                if (rows := connection.exec_driver_sql(question).all())
            }
        if not kept.keys() == notes.sent == notes.answered.keys():
            wrong.append(
                f"{len(notes.sent)} sent, {len(notes.answered)} answered, {len(kept)} kept"
            )
        if any(said != [kept.get(id_)] for id_, said in notes.answered.items()):
            wrong.append("another outcome was answered than is kept")
        if sorted(told) != sorted(kept):
            wrong.append(f"the feed tells of {len(told)}, {len(set(told))} of them different")
        if self.turned.faults or self._wild.faults:
            wrong.append(f"faults: {[*self.turned.faults, *self._wild.faults][:3]}")
        if self.turned.hasty or self._wild.hasty:
            wrong.append("a station did not wait as long as it was told")
        if broken:
            wrong.append(str(broken))
        if wrong:
            raise RuntimeError("; ".join(wrong))
        verify(self._place)

    def rows(self) -> Iterator[Row]:
        """The figures."""
        size, notes, seen = self._size, self.notes, self.seen
        all_s = size.seconds * (os.cpu_count() or 1)
        beside: Beside = {
            "stations": size.stations,
            "posting": size.posting,
            "sites": size.sites,
            "minutes": round(size.seconds / 60, 1),
            "others_cpu_percent": seen.others,
        }
        series = {
            "poll_late": notes.late,
            "post": notes.post,
            "heard": notes.hearing_s(),
        }
        prefix = "floor_crash" if size.crashes else "floor"
        for name, values in series.items():
            for percent in (50, 95, 99):
                yield Row(
                    f"{prefix}_{name}_p{percent}_ms",
                    1e3 * percentile(values, percent),
                    "ms",
                    len(values),
                    beside,
                )
        yield Row(
            f"{prefix}_questions_per_s",
            (len(notes.late) + notes.pages + len(notes.post)) / size.seconds,
            "1/s",
            len(notes.late) + notes.pages + len(notes.post),
            {
                "pages_with_news": notes.pages,
                "ledger_cpu_percent": round(100 * seen.ledger_s / all_s, 1),
                "database_cpu_percent": round(100 * seen.database_s / all_s, 1),
                "load_cpu_percent": round(100 * seen.load_s / all_s, 1),
            },
        )
        yield Row(
            f"{prefix}_lost_or_doubled",
            0,  # a run in which one was has raised
            "operations",
            len(notes.sent),
            {"outcomes": outcomes(self._place)},
        )
        first, middle, last = (seen.rss[len(seen.rss) * n // 2 - (n == 2)] for n in range(3))
        yield Row(
            f"{prefix}_ledger_rss_mb",
            last,
            "MB",
            len(seen.rss),
            {
                "start": round(first, 1),
                "middle": round(middle, 1),
                "most": round(max(seen.rss), 1),
                "growth_of_second_half_percent": round(100 * (last / middle - 1), 1),
            },
        )
        yield Row(
            f"{prefix}_turned_away",
            sum(self.turned.told.values()),
            "answers",
            sum(self.turned.told.values()),
            {
                **{f"http_{status}": times for status, times in self.turned.told.items()},
                "cut_off": self.turned.cut,
                "given_up_by_a_station": self.turned.given_up,
                "faults": 0,
                "asked_too_soon": 0,
                "least_waited_of_told": round(self.turned.least, 2),
            },
        )
        yield Row(
            f"{prefix}_wild_answered_per_s",
            seen.wild[0] / size.wild_s if size.wild_s else 0.0,
            "1/s",
            sum(seen.wild),
            {"http_429": seen.wild[1], "least_waited_of_told": round(self._wild.least, 2)},
        )
        if backs := self._back_s():
            yield Row(
                f"{prefix}_back_p50_s", percentile(backs, 50), "s", len(seen.down),
                {"most": round(max(backs), 2), "away_each_s": round(self._away_s(), 1)},
            )  # fmt: skip

    def _back_s(self) -> list[float]:
        """From PostgreSQL being back until the first fact was acknowledged, where one came."""
        at, found = sorted(self.notes.acknowledged), []
        for gone, back in self.seen.down:
            # Its first answers may be given before whoever started it is told so.
            place = bisect_left(at, gone + self._size.down_s)
            if place < len(at):
                found.append(max(0.0, at[place] - back))
        return found

    def _away_s(self) -> float:
        return sum(back - gone for gone, back in self.seen.down) / len(self.seen.down)
