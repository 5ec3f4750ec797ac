"""The saved state of a count plan in the making: the places so far, and how they came in."""

from enum import StrEnum

import msgspec
from msgspec import Struct

from app.contract.messages import MAX_LINES
from app.station.task import TaskJob

# An operation has no more lines.
MOST_PLACES = MAX_LINES
# F4 goes back so many steps.
MOST_STEPS = 50


class PlanState(StrEnum):
    """What is asked for next."""

    PLACES = "places"
    FIRST = "first"
    LAST = "last"


class Planned(Struct, frozen=True, array_like=True):
    """One place of the plan.

    Attributes:
        place: Where.
        item: Only this item; empty when everything there is counted.
        name: The item's, for people.
        last: When this station counted the place, or empty.
    """

    place: str
    item: str = ""
    name: str = ""
    last: str = ""

    @property
    def key(self) -> str:
        """What tells it from the others."""
        return f"{self.place}\x1f{self.item}"


class PlanJob(TaskJob, frozen=True, omit_defaults=True, kw_only=True):
    """One plan.

    Attributes:
        places: In the order they came in.
        steps: The places as they were before each of the last steps, for F4.
        first: Where a range begins, once it was scanned.
        chosen: Row of the list that is looked at.
    """

    places: tuple[Planned, ...] = ()
    steps: tuple[tuple[Planned, ...], ...] = ()
    first: str = ""
    chosen: str = ""


def grown(job: PlanJob, places: tuple[Planned, ...]) -> PlanJob:
    """The job with other places, and a step back to what it had."""
    return msgspec.structs.replace(
        job,
        places=places,
        steps=(*job.steps, job.places)[-MOST_STEPS:],
        state=PlanState.PLACES.value,
    )
