"""Everything a station announces: frozen values, one closed union."""

from concurrent.futures import Future
from dataclasses import dataclass, field

from app.contract.messages import EditPut, GrantRequest
from app.domain.device import DeviceChanged
from app.domain.text import Text
from app.domain.weight import Reading
from app.station.audit_log import Limits
from app.station.inbox import LinkState
from app.station.reporting import ReportRequest
from app.station.screen import Screen, Sound


@dataclass(frozen=True, slots=True)
class ScreenChanged:
    """A new screen, after its step was committed."""

    screen: Screen


@dataclass(frozen=True, slots=True)
class Sounded:
    """Play a sound; only ever after the commit it stands for."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class ScanHeard:
    """A device put a scan into the inbox; its fate is told by `ScanDecided`. Nothing is durable."""


@dataclass(frozen=True, slots=True)
class ScanDecided:
    """The fate of one scan: applied, refused, duplicate, held, command."""

    scan: int
    shown: str
    fate: str
    why: Text | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An operation was committed to the book."""

    operation: str
    kind: str
    seq: int


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome of an own operation was seen in the feed."""

    operation: str
    outcome: str
    code: str


@dataclass(frozen=True, slots=True)
class ReadingShown:
    """A live reading, for display."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class PrintAsked:
    """A print job was committed: the printer may take it."""

    job: str
    payload_kind: str
    content: str


@dataclass(frozen=True, slots=True)
class GrantAsked:
    """A person asks the ledger for a grant; the answer comes to the inbox as `Granted`."""

    request: GrantRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class LogTaken:
    """What became of a file of the log: where it lies with how many entries, or what went wrong."""

    path: str = ""
    entries: int = 0
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class LogAsked:
    """Somebody takes the log away as a file; it is written elsewhere, and `taken` told.

    Attributes:
        operation: Id of the event that tells of it.
        limits: What the log is limited to.
        at: When it was asked for, ISO 8601 UTC.
        person: Who asked.
        site: Where the log was kept, and `station` at which one.
    """

    operation: str
    limits: Limits
    at: str
    person: str
    site: str
    station: str
    taken: "Future[LogTaken]" = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SettingAsked:
    """Somebody who may wants a setting of the station changed; `name` may be `*` or `enrol`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class PhotoAsked:
    """A flow wants the newest picture of the folder; it comes to the inbox as `PhotoTaken`."""


@dataclass(frozen=True, slots=True)
class EditAsked:
    """A person asks the ledger for a change; the answer comes to the inbox as `EditAnswered`."""

    put: EditPut = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """A report was asked for, and is made beside the station; `Station.reported` has the answer."""

    request: ReportRequest


@dataclass(frozen=True, slots=True)
class Footer:
    """What the footer always shows.

    Attributes:
        link: State of the link; `since` its last change (ISO, local display by the page).
        outbox: Operations the ledger has not confirmed.
        oldest_s: Age of the oldest of them in seconds.
        need_you: Held, refused or conflicting operations and open exceptions.
        last_sync: ISO time of the last complete round, or empty.
        devices: Last known state of each device.
        warning: What is wrong with the book's disk or its backups, or None.
        runs_out: What runs out within days, or None.
        person: Who is signed in, or empty.
        said: What the ledger, or the line to it, said last; empty when all is well.
    """

    link: LinkState
    since: str
    outbox: int
    oldest_s: int
    need_you: int
    last_sync: str
    skew_ms: int | None
    station: str
    site: str
    person: str
    devices: tuple[DeviceChanged, ...] = field(default=())
    warning: Text | None = None
    runs_out: Text | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class FooterChanged:
    """The footer has something new to show."""

    footer: Footer


@dataclass(frozen=True, slots=True)
class Broken:
    """A fault of ours: the task was stopped, the outbox kept, the report written."""

    sentence: str
    detail: str


Event = (
    ScreenChanged
    | Sounded
    | ScanHeard
    | ScanDecided
    | Recorded
    | Settled
    | ReadingShown
    | PrintAsked
    | GrantAsked
    | LogAsked
    | SettingAsked
    | EditAsked
    | ReportAsked
    | PhotoAsked
    | FooterChanged
    | DeviceChanged
    | Broken
)
