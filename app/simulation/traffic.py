"""The sync of one bench in virtual time: the real exchange, stepped as its threads would."""

from app.errors import Refusal, Trouble
from app.simulation.bench import Bench
from app.simulation.world import World
from app.station.inbox import LinkState
from app.sync.backoff import Backoff
from app.sync.outcomes import Again, Failed, Idle, Later, Moved, PushOutcome, Stopped

# Nothing to do: looked at again by time all the same, never only by the next event.
IDLE_MS = 15_000
SOON_MS = 20
STOPPED_MS = 20_000


class Traffic:
    """Push and pull of one bench.

    Args:
        world: Time and chance.
        bench: Whose.
    """

    def __init__(self, world: World, bench: Bench) -> None:
        self._world = world
        self._bench = bench
        self._life = -1
        self._due = {"push": -1, "pull": -1}
        self._running = {"push": False, "pull": False}
        self._backoff = {name: Backoff(world.chance) for name in ("push", "pull")}

    def start(self) -> None:
        """Go on, after a boot or in the morning."""
        if self._life != self._bench.life:
            self._life = self._bench.life
            self._running = {"push": False, "pull": False}
        self._due = {"push": -1, "pull": -1}
        self.hint("push")
        self.hint("pull")

    def hint(self, which: str) -> None:
        """There is something to send, or to fetch."""
        self._schedule(which, self._world.knobs.pace_ms)

    def _schedule(self, which: str, ms: int) -> None:
        """At most one appointment each; an earlier one replaces a later one."""
        at = self._world.time.ms + ms
        if self._world.closed or 0 <= self._due[which] <= at:
            return
        self._due[which] = at
        life = self._bench.life

        def due() -> None:
            if self._due[which] != at or self._bench.life != life or not self._bench.up:
                return
            self._due[which] = -1
            if not self._running[which]:
                self._bench.guarded(lambda: self._step(which))

        self._world.agenda.after(ms, due)

    def _step(self, which: str) -> None:
        self._running[which] = True
        self._bench.pushing = self._bench.pushing or which == "push"
        life = self._bench.life
        try:
            outcome = step(self._bench, which)
        finally:
            if self._bench.life == life:
                self._running[which] = False
                if which == "push":
                    self._bench.pushing = False
        self._schedule(which, self._next(which, outcome))

    def _next(self, which: str, outcome: PushOutcome) -> int:
        backoff = self._backoff[which]
        match outcome:
            case Idle() | Moved(more=False):
                backoff.reset()
                self._tell(LinkState.ONLINE, "")
                return IDLE_MS
            case Moved() | Again():
                return SOON_MS
            case Later(wait_s=wait_s):
                return max(wait_s * 1000, SOON_MS)
            case Failed(sentence=sentence):
                self._tell(LinkState.OFFLINE, sentence)
                return max(SOON_MS, int(backoff.next_wait_s() * 1000))
            case Stopped():
                saw_stop(self._world, self._bench, outcome)
                return STOPPED_MS

    def _tell(self, state: LinkState, sentence: str) -> None:
        bench = self._bench
        # A fork stands until the station is enrolled anew, whatever else still works.
        if bench.forked or bench.senses.link == state.value:
            return
        bench.desk.link_changed(state.value, sentence, None)


def step(bench: Bench, which: str) -> PushOutcome:
    """One step of the exchange; a full disk at the station is trouble like any other."""
    try:
        return bench.exchange.push() if which == "push" else bench.exchange.pull(0)
    except Trouble as trouble:
        return Failed(trouble.say, trouble.detail, reached=False)
    except Refusal as refusal:
        return Stopped(LinkState.REFUSED, refusal.code, refusal.say)


def saw_stop(world: World, bench: Bench, stopped: Stopped) -> None:
    """The ledger will not speak to this station, and says why."""
    if stopped.code == "fork":
        if not bench.forked:
            world.rare.saw("fork seen by a station")
        bench.forked = True
    elif world.knobs.identity and bench.may_be_told(stopped.code):
        bench.cast_out = stopped.code
    elif world.knobs.identity and stopped.code == "clock_wrong" and not world.calm:
        # What it asked was on its way for more than a minute; it asks again.
        world.rare.saw("question too old")
    elif stopped.code == "history_rewritten" and world.rewound:
        world.rare.saw("rewound history refused")
    else:
        world.violated(f"{bench.name} was sent away: {stopped.code} {stopped.sentence}")
    bench.desk.link_changed(stopped.state.value, stopped.sentence, None)
