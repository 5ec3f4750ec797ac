"""What somebody did, as they remember it: scans of one item in a row are one act, not forty.

Only finished work: what belongs to an open task is taken back there, step by step. Units of a
parcel belong to the parcel: taking back its hand-over opens it, and the task Pack goes on with it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import msgspec

from app.contract.messages import Line, Operation, Reference
from app.domain.operation import Kind
from app.domain.roles import Permission, may
from app.station.limits_here import Here
from app.station.pack_job import NOTE_PREFIX
from app.station.ports import Work
from app.station.task import PREFIX
from app.station.turn import Turn
from app.station.undoing import Done

# Acts of a page of the list; the next page follows by key.
ROWS = 50
# Operations read at a time, and looked at for one page: a page takes milliseconds, however long
# the book is, and what lies further back is a page further.
CHUNK = 200
LOOK = 1_000
# Scans in a row that are one act; as many go back in one step.
RUN = 100
# Whoever puts right what others did: the ways of exceptions ask them to take records back.
OTHERS = Permission.RESOLVE

# What the page begins with: everything, one operation, or one document.
OPERATION, DOCUMENT = "operation/", "document/"
KINDS = frozenset(
    {
        Kind.RECEIVE,
        Kind.RETURN,
        Kind.MOVE,
        Kind.PICK,
        Kind.UNPICK,
        Kind.SHIP,
        Kind.SHORT,
        Kind.RECLASSIFY,
        Kind.DISPATCH,
        Kind.ACCEPT,
        Kind.COUNT,
        Kind.ADJUST,
        Kind.DECIDE,
    }
)
# Kinds that are recorded scan by scan, or in parts, and done in one go.
_IN_A_ROW = frozenset(
    {Kind.RECEIVE, Kind.RETURN, Kind.PICK, Kind.UNPICK, Kind.DISPATCH, Kind.ACCEPT, Kind.SHIP}
)


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did in one go; the latest operation first, never empty."""

    steps: tuple[Done, ...]

    @property
    def key(self) -> str:
        """Names it in a list: its latest operation."""
        return self.latest.id

    @property
    def latest(self) -> Operation:
        """Its latest operation."""
        return self.steps[0].operation

    @property
    def kind(self) -> str:
        """What it is."""
        return self.latest.kind

    @property
    def about(self) -> Reference:
        """What it refers to."""
        return self.latest.reference or Reference()

    @property
    def standing(self) -> tuple[Done, ...]:
        """What of it was not taken back."""
        return tuple(step for step in self.steps if step.taken_back is None)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was moved, and stands; of what was taken back whole, what that was."""
        steps = self.standing or self.steps
        return tuple(line for step in steps for line in step.operation.lines)

    @property
    def units(self) -> int:
        """Base units of its lines."""
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked back on.

    Attributes:
        before: Where this page of the list begins, or 0.
        document: Only what was done for this document, or empty.
        item: Only what was done with this item, or empty.
        sscc: Only the parcel with this number, or empty.
    """

    before: int = 0
    document: str = ""
    item: str = ""
    sscc: str = ""


@dataclass(frozen=True, slots=True)
class Acts:
    """A page of the list, and where the next one begins (0 when there is none)."""

    rows: tuple[Act, ...]
    following: int = 0


def everybody(turn: Turn) -> bool:
    """Whether whoever is signed in takes back what others did, too."""
    return turn.session is not None and may(turn.session.role, OTHERS)


def acts(turn: Turn, looked: Looked) -> Acts:
    """The latest acts at this station that the person signed in may see."""
    found: list[list[Done]] = []
    place = 0
    for done, wanted in _read(turn, looked):
        if wanted and found and _goes_on(found[-1], done):
            found[-1].append(done)
        elif wanted and len(found) == ROWS:
            return Acts(_made(found), done.place + 1)
        elif wanted:
            found.append([done])
        place = done.place
    more = place if place and turn.work.done(KINDS, 1, place) else 0
    return Acts(_made(found), more)


def act_of(turn: Turn, operation_id: str) -> Act | None:
    """The act with this operation, from it on back; None for what is not listed here."""
    named = turn.work.done_of(operation_id)
    if named is None:
        return None
    if named.operation.kind not in KINDS:
        # A unit in a parcel, a seal: part of the hand-over.
        gone = turn.work.done_in(named.job, Kind.SHIP)
        if not gone:
            return None
        named = gone[0]
    found = acts(turn, Looked(named.place + 1)).rows
    return found[0] if found and found[0].key == named.operation.id else None


def open_jobs(work: Work) -> frozenset[str]:
    """Jobs that were begun here and are not finished."""
    notes = (*work.notes(PREFIX), *work.notes(NOTE_PREFIX))
    return frozenset(msgspec.json.decode(value, type=_Named).job for _, value in notes)


class _Named(msgspec.Struct, frozen=True):
    """What every saved job has: the id its operations carry."""

    job: str


def _made(found: Collection[list[Done]]) -> tuple[Act, ...]:
    return tuple(Act(tuple(steps)) for steps in found)


def _read(turn: Turn, looked: Looked) -> Iterator[tuple[Done, bool]]:
    """Operations back from a place, and whether each belongs to what is looked for."""
    wanted, place, seen = _wanted(turn, looked), looked.before, 0
    while seen < LOOK:
        part = turn.work.done(KINDS, CHUNK, place)
        for done in part:
            yield done, wanted(done)
        seen += len(part)
        if len(part) < CHUNK:
            return
        place = part[-1].place


def _wanted(turn: Turn, looked: Looked) -> Callable[[Done], bool]:
    here, jobs, mine = Here(turn.work, turn.now[:10]), open_jobs(turn.work), not everybody(turn)
    me = here.word(turn.session.person) if turn.session is not None else ""

    def wanted(done: Done) -> bool:
        operation, about = done.operation, done.operation.reference or Reference()
        # A line declared short while packing is of the parcel, as its units are.
        packing = operation.kind == Kind.SHORT and bool(about.parcel)
        return not (
            (done.job in jobs and operation.kind != Kind.SHIP)
            or packing
            or (mine and here.word(operation.actor) != me)
            or looked.document not in ("", about.document)
            or (looked.sscc and (looked.sscc, Kind.SHIP) != (about.shipment, operation.kind))
            or (looked.item and all(line.item != looked.item for line in operation.lines))
        )

    return wanted


def _goes_on(steps: list[Done], done: Done) -> bool:
    """Whether this belongs to what was done in one go right after it."""
    later = steps[-1].operation
    return (
        later.kind in _IN_A_ROW
        and len(steps) < RUN
        and done.job == steps[-1].job
        and _said(later) == _said(done.operation)
    )


def _said(operation: Operation) -> tuple[str, ...]:
    """What is the same of everything done in one go."""
    about = operation.reference or Reference()
    first = operation.lines[0] if operation.lines else None
    item = first.item if first is not None and operation.kind != Kind.SHIP else ""
    return (operation.kind, operation.actor, about.document, about.parcel, about.shipment, item)
