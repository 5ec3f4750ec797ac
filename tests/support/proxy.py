"""A TCP proxy between a station and a ledger that breaks one thing at one byte, and then behaves.

It counts bytes from the moment it is armed, over all connections: "cut the answer at byte 417"
means the 417th byte that came from the ledger since then. It knows nothing of what it carries,
except that a request can be told from the next one, so that it can be delivered twice.
"""

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

CHUNK = 65_536
# Longer than any answer of a healthy ledger; a connection that is forgotten ends with the proxy.
WAIT_S = 30.0
HEAD_END = b"\r\n\r\n"


class How(StrEnum):
    """What happens when the byte is reached."""

    CLOSE = "close"  # both sides see an orderly end
    RESET = "reset"  # both sides see a connection reset
    SILENCE = "silence"  # half-open: nothing more is carried, nothing is closed
    DOUBLE = "double"  # the request is delivered twice at the same time
    AGAIN_LATER = "again_later"  # the request is delivered once more when the next one comes
    DELAY = "delay"  # everything waits, then goes on
    DRIP = "drip"  # from here on one byte at a time


class Way(StrEnum):
    """Which way the bytes go."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong once.

    Attributes:
        way: In which direction the bytes are counted.
        at: How many bytes pass before it happens.
        how: What happens then.
        seconds: For delays: how long; for drips: between two bytes.
    """

    way: Way
    at: int
    how: How = How.CLOSE
    seconds: float = 0.0


class FaultProxy:
    """Carries connections to `upstream`; a context manager.

    Args:
        upstream: Port of the ledger on this machine.
    """

    def __init__(self, upstream: int) -> None:
        self._upstream = ("127.0.0.1", upstream)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._fault: Fault | None = None
        self._passed = {Way.REQUEST: 0, Way.RESPONSE: 0}
        self._kept_request = b""
        self._threads: set[threading.Thread] = set()
        self._open: set[socket.socket] = set()
        self._ending = threading.Event()
        self.fired = False
        self.answered_twice = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def divert(self, port: int) -> None:
        """Carry new connections to another port, and end those that are open."""
        with self._lock:
            self._upstream = (self._upstream[0], port)
        for end in list(self._open):
            _shut(end)

    def arm(self, fault: Fault | None) -> None:
        """Count from here, and let `fault` happen once; None only counts."""
        with self._lock:
            self._fault, self.fired = fault, False
            self._passed = {Way.REQUEST: 0, Way.RESPONSE: 0}

    def passed(self, way: Way) -> int:
        """Bytes carried since it was armed."""
        with self._lock:
            return self._passed[way]

    def __enter__(self) -> Self:
        self.spawn(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in list(self._open):
            _shut(end)
        # Whoever is joined may have spawned another before it heard of the end.
        while running := [thread for thread in list(self._threads) if thread.is_alive()]:
            running[0].join(WAIT_S)
            if running[0].is_alive():
                raise RuntimeError("a connection of the proxy does not end")

    # ---------------------------------------------------------------- carrying

    def spawn(self, target: Callable[[], None]) -> None:
        """Run on a thread that ends before the proxy does."""

        def run() -> None:
            try:
                target()
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=run, name="fault-proxy", daemon=True)
        # Started first: whoever ends the proxy meanwhile joins every thread it finds here.
        thread.start()
        self._threads.add(thread)

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._upstream, WAIT_S)
            except OSError:
                near.close()
                continue
            _Link(self, near, far).start()

    def watch(self, end: socket.socket) -> None:
        """Remember an open end, to shut it when the proxy ends, or at once if it is ending."""
        self._open.add(end)
        if self._ending.is_set():
            _shut(end)

    def forget(self, end: socket.socket) -> None:
        """An end is closed."""
        self._open.discard(end)

    def rule(self, way: Way, data: bytes) -> tuple[int, Fault | None]:
        """How many of these bytes may pass, and what happens then."""
        with self._lock:
            before = self._passed[way]
            fault = self._fault
            if fault is None or fault.way is not way or before + len(data) <= fault.at:
                self._passed[way] += len(data)
                return len(data), None
            self._fault, self.fired = None, True
            self._passed[way] = fault.at
            return fault.at - before, fault

    def rest(self, seconds: float) -> bool:
        """Wait; True when the proxy is ending meanwhile."""
        return self._ending.wait(seconds)

    def deliver(self, request: bytes) -> None:
        """Deliver a request over a connection of its own, and drop the answer."""
        try:
            with socket.create_connection(self._upstream, WAIT_S) as far:
                self.watch(far)
                try:
                    far.sendall(request)
                    answer = far.recv(CHUNK)
                finally:
                    self.forget(far)
        except OSError:
            return
        with self._lock:
            self.answered_twice += answer.startswith(b"HTTP/1.1 200")

    def keep(self, request: bytes) -> None:
        """Deliver this request once more when the next one comes."""
        with self._lock:
            self._kept_request = request

    def take_kept(self) -> bytes:
        """The kept request, once."""
        with self._lock:
            kept, self._kept_request = self._kept_request, b""
            return kept


class _Link:
    """One connection from the station, and its counterpart to the ledger."""

    def __init__(self, proxy: FaultProxy, near: socket.socket, far: socket.socket) -> None:
        self._proxy = proxy
        self._near = near
        self._far = far
        self._left = 2
        self._reset = False
        self._lock = threading.Lock()
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.settimeout(WAIT_S)
            proxy.watch(end)

    def start(self) -> None:
        """Carry both ways."""
        self._proxy.spawn(lambda: self._carry(Way.REQUEST, self._near, self._far))
        self._proxy.spawn(lambda: self._carry(Way.RESPONSE, self._far, self._near))

    def _carry(self, way: Way, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(CHUNK):
                if way is Way.REQUEST and (kept := self._proxy.take_kept()):
                    self._proxy.deliver(kept)
                allowed, fault = self._proxy.rule(way, data)
                if fault is None:
                    target.sendall(data)
                elif not self._break(fault, data, allowed, source, target):
                    break
        except OSError:
            pass
        self._hang_up()

    def _break(
        self,
        fault: Fault,
        data: bytes,
        allowed: int,
        source: socket.socket,
        target: socket.socket,
    ) -> bool:
        """Do what the fault says; whether the connection goes on."""
        match fault.how:
            case How.DOUBLE | How.AGAIN_LATER:
                request = whole_request(data, source)
                if fault.how is How.DOUBLE:
                    self._proxy.spawn(lambda: self._proxy.deliver(request))
                else:
                    self._proxy.keep(request)
                target.sendall(request)
                return True
            case How.DELAY:
                target.sendall(data[:allowed])
                self._proxy.rest(fault.seconds)
                target.sendall(data[allowed:])
                return True
            case How.DRIP:
                target.sendall(data[:allowed])
                for byte in data[allowed:]:
                    target.sendall(bytes([byte]))
                    if self._proxy.rest(fault.seconds):
                        return False
                return True
            case How.SILENCE:
                target.sendall(data[:allowed])
                self._proxy.rest(WAIT_S)
                return False
            case How.RESET:
                target.sendall(data[:allowed])
                self._reset = True
                return False
            case How.CLOSE:
                target.sendall(data[:allowed])
                return False

    def _hang_up(self) -> None:
        """Wake the other direction; the last of the two closes."""
        ends = (self._near, self._far)
        for end in ends:
            # Only our own reading ends before a reset: an end must not go out in its place.
            _shut(end, socket.SHUT_RD if self._reset else socket.SHUT_RDWR)
        with self._lock:
            self._left -= 1
            if self._left:
                return
        for end in ends:
            if self._reset:
                # Linger for no time at all: closing sends a reset.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._proxy.forget(end)
            end.close()


def whole_request(begun: bytes, source: socket.socket) -> bytes:
    """The rest of a request that has begun to arrive.

    Raises:
        ConnectionAbortedError: Who sent it was gone before it was whole.
    """
    request = begun
    while HEAD_END not in request:
        request += _more(source)
    head, _, body = request.partition(HEAD_END)
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        more = _more(source)
        body += more
        request += more
    return request


def _more(source: socket.socket) -> bytes:
    if more := source.recv(CHUNK):
        return more
    raise ConnectionAbortedError("gone in the middle of a request")


def _shut(end: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    try:
        end.shutdown(how)
    except OSError:
        return
