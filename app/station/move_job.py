"""The saved state of Move: what is in hand, from where, how many. Nothing of it is recorded yet."""

from enum import StrEnum

from app.station.task import TaskJob


class MoveState(StrEnum):
    """What is asked for next."""

    WHAT = "what"
    SOURCE = "source"
    PILE = "pile"
    TARGET = "target"
    DONE = "done"


class MoveJob(TaskJob, frozen=True, omit_defaults=True, kw_only=True):
    """Moves of one person, or for one task.

    Attributes:
        base: Place or tote scanned as where goods are taken from, until another one is.
        sku: What is in hand; empty between two moves, and with everything of a place.
        name: The same for people.
        lot: Its lot.
        serial: Its serial number, when that was scanned.
        condition: State of these goods.
        units: Base units one scan of it stands for.
        uom: What was scanned: `each`, or `pack-12`.
        source: Where it is taken from.
        there: What the book has of it there.
        quantity: What is moved.
        counted: Whether somebody counts it scan by scan.
        asked: A number above what is there that was typed once.
        whole: Everything of the source is moved.
        place: Where it is best put, or empty.
        why: The reason for that, as a word.
        chosen: Key of the row that is looked at.
    """

    base: str = ""
    sku: str = ""
    name: str = ""
    lot: str = ""
    serial: str = ""
    condition: str = "good"
    units: int = 1
    uom: str = "each"
    source: str = ""
    there: int = 0
    quantity: int = 0
    counted: bool = False
    asked: int = 0
    whole: bool = False
    place: str = ""
    why: str = ""
    chosen: str = ""


# What an empty hand looks like: after a move, and when one is let be.
EMPTY: dict[str, object] = {
    "state": MoveState.WHAT.value,
    "sku": "",
    "name": "",
    "lot": "",
    "serial": "",
    "condition": "good",
    "units": 1,
    "uom": "each",
    "source": "",
    "there": 0,
    "quantity": 0,
    "counted": False,
    "asked": 0,
    "whole": False,
    "place": "",
    "why": "",
    "chosen": "",
    "armed": 0,
}
