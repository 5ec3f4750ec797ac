"""`packhouse station` as a process of its own, its real window, and somebody in front of it."""

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from app.devices.sim.bench import SimBench
from tests.support.display import Display
from tests.support.keys import passphrase_file
from tests.support.processes import PACKHOUSE, STOP_S

TITLE = "Packhouse"
# A cold start of everything on a busy machine, and one answer of a running window.
START_S, ANSWER_S = 90.0, 30.0
# The same code sooner is the trigger bouncing.
AGAIN_S = 0.35
LOOK_S = 0.25
# Whoever sees nothing happen presses again, some times.
AGAIN_KEY_S, TRIES = 5.0, 4
Seen = dict[str, Any]


class WindowStation:
    """The program with its window on a display; a context manager.

    Args:
        folder: Its data folder.
        url: Its ledger.
        bench: Its devices.
        display: Where its window is.
        code: One-time enrolment code; empty when it is enrolled.
        pictures: Folder for a picture of each page.
    """

    def __init__(
        self,
        folder: Path,
        url: str,
        bench: SimBench,
        display: Display,
        code: str = "",
        pictures: Path | None = None,
    ) -> None:
        self.bench, self.display = bench, display
        said = ["station", "--data-dir", str(folder), "--ledger", url, "--events"]
        said += ["--passphrase-file", str(passphrase_file(folder.parent))]
        said += ["--scanner", bench.scanner_url, "--scale", bench.scale_url]
        said += ["--printer", bench.printer_url]
        said += ["--enrol", code] if code else []
        said += ["--screenshots", str(pictures)] if pictures else []
        self._process = subprocess.Popen(
            [*PACKHOUSE, *said],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | display.environment,
        )
        self._events: queue.SimpleQueue[Seen | None] = queue.SimpleQueue()
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), name="window-reader"
        )
        self._reader.start()
        self.screen: Seen = {}
        self.footer: Seen = {}
        self.fates: list[str] = []
        self.faults: list[Seen] = []
        self.recorded: list[str] = []
        self._last = ""
        self._pause = threading.Event()

    def _read(self, source: IO[str]) -> None:
        for line in source:
            if line.startswith("{"):
                self._events.put(json.loads(line))
        self._events.put(None)

    # ------------------------------------------------------------------------------- the eyes

    def until(self, true: Callable[[], bool], what: str, within_s: float = ANSWER_S) -> None:
        """Look until it is true.

        Raises:
            AssertionError: It did not become true, or the program ended.
        """
        last = time.monotonic() + within_s
        while not true():
            try:
                event = self._events.get(timeout=max(0.0, last - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"never: {what}; at {self.page} {self.title}") from None
            assert event is not None, f"the program ended before: {what}"
            self._see(event)

    def look(self) -> None:
        """Take in what was announced so far."""
        while not self._events.empty():
            event = self._events.get()
            assert event is not None, "the program ended"
            self._see(event)

    def _see(self, event: Seen) -> None:
        match event["event"]:
            case "ScreenChanged":
                self.screen = event["screen"]
            case "FooterChanged":
                self.footer = event["footer"]
            case "ScanDecided":
                self.fates.append(event["fate"])
            case "Recorded":
                self.recorded.append(event["kind"])
            case "Broken":
                self.faults.append(event)
            case _:
                pass

    @property
    def page(self) -> str:
        """Which page is open."""
        return str(self.screen.get("page", ""))

    @property
    def title(self) -> str:
        """Code of the prompt's title."""
        return str(((self.screen.get("prompt") or {}).get("title") or {}).get("code", ""))

    def said(self, part: str) -> dict[str, Any]:
        """What stands in the sentence of a part of the prompt."""
        found = (self.screen.get("prompt") or {}).get(part) or {}
        return {str(name): value for name, value in found.get("params", ())}

    @property
    def link(self) -> str:
        """State of the link."""
        return str(self.footer.get("link", ""))

    # ------------------------------------------------------------------------------ the hands

    def scan(self, *codes: str) -> None:
        """Pull the trigger; the next when this one is answered."""
        for code in codes:
            if code == self._last:
                self._pause.wait(AGAIN_S)
            self._last = code
            decided = len(self.fates)
            self.bench.scan(code)
            self.until(lambda: len(self.fates) > decided, f"an answer to {code}")  # noqa: B023

    def key(self, *names: str) -> None:
        """Keys of the keyboard, each answered by another screen."""
        for name in names:
            self._press(name)

    def number(self, quantity: int) -> None:
        """F7, a number, and Enter."""
        self._press("F7", *str(quantity), "Enter")

    def _press(self, *names: str) -> None:
        # The station is ahead of its window; people look at the window before they press.
        self._pause.wait(LOOK_S)
        before = self.screen
        for _ in range(TRIES):
            self.display.press(*names)
            try:
                self.until(lambda: self.screen is not before, f"an answer to {names}", AGAIN_KEY_S)
            except AssertionError:
                # On a machine this busy the window had not shown yet what the key is for.
                continue
            return
        raise AssertionError(f"{names} did nothing; at {self.page} {self.title}")

    def write(self, words: str) -> None:
        """A code typed by hand, and Enter."""
        before = self.screen
        self.display.write(words)
        self.display.press("Enter")
        self.until(lambda: self.screen is not before, f"an answer to {words}")

    def task(self, page: str) -> None:
        """F3, and the digit of the task."""
        self.key("F3")
        for _ in range(5):
            keys = [one["key"] for one in self.screen["actions"] if one["argument"] == page]
            self.key(*(keys[:1] or ["0"]))
            if keys:
                return

    def sign_in(self, badge: str, pin: str) -> None:
        """A badge, and the PIN in digits."""
        doors = ("sign_in.scan_badge", "sign_in.locked")
        self.until(lambda: self.title in doors and bool(self.footer), "the door", START_S)
        self.display.take_window(TITLE)
        self.prove(badge, pin)
        self.until(lambda: self.page != "sign_in", "the board")

    def prove(self, badge: str, pin: str) -> None:
        """Who somebody is."""
        self.scan(badge)
        self.display.press(*pin, "Enter")

    # ------------------------------------------------------------------------------- the end

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(STOP_S)
        self._reader.join(STOP_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
