"""How bad a seed is: every knob drawn once, so that seeds differ in kind, not only in luck."""

from dataclasses import dataclass
from random import Random
from typing import Any

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
# Pages that are begun at the board. Few a seed, so that what follows from one another is reached.
TASKS = ("receive", "return", "move", "pick", "count", "transfer", "lookup", "exceptions", "claims")
# Not begun at the board: whoever packs looks after several parcels of an order.
PARCELS = "parcels"
# What somebody does besides who has the right, one of them in half of the seeds.
DESK_WORK = ("plan", "edit", "settings", "reports")
# What else somebody looks at, where hands slip; a desk is among it, so that slips happen there.
LOOKS = ("audit", "dashboards", "plan", "edit", "reports", "settings", "exceptions", "claims")
TASKS_OF_A_SEED = 3
# How often somebody presses what lies nearest, and scans a card instead of pressing its key.
NOBODY = (0.0, 0.0)
FUMBLES = (NOBODY, NOBODY, (0.05, 0.3), (0.15, 0.1), NOBODY, NOBODY)
IDENTITIES = ("key", "revoked", "again")
# So long that somebody finishes something, and is called away from something else.
SHIFT_S = 120


@dataclass(frozen=True, slots=True)
class Knobs:
    """Chances are per event, in [0, 1].

    Attributes:
        stations: Benches at the site.
        days: Shifts played.
        shift_ms: Length of the played part of a shift.
        pace_ms: How long the sync waits for more before it sends or fetches.
        think_ms: Mean pause between two doings of a person.
        drop: A request never arrives.
        drop_answer: An answer never arrives.
        double: A request arrives once more, later.
        slow: A message takes seconds.
        truncate: A request is cut short, or an answer.
        outage: A station's link is down for a while.
        crash: A station dies at a persistence point.
        power: A death is a power cut, not a killed process.
        ledger_crash: The ledger dies at a point of its transaction.
        clumsy: A person does something wrong.
        backups: How often the ledger is backed up.
        restore: The ledger is restored from the last backup.
        announced: The restored ledger has a new epoch.
        twin: A station is copied, or restored from its own backup.
        disk_full: A station's disk is full for a while, or the ledger's.
        strange: A station records something this ledger cannot understand, or under a used id.
        settled: The stations have followed the ledger before the first shift begins.
        hostile: A dishonest program writes to the chain of a station.
        skews_ms: How far each station's clock is off.
        tasks: What its people do besides packing; chosen from at the board.
        far: The last station is at the other site.
        fumble: A person presses or scans what lies nearest, on whatever page is open.
        identity: A station gets a new device key, is revoked, or is enrolled anew; then those that
            may speak with the ledger no more are enrolled anew, too.
        cards: A person scans the command card instead of pressing the key.
    """

    stations: int
    days: int
    shift_ms: int
    pace_ms: int
    think_ms: int
    drop: float
    drop_answer: float
    double: float
    slow: float
    truncate: float
    outage: float
    crash: float
    power: float
    ledger_crash: float
    clumsy: float
    backups: int
    restore: bool
    announced: bool
    twin: str
    disk_full: bool
    strange: str
    settled: bool
    hostile: bool
    skews_ms: tuple[int, ...]
    tasks: tuple[str, ...]
    far: bool
    fumble: float
    cards: float
    identity: str


def _work(chance: Random, more: tuple[str, ...]) -> dict[str, Any]:
    """Tasks, and whether both ends of transfers are played: then they are most of the work."""
    far, tasks = chance.random() < 0.4, chance.sample((*TASKS, PARCELS), TASKS_OF_A_SEED)
    tasks += chance.choices(DESK_WORK) * (chance.random() < 0.5)
    if more:
        # What is looked at is half of the work, or hands would slip at the others alone.
        tasks = [*tasks[:2], *more]
    return {"tasks": tuple(sorted(tasks + ["transfer"] * (3 * far))), "far": far}


def draw(chance: Random, *, stations: int = 0, days: int = 0, shift_s: int = 0) -> Knobs:
    """Draw the knobs of a seed; `stations` and `days` are drawn as well when 0.

    Args:
        chance: Of the seed.
        stations: How many benches.
        days: How many shifts.
        shift_s: How much of each shift is played, in seconds; `SHIFT_S` when 0.
    """
    pick = chance.choice
    # Beside the other draws: a seed in which nobody fumbles plays as if nobody could.
    beside = Random()  # noqa: S311 - of the seed, too
    beside.setstate(chance.getstate())
    fumble, cards = beside.choice(FUMBLES)
    count = stations or pick((2, 2, 3))
    return Knobs(
        stations=count,
        days=days or pick((1, 1, 1, 2)),
        shift_ms=(shift_s or SHIFT_S) * 1000,
        pace_ms=pick((50, 1_500, 6_000)),
        think_ms=pick((1_200, 2_000, 4_000)),
        drop=pick((0.0, 0.05, 0.3)),
        drop_answer=pick((0.0, 0.05, 0.3)),
        double=pick((0.0, 0.05, 0.3)),
        slow=pick((0.0, 0.1, 0.4)),
        truncate=pick((0.0, 0.0, 0.1)),
        outage=pick((0.0, 0.0, 0.5, 1.0)),
        crash=pick((0.0, 0.004, 0.015)),
        power=0.5,
        ledger_crash=pick((0.0, 0.02, 0.1)),
        clumsy=pick((0.1, 0.3)),
        backups=pick((0, 1, 2)),
        restore=chance.random() < 0.5,
        announced=chance.random() < 0.5,
        twin=pick(("", "", "", "clone", "restored")),
        disk_full=chance.random() < 0.2,
        strange=pick(("", "", "", "", "unknown_kind", "used_id")),
        settled=pick((True, True, True, False)),
        hostile=chance.random() < 0.3,
        skews_ms=tuple(pick((0, 0, 137, -DAY_MS, 3 * DAY_MS, HOUR_MS)) for _ in range(count)),
        **_work(chance, tuple(beside.sample(LOOKS, 2)) if fumble else ()),
        fumble=fumble,
        cards=cards,
        identity=beside.choice(IDENTITIES) if fumble else "",
    )
