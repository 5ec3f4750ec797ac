"""The ledger as the exchange sees it: every answer checked, every error an outcome."""

from collections.abc import Callable
from typing import TypeVar

from app.contract.ledger import Ledger
from app.contract.messages import (
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    MasterAnswer,
    MasterPage,
    MasterQuery,
    PostAnswer,
    PostBatch,
    Posted,
    SnapshotAnswer,
    SnapshotPage,
    SnapshotQuery,
)
from app.errors import Refusal, Trouble
from app.station.inbox import LinkState
from app.station.ports import Identity
from app.sync import believe
from app.sync.outcomes import Failed, Later, Stopped, stopped
from app.sync.trouble import Busy, CutOff, Unproven, Unreachable

A = TypeVar("A")
# What came instead of an answer.
Missed = Later | Failed | Stopped


class Counterpart:
    """Asks the ledger; nothing it answers is passed on unless it fits the question.

    Args:
        ledger: In process or over a wire.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def post(self, batch: PostBatch, identity: Identity) -> PostAnswer | Missed:
        """Send a batch."""

        def ask() -> PostAnswer:
            answer = self._ledger.post(batch)
            if isinstance(answer, Posted):
                believe.posted(batch, answer, identity)
            return answer

        return _answer(ask)

    def changes(self, query: ChangesQuery) -> ChangesAnswer | Missed:
        """Ask for rows of the feed."""

        def ask() -> ChangesAnswer:
            answer = self._ledger.changes(query)
            if isinstance(answer, ChangesPage):
                believe.changes(query, answer)
            return answer

        return _answer(ask)

    def master(self, query: MasterQuery) -> MasterAnswer | Missed:
        """Ask for master rows."""

        def ask() -> MasterAnswer:
            answer = self._ledger.master(query)
            if isinstance(answer, MasterPage):
                believe.master(query, answer)
            return answer

        return _answer(ask)

    def snapshot(
        self, query: SnapshotQuery, before: SnapshotPage | None
    ) -> SnapshotAnswer | Missed:
        """Ask for a page of a picture; `before` is the page before it."""

        def ask() -> SnapshotAnswer:
            answer = self._ledger.snapshot(query)
            if isinstance(answer, SnapshotPage):
                believe.snapshot(query, answer, before)
            return answer

        return _answer(ask)


def _answer(ask: Callable[[], A]) -> A | Missed:
    try:
        return ask()
    except Refusal as refusal:
        return stopped(refusal.code, refusal.say)
    except Busy as busy:
        # At the gate: the question itself was not put.
        return Later(busy.wait_s, busy.say)
    except Trouble as trouble:
        return Failed(
            trouble.say,
            trouble.detail,
            reached=not isinstance(trouble, Unreachable),
            forgivable=isinstance(trouble, CutOff),
            state=LinkState.UNPROVEN if isinstance(trouble, Unproven) else LinkState.OFFLINE,
        )
