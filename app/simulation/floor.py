"""The whole floor: some shifts with people and calamities, then healed, then checked."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.simulation import goods, strange
from app.simulation.audited import audit
from app.simulation.bench import FILE, Bench, Kept, empty_book
from app.simulation.check import check
from app.simulation.disk import Disk
from app.simulation.host import Host
from app.simulation.hostile import Hostile
from app.simulation.identities import Identities
from app.simulation.knobs import DAY_MS, Knobs, draw
from app.simulation.office import Office
from app.simulation.outcomes import Outcomes
from app.simulation.people import Person
from app.simulation.rare import Rare
from app.simulation.shelves import Thing
from app.simulation.traffic import Traffic, saw_stop, step
from app.simulation.world import World
from app.station.inbox import Tick
from app.sync.outcomes import Failed, Idle, Later, Stopped

OFFICE_MS = 12_000
# A disk that fills up is looked after in a while.
FULL_MS = 30_000
# An unannounced restore: until somebody reads what the stations say, and says so.
NOTICED_MS = 60_000
# Rounds of all benches after the last fault; a healthy floor needs about ten.
HEALING_ROUNDS = 60
# A fresh station takes a picture, master data and the rest of the feed.
MORNING_ROUNDS = 20
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - only where files are fastest; any folder will do


@dataclass(frozen=True, slots=True)
class Run:
    """What a seed came to."""

    seed: int
    knobs: Knobs
    violations: tuple[str, ...]
    rare: Rare
    operations: int
    scans: int


def run(seed: int, *, stations: int = 0, days: int = 0, shift_s: int = 0) -> Run:
    """Play one seed from the morning to the checks; what is 0 is drawn, or as usual."""
    chance = Random(seed)  # noqa: S311 - one seed must replay everything
    knobs = draw(chance, stations=stations, days=days, shift_s=shift_s)
    with _folder() as folder:
        world = World(seed, folder, chance, knobs)
        floor = Floor(world)
        try:
            floor.play()
            floor.heal()
            floor.office.put_in_order()
            audit(world, floor.host, floor.everyone[0].ledger_key)
            operations, scans = check(world, floor.host, floor.everyone)
        finally:
            floor.close()
        return Run(seed, knobs, tuple(world.violations), world.rare, operations, scans)


class Floor:
    """Everything of one simulation, put together.

    Args:
        world: Its time, chance and knobs.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.host = Host(world)
        self.host.on_change = self._rang
        self.outcomes = Outcomes(world)
        # Every book there ever was, in use or on the shelf.
        self.everyone: list[Bench] = []
        self._traffic: dict[str, Traffic] = {}
        self.people: dict[str, Person] = {}
        self.identities = Identities(world, self.host, self.everyone)
        self.office = Office(world, self.host, self.everyone)
        self._kept: Kept | None = None
        for site, stock in goods.OPENING.items():
            for line in stock:
                thing = Thing(site, line.location, line.item, line.lot)
                world.shelves.put(thing, line.quantity)
        for n, skew in enumerate(world.knobs.skews_ms, 1):
            far = world.knobs.far and n == world.knobs.stations
            self._add_bench(f"PACK-{n:02d}", skew, goods.OTHER_SITE if far else goods.SITE)
        self.office.open()

    def _add_bench(self, name: str, skew_ms: int, site: str) -> None:
        disk = Disk(self.world.folder / name, FILE)
        disk.path.write_bytes(empty_book())
        bench = Bench(self.world, self.host, name, disk, skew_ms, site)
        bench.enrol(self.outcomes)
        if skew_ms <= -DAY_MS:
            self.world.rare.saw("clock a day behind")
        if skew_ms >= DAY_MS:
            self.world.rare.saw("clock days ahead")
        self._staff(bench)

    def _staff(self, bench: Bench) -> None:
        traffic = Traffic(self.world, bench)
        bench.on_boot = traffic.start
        bench.on_recorded = lambda: traffic.hint("push")
        self._traffic[bench.name] = traffic
        self.people[bench.name] = Person(self.world, bench)
        self.everyone.append(bench)

    def _rang(self) -> None:
        for name, traffic in self._traffic.items():
            if any(bench.name == name and bench.up for bench in self.everyone):
                traffic.hint("pull")

    # ------------------------------------------------------------------ the shifts

    def play(self) -> None:
        """Every shift, with its calamities, and the nights between."""
        world = self.world
        if world.knobs.settled:
            self._open_up()
        self._plan()
        for day in range(world.knobs.days):
            world.closed = False
            for bench in list(self.everyone):
                if bench.up:
                    self._traffic[bench.name].start()
                else:
                    bench.boot()
                self._work(bench)
            self._every(OFFICE_MS, self.office.act)
            if world.knobs.identity:
                self._every(NOTICED_MS, self.identities.mend)
            if world.knobs.hostile:
                world.agenda.after(world.chance.randrange(world.knobs.shift_ms), self._attack)
            world.agenda.pass_ms(world.knobs.shift_ms)
            world.closed = True
            if day + 1 < world.knobs.days:
                world.agenda.pass_ms(DAY_MS - world.knobs.shift_ms)

    def _open_up(self) -> None:
        """The evening before: nothing goes wrong, and every station gets people and goods."""
        self.world.calm = True
        for bench in self.everyone:
            bench.boot()
        for _ in range(MORNING_ROUNDS):
            if not any(list(map(self._settle, self.everyone))):
                break
        for bench in self.everyone:
            if bench.site == goods.SITE:
                bench.lend(self.host.grant(bench.enrolment))
        self.world.calm = False

    def _work(self, bench: Bench) -> None:
        """Somebody works there, from now to the end of the shift."""
        person = self.people[bench.name]

        def act() -> None:
            if self.world.closed or bench.retired:
                return
            if bench.up:
                bench.guarded(person.act)
            self.world.agenda.after(self._think(), act)

        self.world.agenda.after(self._think(), act)

    def _think(self) -> int:
        return 200 + int(self.world.chance.expovariate(1 / self.world.knobs.think_ms))

    def _every(self, ms: int, call: Callable[[], None]) -> None:
        def again() -> None:
            if not self.world.closed:
                call()
                self.world.agenda.after(ms, again)

        self.world.agenda.after(ms, again)

    # ------------------------------------------------------------------ calamities

    def _plan(self) -> None:
        """When this seed's calamities come, all within the first shift."""
        world, knobs = self.world, self.world.knobs
        end = knobs.shift_ms
        for _ in range(knobs.backups):
            world.agenda.after(world.chance.randrange(end // 2), self.host.back_up)
        if knobs.restore:
            world.agenda.after(world.chance.randrange(end // 2, end), self.restore_ledger)
        if knobs.twin:
            world.agenda.after(world.chance.randrange(end // 2), self._keep_copy)
            world.agenda.after(world.chance.randrange(end // 2, end), self._twin)
        for bench in self.everyone:
            if world.chance.random() < knobs.outage:
                start = world.chance.randrange(end)
                world.agenda.after(start, lambda b=bench: self._cut_link(b))  # type: ignore[misc]
        if knobs.disk_full:
            world.agenda.after(world.chance.randrange(end), self._fill_disk)
        if knobs.identity:
            self.identities.plan(end)
        if knobs.strange:
            world.agenda.after(world.chance.randrange(end // 2, end), self._strange)

    def restore_ledger(self) -> None:
        """The ledger's disk is gone; the backup takes its place, and the office imports again."""
        if self.host.restore(announced=self.world.knobs.announced):
            self.office.redo()
            if not self.world.knobs.announced:
                # Stations that hold what the ledger signed follow it no further, until it is said.
                self.world.agenda.after(NOTICED_MS, self.host.announce)

    def _cut_link(self, bench: Bench) -> None:
        length = self.world.chance.choice((20_000, 60_000, self.world.knobs.shift_ms))
        bench.wire.down_until = self.world.time.ms + length

    def _fill_disk(self) -> None:
        """One of the stations', or the ledger's."""
        chance = self.world.chance
        whose = chance.choice((self.host, chance.choice(self.everyone)))
        whose.fill_disk(chance.randrange(3))
        self.world.agenda.after(FULL_MS, lambda: whose.fill_disk(None))

    def _keep_copy(self) -> None:
        bench = self.world.chance.choice(self.everyone)
        if bench.up:
            self._kept = bench.keep(self.world.folder / "kept" / FILE)

    def _twin(self) -> None:
        """A copy of a station starts; beside the original, or in place of it."""
        if self._kept is None:
            return
        original = self._kept.bench
        if self.world.knobs.twin == "restored":
            original.stop()
            original.retired = True
            self.world.rare.saw("station restored from its backup")
        else:
            self.world.rare.saw("station cloned")
        bench = original.twin(f"{original.name}b", self._kept)
        self._staff(bench)
        bench.boot()
        self._work(bench)

    def _strange(self) -> None:
        bench = self.world.chance.choice(self.everyone)
        others = [
            id_ for other in self.everyone if other is not bench for id_ in other.record.shown
        ]
        used = sorted(set(others) - bench.record.operations.keys())
        if not bench.up:
            return
        if self.world.knobs.strange == "used_id" and used:
            id_ = self.world.chance.choice(used)
            bench.guarded(lambda: _ignore(strange.record(self.world, bench, "event", id_)))
        else:
            id_ = self.world.ids.new_id()
            bench.guarded(lambda: _ignore(strange.record(self.world, bench, "weave", id_)))

    def _attack(self) -> None:
        """A dishonest program writes to a bench's chain; and again, while the shift lasts."""
        if self.world.closed:
            return
        bench = self.world.chance.choice(self.everyone)
        if bench.up and bench.site == goods.SITE:
            bench.guarded(Hostile(self.world, bench).attack)
        self.world.agenda.after(self.world.knobs.shift_ms // 4, self._attack)

    # ------------------------------------------------------------------ healing

    def heal(self, *, jobs: bool = True) -> None:
        """No more faults: everything starts, and the sync goes on until there is nothing left.

        Args:
            jobs: Whether the ledger does what it does by time, once the stations are at rest.
        """
        world = self.world
        world.calm = True
        self.host.fill_disk(None)
        world.agenda.pass_ms(120_000)
        benches = [bench for bench in self.everyone if not bench.retired]
        for bench in benches:
            bench.boot()
            bench.fill_disk(None)
            bench.handle(Tick())
        quiet = 0
        for _ in range(HEALING_ROUNDS):
            if world.knobs.identity:
                self.identities.mend()
            moved = [self._settle(bench) for bench in benches]
            world.agenda.pass_ms(60_000)
            if jobs and quiet == 0 and not any(moved):
                self.office.jobs()
                self.office.release()
            quiet = 0 if any(moved) else quiet + 1
            if quiet == 2:
                return
        world.violated(f"not quiet after {HEALING_ROUNDS} rounds")

    def _settle(self, bench: Bench) -> bool:
        """One push and one pull; whether there was anything to do."""
        moved = False
        for which in ("push", "pull"):
            match step(bench, which):
                case Idle():
                    state = "forked" if bench.forked else "online"
                    if bench.senses.link != state:
                        bench.desk.link_changed(state, "", None)
                case Stopped() as stopped:
                    saw_stop(self.world, bench, stopped)
                case Failed() | Later() as outcome:
                    self._odd(bench, outcome)
                    moved = True
                case _:
                    moved = True
        return moved

    def _odd(self, bench: Bench, outcome: Failed | Later) -> None:
        if isinstance(outcome, Failed) and outcome.culprit:
            self.world.violated(f"{bench.name} cannot send {outcome.culprit}: {outcome.detail}")

    def close(self) -> None:
        """Close every file."""
        self.world.closed = True
        for bench in self.everyone:
            bench.stop()
        self.host.close()


def _ignore(_value: object) -> None:
    """An action for its effect."""


@contextmanager
def _folder() -> Iterator[Path]:
    base = _SHARED_MEMORY if sys.platform == "linux" and _SHARED_MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="packhouse-sim-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
