"""Where errors go that nobody caught: one local file, and one sentence on the screen.

A slot's exception reaches only `sys.excepthook`, a thread's only `threading.excepthook`, Qt's own
complaints only its message handler, and a crash in C only `faulthandler`. All four are taken here.
Nothing is ever sent anywhere.
"""

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO, cast

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger(__name__)

FILE_NAME = "crash.txt"
# A file that has grown beyond this is begun anew: the latest crash is the one that matters.
FILE_LIMIT = 1 << 20
LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
# Said by the offscreen platform for every window; it is true, and nothing follows from it.
KNOWN_NOISE = ("This plugin does not support propagateSizeHints",)


class CrashHooks:
    """Installed before anything starts, removed at the end.

    Args:
        folder: Where the crash file is kept; None keeps none.
        tell: Called with the exception that nobody caught; on any thread.
    """

    def __init__(self, folder: Path | None, tell: Callable[[BaseException], None]) -> None:
        self._folder = folder
        self._tell = tell
        self._file: TextIO | None = None

    def install(self) -> None:
        """Take over all four."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        qInstallMessageHandler(on_qt_message)
        if self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / FILE_NAME
            mode = "w" if path.exists() and path.stat().st_size > FILE_LIMIT else "a"
            self._file = cast("TextIO", path.open(mode, encoding="utf-8"))
            faulthandler.enable(self._file)
        except OSError:
            log.warning("There is no crash file.", exc_info=True)

    def remove(self) -> None:
        """Give all four back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("Nobody caught this.", exc_info=(kind, error, trace))
        self._tell(error)

    def _on_thread(self, happened: threading.ExceptHookArgs) -> None:
        if happened.exc_value is None:
            return
        name = happened.thread.name if happened.thread else "a thread"
        log.critical(
            "Nobody caught this in %s.",
            name,
            exc_info=(happened.exc_type, happened.exc_value, happened.exc_traceback),
        )
        self._tell(happened.exc_value)


def on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Qt's own complaints go to our log."""
    del context
    if message.startswith(KNOWN_NOISE):
        return
    log.log(LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
