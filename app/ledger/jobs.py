"""What only time brings: named jobs, each by its clock, one at a time, by one server process.

A job rests nine times as long as it took: where there is much to look after, or the ledger is asked
more than it can answer, its jobs come less often and leave the time to those who wait.

A job that fails is logged, counted and tried again at its next time; the others are not touched by
it. A long one asks `stop` between its pieces and ends early when its time is over.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from app.errors import Refusal
from app.ledger.clock import Clock
from app.ledger.leading import Leader

if TYPE_CHECKING:
    from app.ledger.service import LedgerService

Stop = Callable[[], bool]
Run = Callable[["LedgerService", Stop], int]

HOUR_S = 3_600
DAY_S = 24 * HOUR_S
# How often the runner looks; jobs need not be punctual to the second.
TICK_S = 5.0
# A job that runs longer than this blocks the others of its server for too long.
MAX_RUN_S = 30 * 60
# So many times as long as it took a job rests, at least: all together take a tenth of the time.
RESTS = 9
# But no longer than this: what waits for a job is late, not forgotten.
MAX_REST_S = 5 * 60

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    Attributes:
        name: For people, logs and metrics.
        every_s: Seconds between two runs.
        run: Does it; returns how much there was to do.
        at_hour: The hour of the day (UTC) it runs at, when it runs once a day; -1 when it does not.
        max_s: Seconds after which `stop` says yes.
    """

    name: str
    every_s: int
    run: Run
    at_hour: int = -1
    max_s: int = MAX_RUN_S


@dataclass(slots=True)
class Seen:
    """What became of a job in this process."""

    next_at: float
    runs: int = 0
    failures: int = 0
    outcome: str = "never"
    did: int = 0
    took_s: float = 0.0


class Jobs:
    """Runs jobs when they are due.

    Args:
        service: The ledger.
        jobs: Which.
        clock: Wall time, for jobs of an hour of the day.
        elapsed: Seconds that never go back.
    """

    def __init__(
        self,
        service: "LedgerService",
        jobs: Iterable[Job],
        clock: Clock,
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        self._service = service
        self._jobs = {job.name: job for job in jobs}
        self._clock = clock
        self._elapsed = elapsed
        self._leader = Leader(service.database)
        self._ending = Event()
        self.seen = {name: Seen(self._next(job)) for name, job in self._jobs.items()}
        self.leads = False

    def names(self) -> list[str]:
        """All jobs, by name."""
        return sorted(self._jobs)

    def tick(self) -> None:
        """Run what is due, if this process is the one that does."""
        self.leads = self._leader.is_mine()
        for name, job in self._jobs.items():
            seen = self.seen[name]
            if self._ending.is_set() or seen.next_at > self._elapsed():
                continue
            seen.next_at = self._next(job)
            if self.leads:
                self._run(job, seen)

    def run(self, name: str) -> int:
        """Run one now, whoever leads.

        Returns:
            How much there was to do.

        Raises:
            Refusal: `unknown_job`.
        """
        job = self._jobs.get(name)
        if job is None:
            raise Refusal(
                "unknown_job", f"There is no job {name}. There are: {', '.join(self.names())}."
            )
        return job.run(self._service, self._stop(job))

    def end(self) -> None:
        """Let what runs stop at its next piece, and begin nothing more; from any thread."""
        self._ending.set()

    def close(self) -> None:
        """Let another process lead; after the last tick."""
        self._leader.give_up()

    def samples(self) -> Iterator[tuple[str, Seen]]:
        """What became of each job, by name."""
        yield from sorted(self.seen.items())

    def _run(self, job: Job, seen: Seen) -> None:
        began = self._elapsed()
        try:
            seen.did = job.run(self._service, self._stop(job))
            seen.outcome = "done"
        except Exception:
            # The border: no job may end the runner, nor take the others with it.
            log.exception("job %s failed; it is tried again at its next time", job.name)
            seen.outcome = "failed"
            seen.failures += 1
        seen.runs += 1
        ended = self._elapsed()
        seen.took_s = ended - began
        seen.next_at = max(seen.next_at, ended + min(RESTS * seen.took_s, MAX_REST_S))
        if seen.did:
            self._service.bell.ring()
            log.info("job %s: %s, %s done in %.1f s", job.name, seen.outcome, seen.did, seen.took_s)

    def _stop(self, job: Job) -> Stop:
        ends = self._elapsed() + job.max_s
        return lambda: self._ending.is_set() or self._elapsed() > ends

    def _next(self, job: Job) -> float:
        if job.at_hour < 0:
            return self._elapsed() + job.every_s
        now = self._clock.now()
        at = now.replace(hour=job.at_hour, minute=0, second=0, microsecond=0)
        if at <= now:
            at += timedelta(days=1)
        return self._elapsed() + (at - now).total_seconds()
