"""The station: one inbox, one thread, one writer (law 8).

Devices, screen and sync put something into the inbox and listen. The thread belongs to
`app.bootstrap`; the simulation hands messages to `handle` without one.
"""

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from app.contract.messages import Checkpoint
from app.domain.scan import Scan
from app.domain.text import Text
from app.errors import Trouble
from app.station import unattended, witness
from app.station.configuration import Setting
from app.station.engine import Engine
from app.station.events import ScanHeard
from app.station.inbox import Call, Message, Stop
from app.station.journal import DUPLICATE_NS
from app.station.notice_board import Listener
from app.station.ports import Applied, Clock, IdSource, Position, Store, Understand, Unlocker
from app.station.reporting import ReportAnswer, keep_answer

T = TypeVar("T")
# Fifty scans a second for a minute, with room for readings. Beyond that something is broken, and
# the device thread is told so instead of memory filling up.
INBOX_LIMIT = 4_096
# Scans journaled in one commit when a burst arrives; bounds the time until the first is answered.
BURST = 64
PUT_WAIT_S = 5.0
KEY_CHANGED = "device_key_changed"


class Station:
    """Everything that happens at a workstation, one thing at a time.

    Args:
        store: The book.
        clock: Wall and monotonic time.
        ids: Where operation ids come from.
        understand: What a scanned text means.
        unlocker: Opens people's keys.
        duplicate_ns: Window in which the same code again is a bounce.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        understand: Understand,
        unlocker: Unlocker,
        *,
        duplicate_ns: int = DUPLICATE_NS,
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self.engine = Engine(store, clock, ids, understand, unlocker, duplicate_ns=duplicate_ns)
        self._inbox: queue.Queue[Message] = queue.Queue(INBOX_LIMIT)

    # --------------------------------------------------------------------------- from any thread

    def put(self, message: Message) -> None:
        """Hand something to the station; a scan is announced as heard before it is understood.

        Raises:
            Trouble: The inbox is full: the station does not keep up.
        """
        if isinstance(message, Scan):
            # Before it is in: its answer must not come first.
            self.engine.board.announce(ScanHeard())
        try:
            self._inbox.put(message, timeout=PUT_WAIT_S)
        except queue.Full as error:
            raise Trouble("The station is busy and did not take this. Scan it again.") from error

    def call(self, work: Callable[[], T]) -> "Future[T]":
        """Run `work` on the station's thread; the sync uses this for its moments with the book."""
        future: Future[T] = Future()
        self.put(Call(work, future))
        return future

    def run(self) -> None:
        """The thread's body: until `Stop`."""
        self.open()
        while True:
            batch, following = self._take()
            for messages in (batch, following):
                if any(isinstance(message, Stop) for message in messages):
                    return
                self.handle(messages)

    def _take(self) -> tuple[list[Message], list[Message]]:
        """Wait for a message; with a scan, take the scans right behind it, and what ended them."""
        batch = [self._inbox.get()]
        while isinstance(batch[-1], Scan) and len(batch) < BURST:
            try:
                following = self._inbox.get_nowait()
            except queue.Empty:
                break
            if not isinstance(following, Scan):
                return batch, [following]
            batch.append(following)
        return batch, []

    # ----------------------------------------------------------------- on the station's thread only

    def open(self) -> None:
        """Take up where the last run ended."""
        self.engine.open()

    def handle(self, messages: Sequence[Message]) -> None:
        """Answer messages in order."""
        self.engine.handle(messages)

    def subscribe(self, listener: Listener) -> None:
        """Hear every event, the current screen and footer first; listeners only pass it on."""
        self.engine.subscribe(listener)

    def followed(self, applied: Applied, position: Position) -> None:
        """The book followed the ledger."""
        self.engine.followed(applied, position)

    def contradicted(self, held: Checkpoint, told: str) -> None:
        """The ledger denies what it signed: recorded as an event."""
        witness.record(self._store, self._clock, self._ids, held, told)

    def key_changed(self, public_key: str) -> None:
        """The device key is another one: recorded as an event."""
        evidence: dict[str, str | int] = {"device_key": public_key}
        unattended.record(self._store, self._clock, self._ids, KEY_CHANGED, evidence)

    def reported(self, answer: ReportAnswer) -> None:
        """What became of a report; its page finds it within a second."""
        with self._store.begin() as work:
            keep_answer(work, answer)
            work.commit()

    def warned(self, warning: Text | None) -> None:
        """What is wrong with the disk or the backups; None when nothing is."""
        self.engine.board.warn(warning)

    def configured(self, settings: tuple[Setting, ...]) -> None:
        """What the station was told from outside, now; pages look again by themselves."""
        self.engine.board.settings = settings

    def round_done(self) -> None:
        """A complete round with the ledger came back."""
        self.engine.round_done()
