"""A simulated label printer on a TCP port: keeps its labels, answers `~HS`, fails on demand."""

import contextlib
import socket
import struct
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock

from app.devices.printer_status import QUESTION
from app.devices.threads import LONGEST_WAIT_S, Worker

CHUNK = 4_096
# More than the largest label with a picture; a test must not fill the disk.
JOB_LIMIT = 4 << 20
# A job is over when the sender ends, or has been quiet for so long on an open connection.
END = b"^XZ"


class PrinterFault(StrEnum):
    """A fault of the printer."""

    REFUSE = "refuse"
    HANG_UP = "hang_up"
    CUT = "cut"
    PAPER_OUT = "paper_out"
    RIBBON_OUT = "ribbon_out"
    MUTE = "mute"


class SimPrinter:
    """A printer on 127.0.0.1; runs from the moment it is made until `close`.

    Args:
        folder: Where labels are put as `label-0001.zpl`; kept in memory only without one.
        port: Fixed port, or 0 for any.
    """

    def __init__(self, folder: Path | None = None, port: int = 0) -> None:
        self._folder = folder
        self._lock = Lock()
        self._labels: list[bytes] = []
        self.on: set[PrinterFault] = set()
        self._server = self._listening(port)
        self.port = int(self._server.getsockname()[1])
        self._worker = Worker(self._run, "sim-printer")
        self._worker.start()

    @property
    def url(self) -> str:
        """Address for the device layer, status included."""
        return f"tcp://127.0.0.1:{self.port}?status=hs"

    @property
    def labels(self) -> list[bytes]:
        """Every label that came out, oldest first."""
        with self._lock:
            return list(self._labels)

    def close(self) -> None:
        """End it."""
        self._worker.stop()
        self._server.close()

    # ------------------------------------------------------------------------------- its thread

    def _listening(self, port: int) -> socket.socket:
        server = socket.create_server(("127.0.0.1", port))
        server.settimeout(LONGEST_WAIT_S)
        return server

    def _run(self, stop: Event) -> None:
        while not stop.is_set():
            if PrinterFault.REFUSE in self.on:
                self._refuse(stop)
                continue
            try:
                line, _ = self._server.accept()
            except TimeoutError:
                continue
            with line, contextlib.suppress(OSError):
                self._serve(line, stop)

    def _refuse(self, stop: Event) -> None:
        """Switched off: nobody listens on the port until it is switched on again."""
        self._server.close()
        while PrinterFault.REFUSE in self.on and not stop.wait(0.02):
            pass
        self._server = self._listening(self.port)

    def _serve(self, line: socket.socket, stop: Event) -> None:
        if PrinterFault.HANG_UP in self.on:
            _reset(line)
            return
        line.settimeout(LONGEST_WAIT_S)
        heard = b""
        while not stop.is_set() and len(heard) < JOB_LIMIT:
            try:
                data = line.recv(CHUNK)
            except TimeoutError:
                continue
            if not data:
                return
            heard = self._answered(line, heard + data)
            if PrinterFault.CUT in self.on and heard:
                _reset(line)
                return
            heard = self._printed(heard)

    def _answered(self, line: socket.socket, heard: bytes) -> bytes:
        """Take status questions out of what was heard, and answer them."""
        while QUESTION in heard:
            before, _, after = heard.partition(QUESTION)
            heard = before + after
            if PrinterFault.MUTE not in self.on:
                line.sendall(self.status())
        return heard

    def _printed(self, heard: bytes) -> bytes:
        """Put out every complete label; what is left is the beginning of the next."""
        while END in heard:
            label, _, heard = heard.partition(END)
            self._put_out(label + END)
        return heard.lstrip(b"\r\n")

    def _put_out(self, label: bytes) -> None:
        with self._lock:
            self._labels.append(label)
            number = len(self._labels)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"label-{number:04}.zpl").write_bytes(label)

    def status(self) -> bytes:
        """The three lines of `~HS`."""
        paper = int(PrinterFault.PAPER_OUT in self.on)
        ribbon = int(PrinterFault.RIBBON_OUT in self.on)
        lines = (
            f"030,{paper},{paper},1218,000,0,0,0,000,0,0,0",
            f"001,0,0,{ribbon},1,2,4,0,00000000,1,000",
            "1234,0",
        )
        return b"".join(b"\x02%s\x03\r\n" % line.encode() for line in lines)


def _reset(line: socket.socket) -> None:
    """Close as a device that loses power does: a reset instead of an orderly end."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
