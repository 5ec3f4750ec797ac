"""A wire to a ledger in memory: it can be cut, and waits as a long-poll does until hung up."""

from collections.abc import Callable
from threading import Condition
from typing import TypeVar

from app.contract.messages import (
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    DigestAnswer,
    DigestQuery,
    Grant,
    GrantRequest,
    MasterAnswer,
    MasterQuery,
    PostAnswer,
    PostBatch,
    SnapshotAnswer,
    SnapshotQuery,
)
from app.sync.trouble import CutOff, Unreachable
from tests.fakes.ledger import FakeLedger

A = TypeVar("A")


class FakeWire:
    """Implements `app.sync.runner.Wired` over a `FakeLedger`."""

    def __init__(self, ledger: FakeLedger) -> None:
        self._ledger = ledger
        self._news = Condition()
        self._hung_up = False
        self.skew_ms: int | None = 0
        self.cut = False
        self._drops = 0
        self.tries = 0
        self.polls: list[int] = []
        self.waits = True
        self.closed = False

    def set_cut(self, cut: bool) -> None:
        """Cut the line, or mend it; a poll under way is dropped."""
        with self._news:
            self.cut = cut
            self._news.notify_all()

    def drop(self) -> None:
        """Drop the poll under way, once, as a proxy does with a connection it finds too old."""
        with self._news:
            self._drops += 1
            self._news.notify_all()

    def post(self, batch: PostBatch) -> PostAnswer:
        return self._through(lambda: self._ledger.post(batch))

    def changes(self, query: ChangesQuery) -> ChangesAnswer:
        answer = self._through(lambda: self._ledger.changes(query))
        self.polls.append(query.wait_s)
        if isinstance(answer, ChangesPage) and not answer.rows and self.waits:
            with self._news:
                drops = self._drops
                self._news.wait(query.wait_s)
                if self._hung_up or self.cut or self._drops > drops:
                    raise CutOff("The connection broke off.")
            answer = self._through(lambda: self._ledger.changes(query))
        return answer

    def master(self, query: MasterQuery) -> MasterAnswer:
        return self._through(lambda: self._ledger.master(query))

    def snapshot(self, query: SnapshotQuery) -> SnapshotAnswer:
        return self._through(lambda: self._ledger.snapshot(query))

    def digest(self, query: DigestQuery) -> DigestAnswer:
        return self._through(lambda: self._ledger.digest(query))

    def grant(self, request: GrantRequest) -> Grant:
        return self._through(lambda: self._ledger.grant(request))

    def hang_up(self) -> None:
        with self._news:
            self._hung_up = True
            self._news.notify_all()

    def close(self) -> None:
        self.closed = True

    def _through(self, ask: Callable[[], A]) -> A:
        with self._news:
            self.tries += 1
            if self.cut or self._hung_up:
                raise Unreachable("The ledger cannot be reached.")
            before = len(self._ledger.books.rows)
            answer = ask()
            if len(self._ledger.books.rows) > before:
                self._news.notify_all()
            return answer
