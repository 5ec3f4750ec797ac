"""The program as processes of its own, as IT and clerks start it."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from tests.support.keys import passphrase_file

# The command line, from this checkout and with this interpreter.
PACKHOUSE = (sys.executable, "-m", "ui")
# A cold start on a busy machine.
START_S = 60.0
STOP_S = 20.0


class LedgerProcess:
    """`packhouse ledger serve` over a folder; a context manager.

    Args:
        folder: Its data folder.
        port: Where it listens; 0 takes a free one.
    """

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._process = subprocess.Popen(
            [*PACKHOUSE, "ledger", "serve", "--data-dir", str(folder), "--port", str(port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said.startswith("listening on "):
            self.__exit__(None, None, None)
            raise AssertionError(f"the ledger did not come up: {said!r}")
        self.url = said.removeprefix("listening on ").strip()
        self.port = int(self.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        """The process, for signals."""
        return self._process.pid

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
        if self._process.stdout is not None:
            self._process.stdout.close()


class HeadlessStation:
    """`packhouse station --headless`: JSON lines in, events out; a context manager.

    Args:
        folder: Its data folder.
        url: Its ledger.
        code: One-time enrolment code; empty when it is enrolled.
        passphrase: File that unlocks its keys; beside its folder unless another is named.
    """

    def __init__(
        self, folder: Path, url: str, code: str = "", passphrase: Path | None = None
    ) -> None:
        enrol = ["--enrol", code] if code else []
        self._process = subprocess.Popen(
            [
                *PACKHOUSE,
                "station",
                "--headless",
                "--data-dir",
                str(folder),
                "--passphrase-file",
                str(passphrase or passphrase_file(folder.parent)),
                "--ledger",
                url,
                *enrol,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), name="headless-reader"
        )
        self._reader.start()
        self.seen: list[dict[str, Any]] = []

    def _read(self, source: IO[str]) -> None:
        for line in source:
            self._events.put(json.loads(line))

    @property
    def pid(self) -> int:
        """The process, for signals."""
        return self._process.pid

    def gone(self) -> None:
        """Wait for a process that was killed, and for its last words."""
        self._process.wait(STOP_S)
        self._reader.join(STOP_S)

    def recorded(self) -> list[str]:
        """Ids of the operations it has announced as recorded, to its last line."""
        while not self._events.empty():
            self.seen.append(self._events.get())
        return [event["operation"] for event in self.seen if event["event"] == "Recorded"]

    def say(self, **line: object) -> None:
        """One line of input: `scan=…`, or `do=…`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next event that is wanted.

        Raises:
            AssertionError: It did not come.
        """
        while True:
            try:
                event = self._events.get(timeout=START_S)
            except queue.Empty:
                raise AssertionError(f"never came; last: {self.seen[-5:]}") from None
            self.seen.append(event)
            if wanted(event):
                return event

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, and hear its last words."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(STOP_S)
        self._reader.join(STOP_S)
        if self._process.stdout is not None:
            self._process.stdout.close()
