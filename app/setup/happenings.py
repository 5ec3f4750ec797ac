"""What happens to the first run, and what it wants done: two closed unions of values.

The machine takes the one and gives the other; hands (`app.setup.hands`) do what is wanted and their
answers come back as happenings.
"""

from dataclasses import dataclass

from typing_extensions import override

from app.domain.device import DeviceChanged
from app.domain.scan import Scan
from app.domain.text import Text
from app.domain.weight import Reading
from app.setup.answers import Answers
from app.station.inbox import Intent, Printed
from app.station.screen import Sound


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key or a command card."""

    intent: Intent
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A line and Enter."""

    line: str


@dataclass(frozen=True, slots=True)
class Found:
    """Serial ports of this machine, by names that survive replugging."""

    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """The ledger answered, and proved to be the one."""


@dataclass(frozen=True, slots=True)
class Known:
    """The ledger has enrolled this station; it says who it is from now on."""

    station: str
    site: str
    words: str


@dataclass(frozen=True, slots=True)
class Failed:
    """What was wanted did not succeed.

    Attributes:
        why: What happened, and what to do next.
        code: Of a refusal; empty for trouble of the world.
    """

    why: Text
    code: str = ""


Happening = (
    Pressed | Typed | Scan | Reading | DeviceChanged | Printed | Found | Reached | Known | Failed
)


@dataclass(frozen=True, slots=True)
class Reach:
    """Ask the ledger whether it is there, and pin its authority."""

    answers: Answers


@dataclass(frozen=True, slots=True)
class Enrol:
    """Trade a code for an identity; `again` replaces one that is there."""

    answers: Answers
    code: str
    again: bool

    @override
    def __repr__(self) -> str:
        """Without the code: it opens the door once."""
        return f"Enrol({self.answers.url!r}, again={self.again})"


@dataclass(frozen=True, slots=True)
class Look:
    """Which serial ports are there?"""


@dataclass(frozen=True, slots=True)
class OpenScanner:
    """Listen to this scanner, and to no other."""

    url: str


@dataclass(frozen=True, slots=True)
class OpenScale:
    """Ask this scale, and no other."""

    url: str
    protocol: str


@dataclass(frozen=True, slots=True)
class TryPrinter:
    """Print a label that says which station it is from."""

    url: str
    station: str


@dataclass(frozen=True, slots=True)
class Play:
    """Play one tone."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class Finish:
    """The bench is set up, or its person wants to look at the demo."""

    demo: bool


Order = Reach | Enrol | Look | OpenScanner | OpenScale | TryPrinter | Play | Finish
