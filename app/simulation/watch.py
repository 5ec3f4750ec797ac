"""The real store, watched: every commit is written down by the oracle, and is a place to die at."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import Connection
from typing_extensions import override

from app.cache.database import Book
from app.cache.store import CacheStore
from app.cache.work import CacheWork
from app.contract.codec import canonical
from app.contract.messages import Operation, Signed
from app.domain.operation import Posting
from app.domain.scan import Scan


class Watcher(Protocol):
    """Who is told of commits, and may end the process around them."""

    def before_commit(self, work: "WatchedWork") -> None:
        """A transaction is about to become durable."""
        ...

    def after_commit(self, work: "WatchedWork") -> None:
        """It is durable; nobody has been told yet."""
        ...


class WatchedWork(CacheWork):
    """One transaction, and what it writes."""

    def __init__(self, connection: Connection, watcher: Watcher) -> None:
        super().__init__(connection)
        self._watcher = watcher
        self.journaled: list[int] = []
        self.decided: dict[int, str] = {}
        self.appended: list[tuple[str, int, bytes]] = []

    @override
    def commit(self) -> None:
        self._watcher.before_commit(self)
        super().commit()
        self._watcher.after_commit(self)

    @override
    def journal(self, scanned: Scan, raw: bytes, shown: str, at: str) -> int:
        number = super().journal(scanned, raw, shown, at)
        self.journaled.append(number)
        return number

    @override
    def decide(self, number: int, fate: str, why: str, by: str) -> None:
        super().decide(number, fate, why, by)
        self.decided[number] = str(fate)

    @override
    def append(
        self,
        body: Operation,
        effects: Sequence[Posting],
        job: str,
        signatures: Sequence[Signed] = (),
    ) -> int:
        seq = super().append(body, effects, job, signatures)
        self.appended.append((body.id, seq, canonical(body)))
        return seq


class WatchedStore(CacheStore):
    """The book's door, with somebody beside it."""

    def __init__(self, book: Book, watcher: Watcher) -> None:
        super().__init__(book)
        self._watcher = watcher

    @contextmanager
    @override
    def begin(self) -> Iterator[WatchedWork]:
        with super().begin() as work:
            yield WatchedWork(work.connection, self._watcher)
