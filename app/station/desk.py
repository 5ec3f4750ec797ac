"""The sync's desk at the station: every moment with the book runs on the station's thread.

The sync thread does its HTTP without holding a transaction; here it hands work in and waits.
"""

from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TypeVar

from app.contract.messages import (
    ChangesPage,
    Checkpoint,
    MasterPage,
    PostBatch,
    Posted,
    SnapshotPage,
)
from app.errors import Trouble
from app.station.inbox import LinkChanged, LinkState
from app.station.ports import Applied, Clock, Identity, Position, Signer, Store
from app.station.station import Station

T = TypeVar("T")
# A page of 2,000 rows takes the station well under a second; beyond this it is stopping or stuck.
ANSWER_WAIT_S = 60.0


class StationDesk:
    """Implements `app.station.ports.Desk` over a running station.

    Args:
        station: Whose inbox takes the work.
        store: The book; touched on the station's thread only.
        signer: The device key.
        clock: For the time the link changed.
    """

    def __init__(self, station: Station, store: Store, signer: Signer, clock: Clock) -> None:
        self._station = station
        self._store = store
        self._signer = signer
        self._clock = clock

    def identity(self) -> Identity:
        """Who the station is."""
        return self._wait(self._store.identity)

    def position(self) -> Position:
        """Where the book stands in the feed."""
        return self._wait(self._store.position)

    def next_batch(self, limit: int) -> PostBatch | None:
        """The oldest unsent operations in sequence, signed; None when there are none."""
        return self._wait(lambda: self._store.next_batch(limit, self._signer))

    def apply_answer(self, _batch: PostBatch, answer: Posted) -> None:
        """Results of a batch: acknowledged, not yet confirmed."""

        def work() -> Applied:
            self._store.apply_answer(answer)
            return Applied()

        self._follow(work)

    def apply_changes(self, page: ChangesPage) -> None:
        """Rows of the feed and the cursor, in one transaction; then the open task looks again."""
        self._follow(lambda: self._store.apply_changes(page))

    def checkpoint(self) -> Checkpoint | None:
        """The newest place of the feed that the ledger has signed."""
        return self._wait(self._store.checkpoint)

    def contradicted(self, held: Checkpoint, told: str) -> None:
        """The ledger denies what it signed: recorded as an event, once for each such place."""
        self._wait(lambda: self._station.contradicted(held, told))

    def apply_master(self, page: MasterPage) -> None:
        """Master rows and their cursor, in one transaction."""
        self._follow(lambda: Applied(distrusted=self._store.apply_master(page)))

    def snapshot_page(self, page: SnapshotPage) -> None:
        """One page of a snapshot; the last one swaps the whole in."""

        def work() -> Applied:
            if page.page == 0:
                self._store.begin_snapshot(page)
            else:
                self._store.add_snapshot_page(page)
            if page.page == page.pages - 1:
                self._store.finish_snapshot(page)
            return Applied()

        self._follow(work)

    def begin_epoch(self, epoch: str) -> None:
        """The ledger was restored: send again, pull again."""

        def work() -> Applied:
            self._store.begin_epoch(epoch)
            return Applied()

        self._follow(work)

    def resend_from(self, seq: int) -> None:
        """The ledger expects `seq` next."""
        self._wait(lambda: self._store.resend_from(seq))

    def head_seq(self) -> int:
        """Number of the last operation recorded in the present chain."""
        return self._wait(self._store.head_seq)

    def key_changed(self, public_key: str) -> None:
        """The device key is another one: recorded as an event."""
        self._wait(lambda: self._station.key_changed(public_key))

    def link_changed(self, state: str, sentence: str, skew_ms: int | None) -> None:
        """Tell the station about the link."""
        since = self._clock.now().isoformat(timespec="seconds")
        self._station.put(LinkChanged(LinkState(state), since, sentence, skew_ms))

    def round_done(self) -> None:
        """A complete round came back."""
        self._wait(self._station.round_done)

    def _follow(self, work: Callable[[], Applied]) -> None:
        """Change the book and tell the station, as one thing.

        A turn between the two would record how things stood before, though it saw them as they are:
        a count against goods it is then thought not to have seen.
        """

        def both() -> None:
            applied = work()
            self._station.followed(applied, self._store.position())

        self._wait(both)

    def _wait(self, work: Callable[[], T]) -> T:
        try:
            return self._station.call(work).result(ANSWER_WAIT_S)
        except FutureTimeoutError as error:
            raise Trouble("The station does not answer. It is stopping, or very busy.") from error
