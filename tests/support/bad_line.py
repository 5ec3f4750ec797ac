"""A line between two processes that stays bad until it is mended, for every connection over it.

`FaultProxy` breaks one thing at one byte; this is a switch that hangs, a mast that is overloaded, a
middlebox that has forgotten everybody: what was open when the line died is never closed and never
carries again, as if the other end had lost its power.
"""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import TracebackType
from typing import Self

CHUNK = 65_536
LOOK_S = 0.05
UP, DOWN = "up", "down"


class Bad(StrEnum):
    """What is wrong with a line."""

    DEAD = "dead"  # nothing is carried, nothing is closed, connects are taken and never answered
    MUTE_UP = "mute up"  # requests do not arrive, and nothing is closed
    MUTE_DOWN = "mute down"  # requests arrive, answers do not, and nothing is closed
    DRIP = "drip"  # a byte at a time
    CUT_UP = "cut up"  # each connection ends after so many bytes of requests
    CUT_DOWN = "cut down"  # the same of answers
    RESET_UP = "reset up"  # the same, with a reset instead of an end
    RESET_DOWN = "reset down"


_MUTE = {Bad.DEAD: (UP, DOWN), Bad.MUTE_UP: (UP,), Bad.MUTE_DOWN: (DOWN,)}
_CUT = {Bad.CUT_UP: UP, Bad.RESET_UP: UP, Bad.CUT_DOWN: DOWN, Bad.RESET_DOWN: DOWN}
_RESETS = {Bad.RESET_UP, Bad.RESET_DOWN}


@dataclass(frozen=True, slots=True)
class Weather:
    """How bad it is.

    Attributes:
        bad: What is wrong.
        after: For cuts and resets: bytes that pass before.
        every_s: For drips: between two bytes.
    """

    bad: Bad
    after: int = 0
    every_s: float = 0.02


class BadLine:
    """Carries connections to a port of this machine; a context manager.

    Args:
        upstream: Port of the ledger.
    """

    def __init__(self, upstream: int) -> None:
        self._upstream = ("127.0.0.1", upstream)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._weather: Weather | None = None
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._held: list[socket.socket] = []
        # How often bytes or connections have met the weather since it began.
        self.harmed = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @contextmanager
    def bad(self, weather: Weather) -> Iterator[None]:
        """The line is bad within the block; what died of it stays dead."""
        self.harmed = 0
        self._weather = weather
        try:
            yield
        finally:
            self._weather = None

    def __enter__(self) -> Self:
        self._spawn(self._accept)
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
        for thread in self._threads:
            thread.join(10)
        for end in self._held:
            end.close()

    def _spawn(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name="bad-line", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self._held.append(near)
            if self._weather is not None and self._weather.bad is Bad.DEAD:
                self.harmed += 1
                continue
            far = socket.create_connection(self._upstream)
            self._held.append(far)
            link = _Link(self, near, far)
            self._spawn(partial(link.carry, UP, near, far))
            self._spawn(partial(link.carry, DOWN, far, near))

    @property
    def weather(self) -> Weather | None:
        """How it is now; None is fine."""
        return self._weather

    @property
    def ended(self) -> bool:
        """Whether the test is over."""
        return self._ending.is_set()

    def rest(self, seconds: float) -> None:
        """Wait, not beyond the end."""
        self._ending.wait(seconds)


class _Link:
    """One connection of the station, and its counterpart to the ledger."""

    def __init__(self, line: BadLine, near: socket.socket, far: socket.socket) -> None:
        self._line = line
        self._ends = (near, far)
        # Ways that died with the line, and bytes that passed since a cut was announced.
        self._dead: set[str] = set()
        self._passed: dict[tuple[Weather, str], int] = {}
        self._lock = threading.Lock()
        self._left = 2
        self._over = self._reset = False
        for end in self._ends:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.settimeout(LOOK_S)

    def carry(self, way: str, source: socket.socket, target: socket.socket) -> None:
        """One way, until somebody closes, or the line does."""
        while not (self._line.ended or self._over):
            weather = self._line.weather
            if weather is not None:
                self._dead.update(_MUTE.get(weather.bad, ()))
            try:
                data = source.recv(CHUNK)
            except TimeoutError:
                continue
            except OSError:
                break
            if way in self._dead or (not data and self._dead):
                self._line.harmed += 1
                if not data:
                    return  # whoever left is not missed: no end goes through a dead line
            elif not data or not self._pass(way, data, target):
                break
        self._close()

    def _pass(self, way: str, data: bytes, target: socket.socket) -> bool:
        """Hand bytes on as the weather has it; whether the connection goes on."""
        weather = self._line.weather
        try:
            if weather is not None and weather.bad is Bad.DRIP:
                self._line.harmed += 1
                self._drip(weather, data, target)
            elif weather is not None and _CUT.get(weather.bad) == way:
                before = self._passed.get((weather, way), 0)
                self._passed[weather, way] = before + len(data)
                target.sendall(data[: max(0, weather.after - before)])
                self._line.harmed += before + len(data) > weather.after
                return before + len(data) <= weather.after
            else:
                target.sendall(data)
        except OSError:
            return False
        return True

    def _drip(self, weather: Weather, data: bytes, target: socket.socket) -> None:
        for place in range(len(data)):
            if self._line.weather is not weather:
                target.sendall(data[place:])
                return
            target.sendall(data[place : place + 1])
            self._line.rest(weather.every_s)

    def _close(self) -> None:
        """The last of both ways closes; the other hears of it within `LOOK_S`."""
        weather = self._line.weather
        with self._lock:
            self._over, self._left = True, self._left - 1
            self._reset = self._reset or (weather is not None and weather.bad in _RESETS)
            if self._left:
                return
        for end in self._ends:
            if self._reset:
                # Linger for no time at all: closing sends a reset.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.close()


def stopwatch() -> Callable[[], float]:
    """Seconds since it was made."""
    began = time.monotonic()
    return lambda: time.monotonic() - began
