"""A screen nobody looks at (Xvfb), and hands on its keyboard and mouse (xdotool)."""

import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

SIZE = "1280x800x24"
WAIT_S = 20
# Between two keys: much faster, and what is typed is taken for a scan of a keyboard scanner.
KEY_MS = "90"
MISSING = [name for name in ("Xvfb", "xdotool") if not shutil.which(name)]
# Names of keys as actions carry them, and as X has them.
X_KEYS = {"Esc": "Escape", "Enter": "Return", "PgUp": "Prior", "PgDn": "Next"}


class Display:
    """An X server of its own; a context manager. `environment` is for whoever shows on it."""

    def __init__(self) -> None:
        ours, theirs = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(theirs), "-screen", "0", SIZE, "-nolisten", "tcp"],
            pass_fds=(theirs,),
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        with os.fdopen(ours) as told:
            self.name = f":{told.readline().strip()}"
        self.environment = {"DISPLAY": self.name, "QT_QPA_PLATFORM": "xcb"}

    def take_window(self, title: str) -> None:
        """Give the keyboard to the window with this title: there is no window manager here."""
        self._do("search", "--sync", "--onlyvisible", "--name", title, "windowfocus", "--sync")

    def press(self, *names: str) -> None:
        """Keys, one after the other."""
        self._do("key", "--delay", KEY_MS, *(X_KEYS.get(name, name) for name in names))

    def write(self, words: str) -> None:
        """Letters and digits, no faster than somebody with two fingers."""
        self._do("type", "--delay", KEY_MS, words)

    def click(self, x: int, y: int) -> None:
        """The left button of the mouse, there."""
        self._do("mousemove", str(x), str(y), "click", "1")

    def _do(self, *words: str) -> None:
        subprocess.run(
            ["xdotool", *words],
            check=True,
            timeout=WAIT_S,
            stdout=subprocess.DEVNULL,
            env=os.environ | self.environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.terminate()
        self._server.wait(WAIT_S)
