"""The saved state of an edit: what was seen, what it is to be, what somebody else made of it."""

from enum import StrEnum

import msgspec
from msgspec import Struct

from app.contract.messages import ItemRow
from app.domain.text import Text
from app.station.task import TaskJob

# F4 goes back so many steps.
MOST_STEPS = 30
ITEM, PLACE = "item/", "place/"
# No reorder point, or one that this station was not told.
NONE = -1


class EditState(StrEnum):
    """What is asked for next."""

    CHOOSE = "choose"
    FIELDS = "fields"
    REASON = "reason"
    SENDING = "sending"
    CONFLICT = "conflict"


class Draft(Struct, frozen=True):
    """An item with its reorder point, or the kind of a place: as it is, or as it is to be.

    Attributes:
        item: The row; None for a place.
        kind: What a place is for; empty for an item.
        low: Reorder point of the item at this site, or `NONE`.
    """

    item: ItemRow | None = None
    kind: str = ""
    low: int = NONE


class EditJob(TaskJob, frozen=True, omit_defaults=True, kw_only=True):
    """One edit; its key is `item/<sku>` or `place/<code>`.

    Attributes:
        seen: What it was when somebody began, or as the ledger has told since.
        draft: What it is to be.
        steps: The draft before each of the last steps, for F4.
        chosen: The field that is looked at, or the row of the list.
        wrong: A field whose last value was refused, and why.
        why: The same in words.
        reason: Why it is changed, as it was sent last.
        told: Whether the ledger has said what the reorder point is.
        pending: Parts the ledger is being asked to change.
        own: The draft as it was sent, when somebody else was faster.
        theirs: What they made of it.
    """

    seen: Draft = Draft()
    draft: Draft = Draft()
    steps: tuple[Draft, ...] = ()
    chosen: str = ""
    wrong: str = ""
    why: Text | None = None
    reason: str = ""
    told: bool = False
    pending: tuple[str, ...] = ()
    own: Draft | None = None
    theirs: Draft | None = None

    @property
    def name(self) -> str:
        """The SKU, or the code of the place."""
        return self.key.partition("/")[2]


def same_item(one: ItemRow | None, other: ItemRow | None) -> bool:
    """Whether two rows say the same, whatever their versions are."""
    if one is None or other is None:
        return one is other
    return bool(msgspec.structs.replace(other, version=one.version) == one)


def changed_parts(job: EditJob) -> tuple[str, ...]:
    """What differs from what was seen: the item, the place, the reorder point."""
    parts = []
    if not same_item(job.seen.item, job.draft.item):
        parts.append("item")
    if job.seen.kind != job.draft.kind:
        parts.append("location")
    if job.seen.low != job.draft.low:
        parts.append("reorder")
    return tuple(parts)


def stepped(job: EditJob, draft: Draft, field: str) -> EditJob:
    """The job with another draft, and a step back to the one before."""
    return msgspec.structs.replace(
        job,
        draft=draft,
        steps=(*job.steps, job.draft)[-MOST_STEPS:],
        chosen=field,
        wrong="",
        why=None,
    )


# What is merged by field when two changed the same item: its own words, not its version.
MERGED = ("name", "packs", "weight_mg", "spread_mg", "tracking", "shelf_days", "state")


def merged(seen: Draft, own: Draft, theirs: Draft) -> Draft:
    """Mine where I changed something, theirs everywhere else."""
    kind = own.kind if own.kind != seen.kind else theirs.kind
    if seen.item is None or own.item is None or theirs.item is None:
        return Draft(None, kind, theirs.low)
    mine = {
        field: getattr(own.item, field)
        for field in MERGED
        if getattr(own.item, field) != getattr(seen.item, field)
    }
    low = own.low if own.low != seen.low else theirs.low
    return Draft(msgspec.structs.replace(theirs.item, **mine), kind, low)
