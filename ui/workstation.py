"""What the window needs of the running program; `app.bootstrap` makes one, tests have a fake."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from app.errors import PackhouseError
from app.station.events import Event
from app.station.inbox import Message
from app.station.views import Views


class Workstation(Protocol):
    """A station that runs: values go in, events come out, and the book can be asked."""

    @property
    def views(self) -> Views:
        """Read-only questions to the book; called on the reader threads."""
        ...

    def put(self, message: Message) -> None:
        """Put a value into the station's inbox; from any thread, never waits."""
        ...

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        """Tell `listener` everything announced, from any thread; screen and footer first."""
        ...

    def stop(self) -> None:
        """Finish what is in the inbox and end every thread."""
        ...


@runtime_checkable
class FirstRun(Protocol):
    """What stands in for the station until there is one; it is a `Workstation` too."""

    def when_over(self, tell: Callable[["str | PackhouseError"], None]) -> None:
        """Told how it ends: `station`, `demo`, or the error that a passphrase mends."""
        ...


class Demo(Protocol):
    """The demo that a first run may end in: its bench, and how it begins and ends."""

    def press(self, name: str) -> None:
        """Do what the button `name` says; returns at once."""
        ...

    def start(self) -> Workstation:
        """Make its ledger and its station, and start them."""
        ...

    def close(self) -> None:
        """Take everything down again."""
        ...


class Controls(Protocol):
    """The simulated bench of the demo: what the panel's buttons do to the devices."""

    def press(self, name: str) -> None:
        """Do what the button `name` says; returns at once."""
        ...
