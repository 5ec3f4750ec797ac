"""Reports drawn page by page on the window's thread, asked for from a thread of their own.

Letters drawn on two threads at once end in a segmentation fault now and then, whatever Qt's manual
says of them. A page takes some ten milliseconds, so the window stays quick.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot

from app.labels.label import Label
from ui.label_picture import PdfFile, pages_to_pdf

T = TypeVar("T")
# A page takes a hundredth of it; a window that does not answer for so long is gone.
PATIENCE_S = 10.0


class WindowPaper(QObject):
    """Implements `app.reports.making.Paper` for the window."""

    _asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        window = QCoreApplication.instance()
        if window is not None:
            # It may be made on the thread that opens the book.
            self.moveToThread(window.thread())
        self._asked.connect(self._do, Qt.ConnectionType.QueuedConnection)

    def __call__(self, pages: Iterator[Label], path: Path) -> None:
        """Write pages of one size as a PDF.

        Raises:
            OSError: The file could not be written, or the window is gone.
        """
        if threading.current_thread() is threading.main_thread():
            pages_to_pdf(pages, path)
            return
        pdf = self._there(partial(PdfFile, next(pages), path))
        try:
            for page in pages:
                if not self._there(partial(pdf.add, page)):
                    break
        finally:
            self._there(pdf.end)
        pdf.insist()

    def _there(self, task: Callable[[], T]) -> T:
        """Do it on the window's thread and wait for it."""
        answer: Future[T] = Future()
        self._asked.emit((task, answer))
        try:
            return answer.result(PATIENCE_S)
        except TimeoutError as error:
            answer.cancel()
            raise OSError("The window that draws is gone.") from error

    @Slot(object)
    def _do(self, asked: "tuple[Callable[[], T], Future[T]]") -> None:
        task, answer = asked
        if not answer.set_running_or_notify_cancel():
            return
        try:
            answer.set_result(task())
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            answer.set_exception(error)
