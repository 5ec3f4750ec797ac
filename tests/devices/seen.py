"""Collects what device threads say, and waits for it with a limit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Condition
from typing import Protocol, TypeVar

from app.devices import devices
from app.devices.device import Polling
from app.devices.runner import DeviceThread
from app.domain.device import DeviceChanged, DeviceState
from app.domain.scan import Scan
from app.domain.weight import Reading, WeightState
from app.station.inbox import Printed

Said = Scan | Reading | DeviceChanged | Printed
T = TypeVar("T", bound=Said)
# Far above what any step needs, so that a busy machine does not fail a test.
PATIENCE_S = 10.0


class Runs(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Seen:
    """A listener."""

    def __init__(self) -> None:
        self.all: list[Said] = []
        self._changed = Condition()

    def __call__(self, said: Said) -> None:
        with self._changed:
            self.all.append(said)
            self._changed.notify_all()

    def of(self, kind: type[T]) -> list[T]:
        with self._changed:
            return [one for one in self.all if isinstance(one, kind)]

    def mark(self) -> int:
        """The present end; `since` it, old things do not count."""
        with self._changed:
            return len(self.all)

    def until(self, kind: type[T], holds: Callable[[T], bool], since: int = 0) -> T:
        """The first of its kind for which `holds`; fails with what came instead."""
        deadline = time.monotonic() + PATIENCE_S
        with self._changed:
            while True:
                for one in self.all[since:]:
                    if isinstance(one, kind) and holds(one):
                        return one
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"never came; last: {self.all[since:][-5:]}")

    def until_state(self, state: DeviceState, since: int = 0) -> DeviceChanged:
        return self.until(DeviceChanged, lambda one: one.state is state, since)

    def until_weight(self, state: WeightState, since: int = 0) -> Reading:
        return self.until(Reading, lambda one: one.state is state, since)


@contextmanager
def running(thing: Runs) -> Iterator[None]:
    """Start it, and stop it whatever happens."""
    thing.start()
    try:
        yield
    finally:
        thing.stop()


def scanner_thread(url: str, seen: Seen) -> DeviceThread:
    return DeviceThread(devices.scanner("scanner-1", url), seen, time.monotonic_ns)


def scale_thread(
    url: str, seen: Seen, protocol: str = "mt-sics", polling: Polling | None = None
) -> DeviceThread:
    device = devices.scale("scale-1", url, protocol)
    return DeviceThread(replace(device, polling=polling or device.polling), seen, time.monotonic_ns)
