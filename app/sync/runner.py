"""When the sync runs: two threads that push and pull, by event, by time, and when the link is back.

`sync-post` sends what was recorded; `sync-feed` waits at the ledger for news. Neither sleeps,
neither gives up, and a fault in one step ends neither: the outbox is kept, the step tried again.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Protocol

from app.contract.ledger import Ledger
from app.errors import Trouble
from app.station.inbox import LinkState
from app.station.ports import Desk
from app.sync.backoff import CAP_S, Backoff
from app.sync.bell import Bell, Ring
from app.sync.exchange import Exchange
from app.sync.link import Link, Side, View
from app.sync.outcomes import Again, Failed, Idle, Later, Moved, PushOutcome, Stopped

log = logging.getLogger(__name__)

_FAULT = (
    "The sync met a fault of its own. Everything recorded is kept; it is tried again. If this"
    " stays, restart the station and report it to IT."
)


class Wired(Ledger, Protocol):
    """A ledger over a wire that another thread can hang up."""

    @property
    def skew_ms(self) -> int | None: ...
    def hang_up(self) -> None: ...
    def close(self) -> None: ...


class Joinable(Protocol):
    """A thread, as far as the sync needs one."""

    def start(self) -> None: ...
    def join(self, timeout: float | None = None) -> None: ...
    def is_alive(self) -> bool: ...


class ThreadMaker(Protocol):
    """`threading.Thread`, handed in by the composition root."""

    def __call__(self, *, target: Callable[[], None], name: str, daemon: bool) -> Joinable: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """The waits of the sync.

    Attributes:
        poll_s: How long the feed waits at the ledger. Also the heart-beat: with the grace an answer
            has, a ledger that is gone shows as offline within about three seconds.
        look_s: How often the outbox is looked at when nothing rings; nothing should depend on it.
        stop_s: How long stopping waits for a thread; only a name server can hold one longer.
    """

    poll_s: int = 2
    look_s: float = 30.0
    stop_s: float = 5.0


class SyncThreads:
    """Keeps the station's book and the ledger the same while it runs.

    Args:
        desk: The station.
        ledger: The wire to the ledger; closed by `stop`.
        chance: For the jitter.
        thread: Makes threads.
        pace: The waits.
    """

    def __init__(
        self,
        desk: Desk,
        ledger: Wired,
        chance: Random,
        thread: ThreadMaker,
        pace: Pace | None = None,
    ) -> None:
        self._exchange = Exchange(desk, ledger)
        self._ledger = ledger
        self._pace = pace or Pace()
        self._link = Link(desk)
        self._post = _Turn(Side.POST, Backoff(chance))
        self._feed = _Turn(Side.FEED, Backoff(chance))
        self._threads = [
            thread(target=self._post_loop, name=Side.POST.value, daemon=True),
            thread(target=self._feed_loop, name=Side.FEED.value, daemon=True),
        ]

    def start(self) -> None:
        """Start both threads."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something was recorded: send it now, unless the ledger is known to be away."""
        self._post.bell.ring(Ring.WORK)

    def link_up(self) -> None:
        """The network is back, or a person asked: try at once, however long the wait would be."""
        for turn in (self._post, self._feed):
            turn.bell.ring(Ring.LINK_UP)

    def stop(self) -> None:
        """End both threads, cutting off what is under way; what was not answered is sent again."""
        for turn in (self._post, self._feed):
            turn.bell.ring(Ring.STOP)
        self._ledger.hang_up()
        for thread in self._threads:
            thread.join(self._pace.stop_s)
            if thread.is_alive():
                log.error("a sync thread did not end in %s s and is left behind", self._pace.stop_s)
        self._ledger.close()

    def next_try_s(self) -> int | None:
        """Seconds until the ledger is asked again after trouble; None while it answers."""
        rests = [left for turn in (self._post, self._feed) if (left := turn.rests_s()) is not None]
        return min(rests, default=None)

    # ---------------------------------------------------------------- the threads

    def _post_loop(self) -> None:
        turn = self._post
        while not turn.bell.stopped:
            match self._step(turn, self._exchange.push):
                case Idle() | Moved(more=False):
                    turn.rest(self._pace.look_s, Ring.WORK)
                case _:
                    continue  # more is waiting, or `_step` has rested already

    def _feed_loop(self) -> None:
        turn = self._feed
        while not turn.bell.stopped:
            # A short question until the ledger answers, so that "back" is seen at once.
            wait_s = self._pace.poll_s if turn.well else 0
            asked = time.monotonic()
            outcome = self._step(turn, partial(self._exchange.pull, wait_s))
            if isinstance(outcome, Moved):
                # What the feed has passed without showing it is unsent again.
                self._post.bell.ring(Ring.WORK)
            early_s = asked + wait_s - time.monotonic()
            if isinstance(outcome, Idle) and early_s > 0:
                # A ledger that does not wait with us must not be asked without a pause.
                turn.rest(early_s, Ring.LINK_UP)

    def _step(self, turn: "_Turn", step: Callable[[], PushOutcome]) -> PushOutcome | None:
        """One step, what it says about the link, and the rest it calls for; None after trouble."""
        try:
            outcome = step()
            if not turn.bell.stopped:
                self._follow(turn, outcome)
        except Trouble as trouble:
            # The desk's: trouble at the ledger is an outcome. The station is stopping or very busy.
            log.info("%s: the station took no part: %s", turn.side.value, trouble)
            turn.rest(turn.backoff.next_wait_s(), Ring.STOP)
        except Exception:
            log.exception("%s: a step failed", turn.side.value)
            self._report(turn, LinkState.OFFLINE, _FAULT)
            turn.rest(CAP_S, Ring.LINK_UP)
        else:
            return outcome
        return None

    def _follow(self, turn: "_Turn", outcome: PushOutcome) -> None:
        match outcome:
            case Idle() | Moved():
                turn.went_well()
                self._report(turn, LinkState.ONLINE, "")
            case Again(why):
                log.info("%s: %s", turn.side.value, why)
                turn.rest(turn.backoff.next_wait_s(), Ring.LINK_UP)
            case Failed() as failed:
                once = turn.failed_again(failed)
                if not (once and failed.forgivable):
                    self._report(turn, failed.state, failed.sentence)
                turn.rest(turn.backoff.next_wait_s(), Ring.LINK_UP)
            case Later(wait_s, sentence) as later:
                if not turn.failed_again(later):
                    self._report(turn, LinkState.OFFLINE, sentence)
                turn.rest(max(wait_s, turn.backoff.next_wait_s()), Ring.STOP)
            case Stopped(state, _, sentence) as stopped:
                turn.failed_again(stopped)
                self._report(turn, state, sentence)
                turn.rest(CAP_S, Ring.LINK_UP)

    def _report(self, turn: "_Turn", state: LinkState, sentence: str) -> None:
        if self._link.report(turn.side, View(state, sentence), self._ledger.skew_ms):
            other = self._feed if turn is self._post else self._post
            other.bell.ring(Ring.LINK_UP)


class _Turn:
    """One thread's bell, back-off and luck."""

    def __init__(self, side: Side, backoff: Backoff) -> None:
        self.side = side
        self.backoff = backoff
        self.bell = Bell()
        self.well = False
        self._failures = 0
        self._last: PushOutcome | None = None
        self._until = 0.0

    def rests_s(self) -> int | None:
        """Seconds left of a rest after trouble; None when it went well."""
        if self.well or not self._failures:
            return None
        return max(0, math.ceil(self._until - time.monotonic()))

    def went_well(self) -> None:
        """The ledger answered."""
        self.well = True
        self._failures = 0
        self._last = None
        self.backoff.reset()

    def failed_again(self, outcome: PushOutcome) -> bool:
        """It did not go well; logged when it is something else than before.

        Returns:
            Whether it is the first time in a row.
        """
        self.well = False
        self._failures += 1
        if outcome != self._last:
            log.info("%s: %s", self.side.value, outcome)
            self._last = outcome
        return self._failures == 1

    def rest(self, seconds: float, heed: Ring) -> None:
        """Wait; when the link is back, waits begin short again."""
        self._until = time.monotonic() + seconds
        if self.bell.wait(seconds, heed) is Ring.LINK_UP:
            self.backoff.reset()
