"""What every flow is: a state, a table of what may happen in it, and the screen it shows.

The table is data: `(state, trigger) -> handler`. What it does not name is not allowed, and is
answered with the flow's own sentence; so every state times every trigger has a defined outcome.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.contract.messages import Edited, Grant
from app.domain.barcode import Meaning
from app.domain.scan import Scan
from app.domain.weight import Reading
from app.identity.userkey import UserKey
from app.station.inbox import OUTSIDE, Intent, PhotoTaken, PrintState
from app.station.screen import Page, Screen
from app.station.turn import Session, Turn


class Trigger(StrEnum):
    """Everything that can happen to a flow."""

    ITEM = "item"
    PLACE = "place"
    ORDER = "order"
    DOCUMENT = "document"
    LABEL = "label"
    BADGE = "badge"
    NOTHING = "nothing"
    READING = "reading"
    PRINTED = "printed"
    CLAIMED = "claimed"
    CHANGED = "changed"
    STEPPED_UP = "stepped_up"
    STEP_UP_LEFT = "step_up_left"
    UNLOCKED = "unlocked"
    TIME_UP = "time_up"
    DISTRUSTED = "distrusted"
    SIGN_IN_PIN = "sign_in_pin"
    LET_IN = "let_in"
    GRANT = "grant"
    GRANTED = "granted"
    EDITED = "edited"
    SIGN_OUT = "sign_out"
    NEXT = "next"
    OPEN = "open"
    CHOOSE = "choose"
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
    PHOTO_TAKEN = "photo_taken"
    TAKE_OUT = "take_out"
    WISH = "wish"


# What the world says, not a person: a page that waits for none of it passes over it.
OF_THE_WORLD = frozenset(
    {Trigger.READING, Trigger.PRINTED, Trigger.CHANGED, Trigger.CLAIMED, Trigger.UNLOCKED}
)


# Every intent is a trigger of the same name, but for a typed code and what is answered outside.
INTENT_TRIGGERS: dict[Intent, Trigger] = {
    intent: Trigger(intent.value)
    for intent in Intent
    if intent is not Intent.CODE and intent not in OUTSIDE
}

# Command cards (ux.md §1.3-9) that stand for one intent each; `app.station.cards` has the others.
CARDS: dict[str, Intent] = {
    "ACK": Intent.ACKNOWLEDGE,
    "UNDO": Intent.UNDO,
    "SHORT": Intent.SHORT,
    "DAMAGED": Intent.DAMAGED,
    "PAUSE": Intent.PAUSE,
    "WEIGH": Intent.WEIGH,
    "PRINT": Intent.REPRINT,
    "MAIN": Intent.MAIN,
    "NEXT": Intent.NEXT,
    "YES": Intent.YES,
    "NO": Intent.NO,
    "HOME": Intent.HOME,
    "ADJUST": Intent.ADJUST,
    "APPROVALS": Intent.APPROVALS,
    "TASKS": Intent.TASKS,
    "REJECT": Intent.REJECT,
    "WITHDRAW": Intent.WITHDRAW,
    "BLIND": Intent.BLIND,
    "EMPTY": Intent.EMPTY,
    "TAKE-OUT": Intent.TAKE_OUT,
    "SIGN-OUT": Intent.SIGN_OUT,
    "LOOKUP": Intent.LOOKUP,
    "WHY": Intent.WHY,
    "OPEN": Intent.OPEN,
    "OVERRIDE": Intent.OVERRIDE,
    "LET-IN": Intent.LET_IN,
    "GRANT": Intent.GRANT,
    "MARK": Intent.MARK,
    "SORT": Intent.SORT,
    "RECOUNT": Intent.RECOUNT,
    "PHOTO": Intent.PHOTO,
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One trigger with what came with it.

    Attributes:
        argument: What the trigger is about; with `DOCUMENT` its kind, and `extra` its number.
        key: With `STEPPED_UP`: the key of whoever proved themselves, for exactly one act.
        who: With `STEPPED_UP`: that person, who need not be the one signed in.
        grant: With `GRANTED`: what the ledger gave, or None.
        photo: With `PHOTO_TAKEN`: the file that was found.
        edited: With `EDITED`: what became of the part `argument` of `extra`, or None.
    """

    trigger: Trigger
    meaning: Meaning | None = None
    scan: Scan | None = None
    shown: str = ""
    argument: str = ""
    extra: str = ""
    reading: Reading | None = None
    print_job: str = ""
    print_state: PrintState | None = None
    outcome: str = ""
    key: UserKey | None = None
    who: Session | None = None
    grant: Grant | None = None
    edited: Edited | None = None
    photo: PhotoTaken | None = None


class Flow(Protocol):
    """One task at the station."""

    page: Page

    def enter(self, turn: Turn, argument: str) -> None:
        """The station comes to this page, inside a transaction."""
        ...

    def happen(self, turn: Turn, happening: Happening) -> None:
        """Something happened while this flow was open."""
        ...

    def screen(self, turn: Turn) -> Screen:
        """What the page shows now; called inside the transaction, after `happen`."""
        ...
