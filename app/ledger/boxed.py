"""Parcels, as far as one transaction touches them: part of a `Book`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Seal(StrEnum):
    """Whether a parcel is closed; empty for one that never was."""

    NEVER = ""
    SEALED = "sealed"
    REOPENED = "reopened"


class Step(NamedTuple):
    """What an operation did to a parcel, beside what it put in or took out.

    Attributes:
        parcel: Its location.
        order: The order it is of.
        seal: What its seal became; None when it is as it was.
        shipped: Units handed over, signed.
    """

    parcel: str
    order: str
    seal: Seal | None = None
    shipped: int = 0

    def mirrored(self) -> "Step":
        """The step that takes this one back; a seal that was broken open is whole again."""
        seal = self.seal
        if seal is not None:
            seal = Seal.REOPENED if seal is Seal.SEALED else Seal.SEALED
        return Step(self.parcel, self.order, seal, -self.shipped)


@dataclass(slots=True)
class ParcelBook:
    """A parcel.

    Attributes:
        document: The order it is of.
        seal: Whether it is closed.
        shipped: Units handed over in it.
        changed: Whether this transaction changed it.
    """

    document: str
    seal: str = Seal.NEVER.value
    shipped: int = 0
    changed: bool = False


def follow(parcels: dict[str, ParcelBook], step: Step) -> None:
    """Let a parcel follow a step; the first one makes it."""
    known = parcels.get(step.parcel)
    if known is None:
        known = parcels[step.parcel] = ParcelBook(step.order, changed=True)
    if step.seal is not None:
        known.seal, known.changed = step.seal.value, True
    if step.shipped:
        known.shipped += step.shipped
        known.changed = True
