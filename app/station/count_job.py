"""The saved state of a count: what was seen at the place so far, and how to step back in it.

Nothing here knows what the book expects: a count is blind.
"""

from enum import StrEnum

import msgspec
from msgspec import Struct

from app.contract.messages import AsOf
from app.domain.operation import Condition
from app.station.task import TaskJob

# F4 goes back so many steps within a place; who is further off begins the place again.
MOST_STEPS = 100


class CountState(StrEnum):
    """What is asked for next."""

    CHOOSE = "choose"
    PLACE = "place"
    COUNT = "count"
    LOT = "lot"
    SERIAL = "serial"


class Seen(Struct, frozen=True, array_like=True):
    """So many of one thing were seen at the place."""

    item: str
    name: str
    quantity: int
    lot: str = ""
    serial: str = ""
    condition: str = Condition.GOOD.value

    @property
    def key(self) -> str:
        """What tells it from everything else at the place."""
        return "\n".join((self.item, self.lot, self.serial, self.condition))


class Step(Struct, frozen=True, array_like=True):
    """One step at the place: what was seen of a thing before; -1 when it was new."""

    key: str
    before: int


class CountJob(TaskJob, frozen=True, omit_defaults=True, kw_only=True):
    """One count: a plan, or a single place without one.

    Attributes:
        place: The place that is counted now.
        scope: Items that are asked for there; empty when everything is.
        epoch: Of the ledger, when the look at this place began.
        cursor: How far the book had followed it then.
        seen: What was seen there.
        steps: The last steps there, for F4.
        dropped: What was seen before the place was begun again, for F4.
        last: Key of the thing a typed total is about.
        condition: State of the next piece scanned.
        half: A scan that still needs its lot or serial.
        asked: A large total that must be typed a second time.
        covered: Lines of the plan that were recorded here.
        places: How many places this job has recorded.
        chosen: Row of the list that is looked at.
        restarted: Somebody else had begun this place; it was begun again.
    """

    place: str = ""
    scope: tuple[str, ...] = ()
    epoch: str = ""
    cursor: int = 0
    seen: tuple[Seen, ...] = ()
    steps: tuple[Step, ...] = ()
    dropped: tuple[Seen, ...] = ()
    last: str = ""
    condition: str = Condition.GOOD.value
    half: Seen | None = None
    asked: int = 0
    covered: tuple[int, ...] = ()
    places: int = 0
    chosen: str = ""
    restarted: bool = False

    @property
    def units(self) -> int:
        """Everything seen at the place."""
        return sum(one.quantity for one in self.seen)

    def found(self, key: str) -> Seen | None:
        """What was seen of one thing."""
        return next((one for one in self.seen if one.key == key), None)


def put(job: CountJob, what: Seen) -> CountJob:
    """`what` is now what was seen of it; the latest stands first."""
    before = job.found(what.key)
    others = tuple(one for one in job.seen if one.key != what.key)
    step = Step(what.key, -1 if before is None else before.quantity)
    return msgspec.structs.replace(
        job,
        seen=(what, *others),
        steps=(*job.steps, step)[-MOST_STEPS:],
        last="" if what.serial else what.key,
        dropped=(),
        armed=0,
        asked=0,
        half=None,
        condition=Condition.GOOD.value,
        restarted=False,
    )


def back(job: CountJob) -> tuple[CountJob, Seen] | None:
    """One step back, and what is seen of that thing then; None when there is no step."""
    if not job.steps:
        return None
    *steps, step = job.steps
    there = job.found(step.key)
    if there is None:
        return None
    now = msgspec.structs.replace(there, quantity=max(step.before, 0))
    others = tuple(one for one in job.seen if one.key != step.key)
    seen = others if step.before < 0 else (now, *others)
    last = step.key if step.before >= 0 and not now.serial else ""
    changed = msgspec.structs.replace(job, seen=seen, steps=tuple(steps), last=last)
    return msgspec.structs.replace(changed, armed=0, asked=0), now


def begun(job: CountJob, place: str, seen: AsOf, scope: tuple[str, ...] = ()) -> CountJob:
    """The look at a place begins, at this position of the book; `scope` as in the job."""
    return msgspec.structs.replace(
        job,
        state=CountState.COUNT.value,
        place=place,
        scope=scope,
        epoch=seen.epoch,
        cursor=seen.cursor,
        seen=(),
        steps=(),
        dropped=(),
        last="",
        condition=Condition.GOOD.value,
        half=None,
        armed=0,
        asked=0,
        restarted=False,
    )
