"""Watches a station from outside: the events it announces, line by line, and nothing else."""

import json
import queue
import threading
from collections.abc import Callable
from typing import Any

from app.errors import Trouble

# The window starts within two seconds here; a slow machine with a cold disk may need many more.
DEFAULT_WAIT_S = 60.0
MAX_WAITING = 100_000

Event = dict[str, Any]


class Witness:
    """Reads the station's announcements and remembers the latest of each kind.

    Args:
        lines: Text lines of the station's standard output.
    """

    def __init__(self, lines: Any) -> None:
        self._lines = lines
        self._queue: queue.Queue[Event | None] = queue.Queue(MAX_WAITING)
        self.screen: dict[str, Any] = {}
        self.footer: dict[str, Any] = {}
        self.tones: list[str] = []
        self._thread = threading.Thread(target=self._read, name="demo-witness", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._lines:
            if line.startswith("{"):
                self._queue.put(json.loads(line))
        self._queue.put(None)

    def wait_until(
        self, holds: Callable[[], bool], what: str, wait_s: float = DEFAULT_WAIT_S
    ) -> None:
        """Follow the announcements until `holds`.

        Raises:
            Trouble: It did not come true in time, or the station ended.
        """
        while not holds():
            try:
                event = self._queue.get(timeout=wait_s)
            except queue.Empty as error:
                raise Trouble(
                    f"The station did not show “{what}” in {wait_s:.0f} s.", detail=self.title
                ) from error
            if event is None:
                raise Trouble(f"The station ended while “{what}” was awaited.", detail=self.title)
            self._see(event)

    def drain(self) -> None:
        """Take in everything announced so far."""
        while True:
            try:
                event = self._queue.get_nowait()
            except queue.Empty:
                return
            if event is not None:
                self._see(event)

    def _see(self, event: Event) -> None:
        match event["event"]:
            case "ScreenChanged":
                self.screen = event["screen"]
            case "FooterChanged":
                self.footer = event["footer"]
            case "Sounded":
                self.tones.append(event["sound"])
            case _:
                pass

    @property
    def page(self) -> str:
        """The page that is open."""
        return str(self.screen.get("page", ""))

    @property
    def title(self) -> str:
        """Code of the prompt's title."""
        prompt: dict[str, Any] = self.screen.get("prompt") or {}
        return str((prompt.get("title") or {}).get("code", ""))

    @property
    def done(self) -> int:
        """Units packed of the open order."""
        return int(self.screen.get("done") or 0)

    @property
    def current(self) -> dict[str, Any] | None:
        """The line to scan next."""
        wanted = self.screen.get("current")
        return next((line for line in self.screen.get("lines", ()) if line["line"] == wanted), None)

    @property
    def outbox(self) -> int:
        """Operations the ledger has not confirmed."""
        return int(self.footer.get("outbox", -1))

    @property
    def link(self) -> str:
        """State of the link."""
        return str(self.footer.get("link", ""))
