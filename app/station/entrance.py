"""What the sign-in page knows: who is at the door, whose station it is, what did not help."""

from dataclasses import dataclass

from app.domain.text import Text
from app.station.presence import Why
from app.station.proving import Asked
from app.station.screen import Page
from app.station.turn import Session


@dataclass(frozen=True, slots=True)
class Locked:
    """Whose station this is while it is locked.

    Attributes:
        session: Who was signed in; without the key.
        page: Where they were.
        why: Why it is locked.
        since_ns: Monotonic time of the lock.
    """

    session: Session
    page: Page
    why: Why
    since_ns: int


@dataclass(frozen=True, slots=True)
class Entrance:
    """What the page knows.

    Attributes:
        asked: Who is to show their PIN.
        refused: Why the last try did not help, until the next.
        who: Whom `refused` is about, or empty: they may have to wait, or to be let in.
        locked: Whose station it is.
    """

    asked: Asked | None = None
    refused: Text | None = None
    who: str = ""
    locked: Locked | None = None
