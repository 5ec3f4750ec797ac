"""The thread of a label printer: one job at a time, and a look at the printer while it is idle."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event

from app.devices.printer_address import printer_at
from app.devices.printing import Printing, Sent
from app.devices.standing import Standing
from app.devices.threads import LONGEST_WAIT_S, Worker
from app.domain.device import DeviceChanged, DeviceKind
from app.errors import Trouble
from app.station.inbox import Printed, PrintState

log = logging.getLogger(__name__)

# A bench prints one label at a time; this many waiting mean nobody is looking at the printer.
QUEUE_LIMIT = 64
# Often enough to see a pulled cable before the next parcel is closed; printers serve one at a time.
PROBE_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Job:
    """One label on its way."""

    name: str
    payload: bytes


class PrinterThread:
    """Prints jobs in order and tells how each ended.

    Jobs that wait when the thread is stopped stay waiting in the station's book and are announced
    again when it opens.

    Args:
        name: The printer's name in the settings.
        url: `tcp://host:9100`, or `folder:///path`.
        emit: Told every answer and change of state; called on the printer's thread, and from
            `print` when the queue is full.
    """

    def __init__(
        self, name: str, url: str, emit: Callable[["Printed | DeviceChanged"], None]
    ) -> None:
        self._name = name
        self._emit = emit
        self._printer: Printing = printer_at(url)
        self._jobs: Queue[Job] = Queue(QUEUE_LIMIT)
        self._standing = Standing(name, DeviceKind.PRINTER, emit)
        self._worker = Worker(self._run, name)

    def start(self) -> None:
        """Begin to look at the printer and to print."""
        self._worker.start()

    def stop(self) -> None:
        """End the thread; a job under way ends as unknown if any of it was sent."""
        self._worker.stop()

    def print(self, job: str, payload: bytes) -> None:
        """Queue a job; returns at once."""
        try:
            self._jobs.put_nowait(Job(job, payload))
        except Full:
            sentence = f"{QUEUE_LIMIT} labels are waiting. Check the printer, then print again."
            self._emit(Printed(job, PrintState.FAILED, sentence))

    # ---------------------------------------------------------------------------- on its thread

    def _run(self, stop: Event) -> None:
        self._standing.opening()
        probed = float("-inf")
        while not stop.is_set():
            if time.monotonic() - probed >= PROBE_EVERY_S and self._jobs.empty():
                probed = time.monotonic()
                self._probe()
            try:
                job = self._jobs.get(timeout=LONGEST_WAIT_S)
            except Empty:
                continue
            self._settle(job, self._send(job, stop))

    def _probe(self) -> None:
        try:
            self._printer.probe()
        except Trouble as trouble:
            self._standing.down(trouble.say)
        except Exception:
            log.exception("%s: a fault while it was looked at", self._name)
            self._standing.down("The program met a fault of its own; report it to IT.")
        else:
            self._standing.up()

    def _send(self, job: Job, stop: Event) -> Sent:
        try:
            return self._printer.send(job.name, job.payload, stop)
        except Exception:
            log.exception("%s: a fault while %s was printed", self._name, job.name)
            return Sent(PrintState.UNKNOWN, "The program met a fault of its own; report it to IT.")

    def _settle(self, job: Job, sent: Sent) -> None:
        log.info("%s: job %s %s %s", self._name, job.name, sent.state.value, sent.detail)
        if sent.state is PrintState.PRINTED:
            self._standing.up()
        else:
            self._standing.down(sent.detail)
        self._emit(Printed(job.name, sent.state, sent.detail))
