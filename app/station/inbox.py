"""Everything that may be put into a station's inbox. One closed union; values only."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from app.contract.messages import Edited, Grant
from app.domain.device import DeviceChanged
from app.domain.scan import Scan
from app.domain.weight import Reading

if TYPE_CHECKING:
    # The window imports this before its first paint; what unlocks keys is heavy, and comes later.
    from app.identity.userkey import UserKey


class Intent(StrEnum):
    """What a person may ask for, by key, click or command card."""

    SIGN_IN_PIN = "sign_in_pin"
    LET_IN = "let_in"
    GRANT = "grant"
    SIGN_OUT = "sign_out"
    CODE = "code"
    OPEN = "open"
    CHOOSE = "choose"
    NEXT = "next"
    MAIN = "main"
    UNDO = "undo"
    SHORT = "short"
    DAMAGED = "damaged"
    PAUSE = "pause"
    ACKNOWLEDGE = "acknowledge"
    QUANTITY = "quantity"
    BOX = "box"
    YES = "yes"
    NO = "no"
    WEIGH = "weigh"
    OVERRIDE = "override"
    REPRINT = "reprint"
    HOME = "home"
    ADJUST = "adjust"
    APPROVALS = "approvals"
    TASKS = "tasks"
    TASK = "task"
    REASON = "reason"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    LOOKUP = "lookup"
    SEARCH = "search"
    WHY = "why"
    BLIND = "blind"
    EMPTY = "empty"
    MARK = "mark"
    SORT = "sort"
    RECOUNT = "recount"
    PHOTO = "photo"
    TAKE_OUT = "take_out"
    WISH = "wish"
    SYNC_NOW = "sync_now"
    TEST_LABEL = "test_label"


# What is answered by the program around the station, and changes nothing in it.
OUTSIDE = frozenset({Intent.SYNC_NOW, Intent.TEST_LABEL})


@dataclass(frozen=True, slots=True)
class Do:
    """A person's intent; `argument` is what it needs: a typed code, a number, a reason, a PIN."""

    action: Intent
    argument: str = ""
    extra: str = ""


class PrintState(StrEnum):
    """How far a print job has come; `unknown` (lost after bytes were sent) needs a person."""

    WAITING = "waiting"
    PRINTED = "printed"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Printed:
    """The printer's answer to one job."""

    job: str
    state: PrintState
    detail: str = ""


class LinkState(StrEnum):
    """The link to the ledger; forked, revoked and not enrolled end with enrolling anew.

    Unproven is offline for a reason that IT must hear: what answers cannot prove to be the ledger.
    Not set up is no link at all: the first run is under way.
    """

    ONLINE = "online"
    OFFLINE = "offline"
    UNPROVEN = "unproven"
    REFUSED = "refused"
    FORKED = "forked"
    REVOKED = "revoked"
    NOT_ENROLLED = "not_enrolled"
    TOO_OLD = "too_old"
    NOT_SET_UP = "not_set_up"


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The sync's view of the link; `sentence` says what to do when refused."""

    state: LinkState
    since: str
    sentence: str = ""
    skew_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Work for the one writer, asked for by the sync; answered through the future."""

    work: Callable[[], Any]
    future: "Future[Any]"

    def answer(self) -> None:
        """Do the work, on the station's thread."""
        if self.future.set_running_or_notify_cancel():
            try:
                self.future.set_result(self.work())
            except BaseException as error:  # noqa: BLE001 - handed to the caller, who waits for it
                self.future.set_exception(error)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The unlocker's answer to one `ports.Unlock`: the person's key, or None when it stays shut."""

    request: str
    key: "UserKey | None"


@dataclass(frozen=True, slots=True)
class PhotoTaken:
    """The newest file of the picture folder; None when there is none that could be read."""

    name: str
    content: bytes | None = field(repr=False)
    folder: str = ""


@dataclass(frozen=True, slots=True)
class EditAnswered:
    """The ledger's answer to `events.EditAsked` about one part of a thing, or why there is none."""

    what: str
    name: str
    answer: Edited | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Granted:
    """The ledger's answer to `events.GrantAsked`: a grant, or the sentence why not."""

    grant: Grant | None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A second has passed: ages, duplicate windows and clocks are looked at again."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish what is in the inbox before this, then end the thread."""


Message = (
    Scan
    | Reading
    | DeviceChanged
    | Do
    | Printed
    | LinkChanged
    | Unlocked
    | Granted
    | EditAnswered
    | PhotoTaken
    | Call
    | Tick
    | Stop
)
