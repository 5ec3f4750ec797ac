"""The thread of a scanner or a scale: opens its port, listens, asks, and comes back by itself.

One thread owns one port; what leaves it are values. It neither sleeps nor gives up.
"""

import logging
from collections.abc import Callable, Sequence
from threading import Event

from app.devices.asking import Asking, Next
from app.devices.complaint import Complaint, wrong_parity
from app.devices.device import MS, Device, ListeningDecoder, PolledDecoder
from app.devices.parity import has_high_bits, looks_like_7e1
from app.devices.port import Port, open_port
from app.devices.recent import Recent, Redactor, Secret, holds_badge
from app.devices.retry import Retry
from app.devices.standing import Standing
from app.devices.threads import Worker
from app.domain.device import DeviceChanged
from app.domain.scan import Scan
from app.domain.weight import Reading, WeightState
from app.errors import Trouble

log = logging.getLogger(__name__)

# Longest frame of any device, and half of what a kernel buffers.
READ_SIZE = 4_096
# A scanner's frame is over after 60 ms of silence: one full wait of a scanner's read.
LISTEN_WAIT_S = 0.06
# A scale's answer is awaited in shorter steps, so that questions go out on time.
ASK_WAIT_S = 0.02
# What a scale says while it is being plugged in is no weight.
SETTLE_NS = 200 * MS

Emit = Callable[["Scan | Reading | DeviceChanged"], None]


class DeviceThread:
    """One device, kept open as long as it runs.

    Args:
        device: What to open and how to understand it.
        emit: Told everything that comes; called on this device's thread.
        monotonic_ns: The clock that stamps values.
        secret: Whether bytes hold a badge and must not be kept for support.
    """

    def __init__(
        self,
        device: Device,
        emit: Emit,
        monotonic_ns: Callable[[], int],
        secret: Secret = holds_badge,
    ) -> None:
        self._device = device
        self._emit = emit
        self._now = monotonic_ns
        self._redactor = Redactor(secret)
        self._recent = Recent()
        self._retry = Retry()
        self._complaint = Complaint(device.name)
        self._standing = Standing(device.name, device.kind, emit)
        self._worker = Worker(self._run, device.name)

    def start(self) -> None:
        """Begin to open the device."""
        self._worker.start()

    def stop(self) -> None:
        """Close the port and end the thread, within a second."""
        self._worker.stop()

    def recent(self) -> list[tuple[int, bytes]]:
        """The last bytes with their times, badges withheld, for the support page."""
        return self._recent.list()

    # ---------------------------------------------------------------------------- on its thread

    def _run(self, stop: Event) -> None:
        self._standing.opening()
        while not stop.is_set():
            try:
                port = open_port(self._device.url)
            except Trouble as trouble:
                self._standing.down(trouble.say)
            else:
                self._retry.opened(self._now())
                self._serve(port, stop)
            stop.wait(self._retry.next_s())

    def _serve(self, port: Port, stop: Event) -> None:
        """Until the port is lost or the thread is stopped."""
        try:
            if self._device.asker is not None:
                self._converse(port, self._device.asker(), stop)
            elif self._device.listener is not None:
                self._listen(port, self._device.listener(), stop)
        except Trouble as trouble:
            self._standing.down(trouble.say)
        except Exception:
            # Ours, not the device's: the thread must outlive it, or the bench goes deaf silently.
            log.exception(
                "%s: a fault while it was read; the port is opened anew", self._device.name
            )
            self._standing.down("The program met a fault of its own; report it to IT.")
        finally:
            port.close()

    def _listen(self, port: Port, decoder: ListeningDecoder, stop: Event) -> None:
        # A scanner says nothing until somebody scans, so an open port has to do, unless the last
        # one was gone again at once.
        if self._retry.trusted:
            self._standing.up()
        try:
            while not stop.is_set():
                data = port.read(READ_SIZE, LISTEN_WAIT_S)
                at_ns = self._now()
                if self._retry.proven(at_ns) and not self._standing.ready:
                    self._standing.up()
                values = decoder.feed(data, at_ns) if data else decoder.idle(at_ns)
                if values:
                    self._retry.useful()
                    self._standing.up(scanner_hint(values))
                self._told(values, at_ns)
        finally:
            # Half a code in a pulled cable is no code, but it happened and the journal has it.
            at_ns = self._now()
            self._told(decoder.end(at_ns), at_ns)

    def _told(self, values: Sequence[Scan | Reading], at_ns: int) -> None:
        for value in values:
            if isinstance(value, Scan):
                self._recent.add(at_ns, self._redactor.shown(value))
            self._emit(value)

    def _converse(self, port: Port, decoder: PolledDecoder, stop: Event) -> None:
        opened_ns = self._now()
        while not stop.is_set() and self._now() - opened_ns < SETTLE_NS:
            port.read(READ_SIZE, ASK_WAIT_S)
        self._complaint = Complaint(self._device.name)
        asking = Asking(self._device.polling, opened_ns)
        while not stop.is_set():
            match asking.next(self._now()):
                case Next.ASK:
                    port.write(decoder.poll())
                case Next.GIVE_UP:
                    decoder.reset()
                    self._emit(self._waiting())
                    if asking.hopeless:
                        raise Trouble(self._complaint.sentence)
                case Next.LISTEN:
                    pass
            self._hear(port, decoder, asking)
            if asking.silent(self._now()):
                self._standing.down(self._complaint.sentence)

    def _hear(self, port: Port, decoder: PolledDecoder, asking: Asking) -> None:
        data = port.read(READ_SIZE, ASK_WAIT_S)
        at_ns = self._now()
        if data:
            self._recent.add(at_ns, data)
            self._complaint.heard(data)
            if asking.deaf(at_ns):
                return
        values = decoder.feed(data, at_ns) if data else decoder.idle(at_ns)
        for value in values:
            sound = not (isinstance(value, Reading) and value.state is WeightState.ERROR)
            asking.answered(at_ns, sound=sound)
            if sound:
                self._complaint.sound()
                self._retry.useful()
                self._standing.up(wrong_parity("scale") if has_high_bits(value.raw) else "")
            else:
                self._complaint.error(decoder.why(value.raw))
            self._emit(value)

    def _waiting(self) -> Reading:
        """No answer: whatever was on the display before is no weight any more."""
        return Reading(WeightState.WAITING, device=self._device.name, at_ns=self._now())


def scanner_hint(values: Sequence[Scan | Reading]) -> str:
    """What to say about frames that are text only without their parity bits."""
    return wrong_parity("scanner") if any(looks_like_7e1(one.raw) for one in values) else ""
