"""A pseudo-terminal behind a symbolic link, which plays the part of `/dev/serial/by-id/…`.

Unplugging closes it, as pulling the cable does; replugging makes a new one under the same link.
"""

import contextlib
import os
import select
import time
import tty
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock
from typing import Protocol

from app.devices.sim.faults import Faults
from app.devices.threads import Worker

# A blocked read would keep the terminal alive after it was closed, so nobody blocks on it.
LOOK_S = 0.01
READ_SIZE = 4_096
# Bytes nobody reads; a real line would have lost them long before.
UNREAD_LIMIT = 64 << 10


class Side(Protocol):
    """The device's side of a protocol."""

    def power_up(self) -> bytes: ...
    def feed(self, data: bytes, now_ns: int) -> bytes: ...
    def tick(self, now_ns: int) -> bytes: ...


class PtyLink:
    """One simulated serial device; runs from the moment it is made until `close`.

    Args:
        link: Where the symbolic link is put.
        side: Answers what comes in; None for a device that only talks.
        faults: What happens to bytes on their way out.
    """

    def __init__(self, link: Path, side: Side | None = None, faults: Faults | None = None) -> None:
        self._link = link
        self._side = side
        self.faults = faults or Faults()
        self._lock = Lock()
        self._ends: tuple[int, int] | None = None
        self._out: deque[tuple[int, bytes]] = deque()
        self._unsent = b""
        self.replug()
        self._worker = Worker(self._run, f"sim-{link.name}")
        self._worker.start()

    @property
    def url(self) -> str:
        """Address for the device layer."""
        return f"serial://{self._link.absolute()}"

    def unplug(self) -> None:
        """Pull the cable."""
        with self._lock:
            ends, self._ends = self._ends, None
            self._out.clear()
            self._unsent = b""
            self._link.unlink(missing_ok=True)
            for end in ends or ():
                os.close(end)

    def replug(self) -> None:
        """Put the cable back; the terminal behind the link is a new one."""
        with self._lock:
            if self._ends is not None:
                return
            ours, theirs = os.openpty()
            tty.setraw(ours)
            tty.setraw(theirs)
            os.set_blocking(ours, False)
            self._ends = (ours, theirs)
            self._link.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._link.with_name(self._link.name + ".new")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(theirs))
            fresh.replace(self._link)
            if self._side is not None:
                self._queue(self._side.power_up())

    def send(self, data: bytes) -> None:
        """Say something unasked."""
        with self._lock:
            self._queue(data)
            self._flush()

    def send_raw(self, data: bytes) -> None:
        """Say something past every fault."""
        with self._lock:
            self._out.append((time.monotonic_ns(), data))
            self._flush()

    def with_side(self, act: Callable[[], None]) -> None:
        """Do something to the device while its thread is held off."""
        with self._lock:
            act()

    def close(self) -> None:
        """End it."""
        self._worker.stop()
        self.unplug()

    # ------------------------------------------------------------------------------- its thread

    def _run(self, stop: Event) -> None:
        while not stop.wait(LOOK_S):
            with self._lock:
                self._turn()

    def _turn(self) -> None:
        if self._ends is None:
            return
        heard = b""
        if select.select([self._ends[0]], [], [], 0)[0]:
            with contextlib.suppress(OSError):
                heard = os.read(self._ends[0], READ_SIZE)
        if self._side is not None:
            now_ns = time.monotonic_ns()
            if heard:
                self._queue(self._side.feed(heard, now_ns))
            self._queue(self._side.tick(now_ns))
        self._flush()

    def _queue(self, data: bytes) -> None:
        at_ns = max(time.monotonic_ns(), self._out[-1][0] if self._out else 0)
        for delay_ms, piece in self.faults.apply(data):
            at_ns += delay_ms * 1_000_000
            self._out.append((at_ns, piece))

    def _flush(self) -> None:
        if self._ends is None:
            self._out.clear()
            return
        now_ns = time.monotonic_ns()
        while self._out and self._out[0][0] <= now_ns:
            self._unsent += self._out.popleft()[1]
        self._unsent = self._unsent[:UNREAD_LIMIT]
        with contextlib.suppress(BlockingIOError):
            self._unsent = self._unsent[os.write(self._ends[0], self._unsent) :]
