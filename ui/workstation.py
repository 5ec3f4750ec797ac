"""What the window needs of the running program; `app.bootstrap` makes one, tests have a fake."""

from collections.abc import Callable
from typing import Protocol

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


class Controls(Protocol):
    """The simulated bench of the demo: what the panel's buttons do to the devices."""

    def press(self, name: str) -> None:
        """Do what the button `name` says; returns at once."""
        ...
