"""A label printer on a raw TCP port (9100).

The one question that matters is asked honestly: did the label come out? Refused before any byte of
it went out is *failed*; lost afterwards is *unknown*, because a parcel label printed twice is two
parcels. Only a transfer the printer has taken completely counts as printed.
"""

import contextlib
import socket
import time
from threading import Event

from typing_extensions import override

from app.devices.printer_status import LIMIT, QUESTION, HostStatus, status_of
from app.devices.printing import Printing, Sent
from app.devices.tcp_port import CONNECT_TIMEOUT_S
from app.devices.threads import LONGEST_WAIT_S
from app.errors import Trouble
from app.station.inbox import PrintState

CHUNK = 8 << 10
# A printer that prints while it receives takes nothing for as long as a large label takes.
STALLED_S = 10.0
# `~HS` is answered in milliseconds; silence on an open connection means the printer is blocked.
STATUS_S = 1.5
# After our end: printers that close do so at once, the others never.
CLOSING_S = 1.0
# A label leaves the printer in one or two seconds; peel-off waits for a hand.
PRINTING_S = 20.0
ASK_AGAIN_S = 0.1

BLOCKED = "The printer is connected but does not answer. Check labels, ribbon and head."
_CUT = "The connection to the printer broke while the label was sent. Look whether it came out."


class TcpPrinter(Printing):
    """A printer at `host:port`; every job is a connection of its own.

    Args:
        host: Name or address.
        port: Usually 9100.
        asks: Ask `~HS` before a job, after it, and when probing.
    """

    def __init__(self, host: str, port: int, *, asks: bool) -> None:
        self._address = (host, port)
        self._asks = asks

    @override
    def probe(self) -> None:
        with self._connect() as line:
            if self._asks and (reason := _blocked(line)):
                raise Trouble(reason)

    @override
    def send(self, job: str, payload: bytes, stop: Event) -> Sent:
        try:
            line = self._connect()
        except Trouble as trouble:
            return Sent(PrintState.FAILED, str(trouble))
        with line:
            if self._asks and (reason := _blocked(line)):
                return Sent(PrintState.FAILED, reason)
            begun = False
            try:
                for start in range(0, len(payload), CHUNK):
                    _send(line, payload[start : start + CHUNK], stop, begun=begun)
                    begun = True
                return _printed(line, stop) if self._asks else _taken(line, stop)
            except _NothingSentError as error:
                return Sent(PrintState.FAILED, str(error))
            except OSError as error:
                return Sent(PrintState.UNKNOWN, f"{_CUT} [{error}]")

    def _connect(self) -> socket.socket:
        host, port = self._address
        try:
            return socket.create_connection(self._address, CONNECT_TIMEOUT_S)
        except OSError as error:
            raise Trouble(
                f"The printer at {host}:{port} does not answer. Check that it is on and connected.",
                detail=str(error),
            ) from error


class _NothingSentError(OSError):
    """It broke before the first byte of the job was taken."""


def _send(line: socket.socket, data: bytes, stop: Event, *, begun: bool) -> None:
    """Hand over `data` in full; short waits, so that a stop is heard."""
    line.settimeout(LONGEST_WAIT_S)
    sent, moved = 0, time.monotonic()
    while sent < len(data):
        try:
            sent += line.send(data[sent:])
            moved = time.monotonic()
            continue
        except TimeoutError as error:
            stalled = time.monotonic() - moved > STALLED_S
            if not (stop.is_set() or stalled):
                continue
            broken: OSError = error
        except OSError as error:
            broken = error
        if begun or sent:
            raise broken
        raise _NothingSentError(f"The printer took nothing of the label. [{broken}]") from broken


def _taken(line: socket.socket, stop: Event) -> Sent:
    """Without `~HS`: the printer has taken every byte and ended the connection in order."""
    if _ended(line):
        return Sent(PrintState.UNKNOWN, _CUT)  # it hung up before we were done
    line.shutdown(socket.SHUT_WR)
    deadline = time.monotonic() + CLOSING_S
    ended = False
    while not ended and not stop.is_set() and time.monotonic() < deadline:
        with contextlib.suppress(TimeoutError):
            ended = not line.recv(LIMIT)
    # An end says nothing about bytes that crossed it on the way.
    error = line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error or _not_taken(line):
        return Sent(PrintState.UNKNOWN, _CUT)
    return Sent(PrintState.PRINTED)


def _printed(line: socket.socket, stop: Event) -> Sent:
    """With `~HS`: the printer says that nothing is left to print."""
    deadline = time.monotonic() + PRINTING_S
    while time.monotonic() < deadline and not stop.is_set():
        status = _status(line)
        if status is None:
            return Sent(PrintState.UNKNOWN, BLOCKED)
        if status.blocked:
            return Sent(PrintState.UNKNOWN, status.blocked)
        if status.done:
            return Sent(PrintState.PRINTED)
        stop.wait(ASK_AGAIN_S)
    return Sent(PrintState.UNKNOWN, "The printer has taken the label but does not say it is done.")


def _blocked(line: socket.socket) -> str:
    """Why the printer cannot print; empty when it can."""
    try:
        status = _status(line)
    except OSError as error:
        return f"The printer closed the connection. Switch it off and on. [{error}]"
    return BLOCKED if status is None else status.blocked


def _status(line: socket.socket) -> HostStatus | None:
    """The answer to `~HS`, or None when there is none in time."""
    line.settimeout(STATUS_S)
    line.sendall(QUESTION)
    heard, deadline = b"", time.monotonic() + STATUS_S
    while len(heard) < LIMIT and (left_s := deadline - time.monotonic()) > 0:
        line.settimeout(left_s)
        try:
            data = line.recv(LIMIT)
        except TimeoutError:
            return None
        if not data:
            raise ConnectionError("closed by the printer")
        heard += data
        if status := status_of(heard):
            return status
    return None


def _ended(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    finally:
        line.settimeout(LONGEST_WAIT_S)


def _not_taken(line: socket.socket) -> bool:
    """Whether bytes are still on the way, where the platform can tell."""
    try:
        import fcntl
        import termios
    except ImportError:
        return False
    waiting = bytearray(4)
    fcntl.ioctl(line.fileno(), termios.TIOCOUTQ, waiting)
    return any(waiting)
