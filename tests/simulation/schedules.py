"""Directed schedules: what chance reaches once in hundreds of seeds, played on purpose."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

from app.domain.scan import Scan
from app.simulation import goods
from app.simulation.bench import FILE, Bench
from app.simulation.check import check
from app.simulation.floor import Floor
from app.simulation.host import LedgerDied
from app.simulation.knobs import draw
from app.simulation.traffic import step
from app.simulation.world import World
from app.station.inbox import Do, Intent
from app.station.screen import LineView, Page
from app.sync.outcomes import Idle


class Stage:
    """A floor without chance: things happen when a schedule says so.

    Args:
        floor: Put together with every fault switched off.
    """

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.benches = floor.everyone

    def sync(self, bench: Bench, *steps: str) -> None:
        """Push and pull until there is nothing left, or only the steps named."""
        if steps:
            for which in steps:
                step(bench, which)
            return
        for _ in range(20):
            if [step(bench, which) for which in ("push", "pull")] == [Idle(), Idle()]:
                return

    def scan(self, bench: Bench, code: str) -> None:
        """Pull the trigger, a second after the last time."""
        world = self.floor.world
        world.time.ms += 1_000
        bench.handle(Scan(code.encode() + b"\r", code, at_ns=(world.time.ms + 1) * 1_000_000))

    def sign_in(self, bench: Bench, who: goods.Worker = goods.CLERK) -> None:
        """One record without any line: a person signs in."""
        self.scan(bench, who.badge)
        bench.handle(Do(Intent.SIGN_IN_PIN, who.pin))

    def sign_out(self, bench: Bench) -> None:
        """Another one."""
        bench.handle(Do(Intent.SIGN_OUT))

    def lose_next_commit(self) -> None:
        """The ledger dies once, right before its next commit."""
        host = self.floor.host
        before = host._point

        def point(name: str) -> None:
            before(name)
            if name == "before_commit":
                host.service._poster._point = before
                host._disk.die(power=True)
                raise LedgerDied

        host.service._poster._point = point


@contextmanager
def stage(folder: Path, chance: Random | None = None) -> Iterator[Stage]:
    """Two benches, booted and up to date, nobody at work."""
    chance = chance or Random(7)
    knobs = replace(
        draw(chance, stations=2, days=1),
        drop=0.0,
        drop_answer=0.0,
        double=0.0,
        slow=0.0,
        truncate=0.0,
        crash=0.0,
        power=1.0,
        ledger_crash=0.0,
        skews_ms=(0, 0),
        far=False,
    )
    floor = Floor(World(0, folder, chance, knobs))
    floor.world.closed = True
    try:
        for bench in floor.everyone:
            bench.boot()
        ready = Stage(floor)
        for bench in floor.everyone:
            ready.sync(bench)
        yield ready
    finally:
        floor.close()


def healed(ready: Stage) -> list[str]:
    """Let the floor come to rest, and say what does not hold."""
    # Whatever the ledger wrote by itself would come to the help of what is to be shown.
    ready.floor.heal(jobs=False)
    check(ready.floor.world, ready.floor.host, ready.floor.everyone)
    return ready.floor.world.violations


def restored_behind_an_acknowledgement(folder: Path) -> list[str]:
    """Acknowledged, then the ledger is restored to before it, and nobody is told.

    The station's cursor is older than the backup, so its chain proves nothing; another station's
    records take the places in the feed that the acknowledgement had named.
    """
    with stage(folder) as ready:
        first, second = ready.benches
        ready.floor.host.back_up()
        ready.sign_in(first)
        ready.sync(first, "push")
        ready.floor.host.restore(announced=False)
        ready.sign_in(second)
        ready.sign_out(second)
        ready.sync(second)
        return healed(ready)


def restored_and_silent(folder: Path) -> list[str]:
    """The same, but nobody writes anything after the restore: no row ever passes the place."""
    with stage(folder) as ready:
        first, _ = ready.benches
        ready.floor.host.back_up()
        ready.sign_in(first)
        ready.sync(first, "push")
        ready.floor.host.restore(announced=False)
        return healed(ready)


def ledger_dies_before_its_commit(folder: Path) -> list[str]:
    """One record, and the ledger loses power over it; whatever it said before is not true."""
    with stage(folder) as ready:
        first, _ = ready.benches
        ready.sign_in(first)
        ready.lose_next_commit()
        ready.sync(first, "push")
        return healed(ready)


def power_cut_after_a_tone(folder: Path) -> list[str]:
    """Recorded, shown, and the power goes."""
    with stage(folder) as ready:
        first, _ = ready.benches
        ready.sign_in(first)
        first.guarded(first.die)
        return healed(ready)


def cloned_at_one_sequence(folder: Path) -> list[str]:
    """A copy and its original both record under the same number."""
    with stage(folder) as ready:
        first, _ = ready.benches
        ready.floor._kept = first.keep(ready.floor.world.folder / "kept" / FILE)
        ready.floor._twin()
        copy = ready.benches[-1]
        ready.sync(copy)
        ready.sign_in(first)
        ready.sign_in(copy)
        ready.sync(first)
        ready.sync(copy)
        return healed(ready)


MUG = goods.ITEMS[0]
MUGS = 14
SHELF, OTHER_SHELF = goods.SHELVES[0], goods.SHELVES[1]


def moved_while_somebody_counts(folder: Path) -> list[str]:
    """Somebody looks, another takes two away, then the count is recorded; the office believes it.

    What was seen was right when it was seen: the book says what is there now, and nothing else.
    """
    with stage(folder) as ready:
        first, second = ready.benches
        ready.sign_in(first)
        for code in ("CMD:TASK-COUNT", f"LOC:{SHELF}", MUG.packs[0].gtin):
            ready.scan(first, code)
        first.handle(Do(Intent.CODE, str(MUGS)))
        ready.sign_in(second, goods.LEAD)
        for code in ("CMD:TASK-MOVE", f"LOC:{SHELF}", MUG.packs[0].gtin):
            ready.scan(second, code)
        second.handle(Do(Intent.CODE, "2"))
        ready.scan(second, f"LOC:{OTHER_SHELF}")
        ready.sync(second)
        first.handle(Do(Intent.MAIN))
        ready.sync(first)
        ready.floor.office.decide_counts()
        return healed(ready)


def taken_over_half_packed(folder: Path) -> list[str]:
    """An order with one unit in its box goes on at another bench: that unit is not packed again."""
    with stage(folder) as ready:
        first, second = ready.benches
        order = "ORD-48001"
        ready.sign_in(first)
        ready.scan(first, order)
        ready.sync(first)
        ready.scan(first, goods.CODES[_lines(first)[0].sku][0])
        first.handle(Do(Intent.PAUSE))
        ready.sync(first)
        ready.sign_in(second, goods.LEAD)
        ready.sync(second)
        for code in ("CMD:TASK-CLAIMS", order):
            ready.scan(second, code)
        second.handle(Do(Intent.MAIN))
        ready.scan(second, goods.LEADER.badge)
        second.handle(Do(Intent.SIGN_IN_PIN, goods.LEADER.pin))
        ready.sync(second)
        second.handle(Do(Intent.OPEN))
        ready.sync(second)
        packed = sum(line.done for line in _lines(second))
        said = [] if packed == 1 else [f"{packed} units are packed, says the second bench"]
        return said + healed(ready)


def _lines(bench: Bench) -> tuple[LineView, ...]:
    """What the panel of a bench lists."""
    screen = bench.senses.screen
    return screen.lines if screen is not None and screen.page is Page.PACK else ()
