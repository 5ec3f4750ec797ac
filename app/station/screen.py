"""What a page shows, as one value: pages render it and pass intents back; no rule lives in a page.

A flow makes a new `Screen` after every committed step; the window, the headless station and the
tests all read the same value.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.text import Text
from app.domain.weight import Reading, WeightRange
from app.station.cases import CaseView, Fact, WaitingView
from app.station.charts import Board
from app.station.lists import ListView


class Page(StrEnum):
    """Which page a screen belongs to; `ui/pages/<value>.py` and `tests/ui` use the same names."""

    SIGN_IN = "sign_in"
    HOME = "home"
    PACK = "pack"
    ADJUST = "adjust"
    APPROVALS = "approvals"
    MOVE = "move"
    LOOKUP = "lookup"
    RECEIVE = "receive"
    PICK = "pick"
    COUNT = "count"
    EXCEPTIONS = "exceptions"
    CLAIMS = "claims"
    RETURN = "return"
    TRANSFER = "transfer"
    DASHBOARDS = "dashboards"
    UNDO = "undo"
    PLAN = "plan"
    SETUP = "setup"
    AUDIT = "audit"
    SETTINGS = "settings"
    EDIT = "edit"
    REPORTS = "reports"


class Tone(StrEnum):
    """The form of the prompt panel. Never colour alone: each tone has its own icon and sound."""

    ASK = "ask"
    OK = "ok"
    WARN = "warn"
    ERROR = "error"
    BUSY = "busy"


class Sound(StrEnum):
    """The five sounds (ux.md §1.3): one meaning each."""

    ACCEPTED = "accepted"
    LINE = "line"
    ORDER = "order"
    WRONG = "wrong"
    ATTENTION = "attention"


class StepState(StrEnum):
    """State of one step of the trail."""

    DONE = "done"
    CURRENT = "current"
    TODO = "todo"


class LineState(StrEnum):
    """State of one line in the body."""

    DONE = "done"
    CURRENT = "current"
    OPEN = "open"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Prompt:
    """The one instruction: verb and object, detail, a bold note, a counter.

    Attributes:
        tone: Form of the panel.
        icon: Name of an icon in `resources/icons`.
        title: What to do now, or what happened.
        detail: One or two lines more; quotes the code that was scanned.
        note: The way out, in bold (errors and questions), or None.
        done: First number of the counter, or None without a counter.
        total: Second number of the counter.
        unit: What the counter counts.
    """

    tone: Tone
    icon: str
    title: Text
    detail: Text | None = None
    note: Text | None = None
    done: int | None = None
    total: int | None = None
    unit: Text | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trail in the header."""

    label: Text
    state: StepState


def trail(labels: Iterable[Text], here: int) -> tuple[Step, ...]:
    """The steps of a task in its header: done before `here`, to do after it."""
    states = (StepState.DONE, StepState.CURRENT, StepState.TODO)
    return tuple(
        Step(label, states[(place >= here) + (place > here)]) for place, label in enumerate(labels)
    )


@dataclass(frozen=True, slots=True)
class Action:
    """One key of the action bar.

    Attributes:
        key: `F4`, `1`, `Esc` …: shown on the button and bound to it.
        intent: What is put into the inbox (`app.station.inbox.Do.action`).
        label: What it does.
        enabled: Whether it may be used now.
        why_not: When disabled: the sentence that says what is missing.
        argument: Passed along with the intent, e.g. the number of a box.
        main: The main action of the page (F10).
    """

    key: str
    intent: str
    label: Text
    enabled: bool = True
    why_not: Text | None = None
    argument: str = ""
    main: bool = False


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the document on the page; `note` is what else happened to it, in a few words."""

    line: int
    sku: str
    name: str
    place: str
    done: int
    wanted: int
    state: LineState
    short: int = 0
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class WeighView:
    """The weigh step: the live reading is announced separately, this is what it is held against."""

    expected: WeightRange
    reading: Reading | None
    accepted_mg: int | None = None


@dataclass(frozen=True, slots=True)
class BoxView:
    """A box preset; `key` selects it."""

    key: str
    box: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class LabelView:
    """The label step: the parcel label as it is printed (`app.labels` draws it), and its job."""

    sscc: str
    state: str
    order: str
    ship_to: tuple[str, ...]
    carrier: str
    weight_mg: int
    reprint: bool
    skus: int = 0
    units: int = 0
    station: str = ""
    printed_at: str = ""
    parcel_no: int = 1


@dataclass(frozen=True, slots=True)
class PersonView:
    """Someone who may sign in here."""

    person: str
    name: str
    role: str


class ProofState(StrEnum):
    """How far somebody has come who proves who they are."""

    BADGE = "badge"
    PIN = "pin"
    CODE = "code"
    CHECKING = "checking"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class ProofView:
    """Somebody proves who they are: on the sign-in page, or as a step-up over any other.

    Attributes:
        state: What is waited for; `shut` while nobody may try.
        person: Whose PIN it is, or empty.
        name: The same for people.
    """

    state: ProofState
    person: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One order of the queue on the home page."""

    order: str
    carrier: str
    ship_before: str
    priority: int
    units: int
    done: int
    state: str
    mine: bool


@dataclass(frozen=True, slots=True)
class AttentionRow:
    """Something that needs this person: an exception, a refusal, a held operation."""

    subject: str
    severity: str
    sentence: str
    since: str


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the person at the screen wants the window; what is not said is as the station has it.

    Attributes:
        language: Code of a catalogue, or empty.
        theme: `light`, `dark`, `contrast`, or empty.
        text_percent: Text size, or 0.
        volume: Of the tones, per cent, or None.
        muted: Whether the tones are off, or None.
    """

    language: str = ""
    theme: str = ""
    text_percent: int = 0
    volume: int | None = None
    muted: bool | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything a page shows. Fields a page has no use for stay at their defaults.

    `flag` is what must not be overlooked while working, such as the customer's note. With
    `as_typed`, what is typed into the scan line is passed on letter by letter (`Intent.SEARCH`). A
    `symbol` is drawn as a barcode, to be scanned from the screen.
    """

    page: Page
    title: Text
    prompt: Prompt
    document: str = ""
    subtitle: Text | None = None
    steps: tuple[Step, ...] = ()
    done: int = 0
    total: int = 0
    scan_hint: Text | None = None
    lines: tuple[LineView, ...] = ()
    current: int | None = None
    actions: tuple[Action, ...] = ()
    weigh: WeighView | None = None
    boxes: tuple[BoxView, ...] = ()
    label: LabelView | None = None
    people: tuple[PersonView, ...] = ()
    proof: ProofView | None = None
    queue: tuple[QueueRow, ...] = ()
    queue_total: int = 0
    attention: tuple[AttentionRow, ...] = ()
    waiting: tuple[WaitingView, ...] = ()
    chosen: str = ""
    case: CaseView | None = None
    choices: ListView | None = None
    facts: tuple[Fact, ...] = ()
    board: Board | None = None
    flag: Text | None = None
    locked: bool = False
    as_typed: bool = False
    symbol: str = ""
    wishes: Wishes | None = None
