"""The saved state of one packing job: written with every step, resumed exactly."""

from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec import Struct

from app.domain.operation import PARCEL_PREFIX
from app.domain.order import Order
from app.domain.text import Text
from app.station.open_task import Notes

NOTE_PREFIX = "job/"


class PackState(StrEnum):
    """Where the job stands. An unacknowledged problem lies over any of them."""

    CLAIMING = "claiming"
    ELSEWHERE = "elsewhere"
    SCAN = "scan"
    SHORT = "short"
    EXPIRED = "expired"
    PARCELS = "parcels"
    TAKE_OUT = "take_out"
    WEIGH = "weigh"
    OFF_WEIGHT = "off_weight"
    CHECK = "check"
    WHY = "why"
    LABEL = "label"
    HAND_OVER = "hand_over"
    STOPPED = "stopped"


class Problem(Struct, frozen=True):
    """An error on the panel until it is acknowledged."""

    title: Text
    detail: Text


class LabelContent(Struct, frozen=True):
    """What a parcel label says; the payload of a print job of kind `parcel`."""

    order: str
    ship_to: tuple[str, ...]
    carrier: str
    weight_mg: int
    sscc: str
    skus: int
    units: int
    station: str
    printed_at: str
    reprint: bool = False
    parcel_no: int = 1


class Parcel(Struct, frozen=True, omit_defaults=True):
    """One parcel of an order, as it stands on the bench.

    Attributes:
        number: From 1, in the order they were begun.
        box: Chosen box preset.
        weight_mg: Accepted weight of the closed box.
        sscc: Its number once sealed; empty while it is open.
        seal: Operation that sealed it.
        label: What the label said when it was last asked for.
        print_job: The label's print job.
        print_state: What the printer said of it.
        before: How it stood before it was opened again, for as long as that can be taken back.
    """

    number: int = 1
    box: str = ""
    weight_mg: int | None = None
    sscc: str = ""
    seal: str = ""
    label: LabelContent | None = None
    print_job: str = ""
    print_state: str = ""
    before: "Parcel | None" = None


class Held(Struct, frozen=True, omit_defaults=True):
    """A scanned unit of an expired lot: in nobody's box until somebody with the right says so."""

    sku: str
    units: int
    uom: str
    lot: str = ""
    serial: str = ""
    expiry: str = ""


class PackJob(Struct, frozen=True, omit_defaults=True):
    """One order being packed: the parcel that is worked on, and the others of it.

    Attributes:
        job: Correlation id of every operation of this job.
        order: The order's number.
        version: Version of the order the person is working from.
        person: Whose job it is.
        armed: Quantity typed before the scan it belongs to; 0 when none.
        asked: A large quantity that has to be typed once more before it counts; 0 when none.
        source: Tote or location scanned as the place goods are taken from, or empty.
        box: Chosen box preset.
        weight_mg: Accepted weight of the closed box.
        sscc: Number of the parcel once sealed.
        seal: Operation that sealed it.
        label: What the label said when it was last asked for.
        print_job: The label's print job.
        print_state: What the printer said of it.
        paused: Left with F8.
        content: Of an order that was open again: what it asked for then. Its versions say shipped,
            and released again, and neither is news to the box.
        number: Number of the parcel that is worked on.
        before: As in `Parcel`.
        others: The other parcels of the order.
        gone: Highest number of a parcel that was begun before the order was opened again: a number
            is never used twice.
        chosen: Number of the parcel that is looked at in the list of them.
        held: The expired unit that is asked about.
        why: The reason somebody gave for letting it go, while the right is being proven.
    """

    job: str
    order: str
    version: int
    person: str
    state: PackState = PackState.SCAN
    problem: Problem | None = None
    armed: int = 0
    source: str = ""
    box: str = ""
    weight_mg: int | None = None
    sscc: str = ""
    seal: str = ""
    label: LabelContent | None = None
    print_job: str = ""
    print_state: str = ""
    paused: bool = False
    content: str = ""
    number: int = 1
    asked: int = 0
    before: Parcel | None = None
    others: tuple[Parcel, ...] = ()
    gone: int = 0
    chosen: int = 0
    held: Held | None = None
    why: str = ""

    @property
    def parcel(self) -> str:
        """The parcel's location; unique, so that two stations can never mix two boxes."""
        return self.location(self.number)

    def location(self, number: int) -> str:
        """Location of one of its parcels."""
        return f"{PARCEL_PREFIX}{self.job}" + (f"-{number}" if number > 1 else "")

    @property
    def locations(self) -> dict[int, str]:
        """Location of each of its parcels, by number."""
        return {one.number: self.location(one.number) for one in self.parcels}

    @property
    def current(self) -> Parcel:
        """The parcel that is worked on."""
        return Parcel(**{name: getattr(self, name) for name in Parcel.__struct_fields__})

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """All of them, in the order of their numbers."""
        return tuple(sorted((*self.others, self.current), key=lambda one: one.number))

    def working_on(self, parcel: Parcel, others: tuple[Parcel, ...]) -> "PackJob":
        """The job with another parcel in hand."""
        fields = {name: getattr(parcel, name) for name in Parcel.__struct_fields__}
        return msgspec.structs.replace(self, **fields, others=others)


def content_of(order: Order) -> str:
    """A digest of what a box is packed by: address, carrier, lines and policy."""
    lines = [(line.line, line.item, line.quantity) for line in order.lines]
    asked = (order.policy.value, order.carrier, order.note, order.ship_to, lines)
    return sha256(msgspec.json.encode(asked)).hexdigest()


def save(notes: Notes, job: PackJob) -> None:
    """Write the job beside the operation it belongs to."""
    notes.set_note(NOTE_PREFIX + job.order, msgspec.json.encode(job).decode())


def load(notes: Notes, order: str) -> PackJob | None:
    """The saved job of an order."""
    value = notes.note(NOTE_PREFIX + order)
    return None if value is None else msgspec.json.decode(value, type=PackJob)


def forget(notes: Notes, order: str) -> None:
    """The job is finished."""
    notes.set_note(NOTE_PREFIX + order, None)
