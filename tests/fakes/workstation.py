"""A workstation with an inbox one can look into, and a book made of fixed values."""

from collections.abc import Callable

from app.station.events import Event
from app.station.inbox import Do, Message
from app.station.views import Views
from ui.gallery.book import GalleryViews


class FakeWorkstation:
    """Records what is put in; announces what the test says."""

    def __init__(self) -> None:
        self.views: Views = GalleryViews()
        self.inbox: list[Message] = []
        self.listeners: list[Callable[[Event], None]] = []
        self.stopped = False

    @property
    def asked(self) -> list[Do]:
        """Intents only."""
        return [message for message in self.inbox if isinstance(message, Do)]

    def put(self, message: Message) -> None:
        self.inbox.append(message)

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        self.listeners.append(listener)

    def announce(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)

    def stop(self) -> None:
        self.stopped = True
