"""Group commit: one thread posts; batches that arrive meanwhile share its next transaction.

A commit costs the same for one batch and for four. Stations wait no longer than the transaction
before theirs. Batches of one group are of one site and of different enrolments.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from app.contract.messages import PostAnswer
from app.errors import PackhouseError, Trouble
from app.ledger.posting import retry_later
from app.ledger.service import LedgerService, Prepared

# Operations of one transaction: long enough to pay for the commit, short enough that the stations
# waiting for the next one do not time out on a slow disk.
MAX_GROUP = 4_000
# Waiting batches, all stations together; beyond that a station is asked to come back.
MAX_WAITING = 128
STOP_WAIT_S = 30.0

Answered = Callable[[PostAnswer | BaseException], None]


@dataclass(frozen=True, slots=True)
class _Waiting:
    batch: Prepared
    answered: Answered


class GroupPoster:
    """The posting thread of a server.

    Args:
        service: Posts.
    """

    def __init__(self, service: LedgerService) -> None:
        self._service = service
        self._waiting: deque[_Waiting] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        # The server owns this thread as the composition root owns a station's.
        self._thread = threading.Thread(target=self._run, name="poster", daemon=True)  # noqa: TID251

    def start(self) -> None:
        """Start posting."""
        self._thread.start()

    def stop(self) -> None:
        """Post what is waiting, then end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(STOP_WAIT_S)

    def submit(self, batch: Prepared, answered: Answered) -> None:
        """Post with the next group; `answered` is called once, on the posting thread."""
        with self._changed:
            if not self._stopping and len(self._waiting) < MAX_WAITING:
                self._waiting.append(_Waiting(batch, answered))
                self._changed.notify()
                return
        answered(retry_later())

    def _run(self) -> None:
        while group := self._next():
            self._post(group)

    def _next(self) -> list[_Waiting]:
        """The oldest batch and all that may go with it; empty at the end."""
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            group: list[_Waiting] = []
            left: deque[_Waiting] = deque()
            size, senders = 0, set()
            while self._waiting:
                one = self._waiting.popleft()
                size += len(one.batch.arrived.arrivals)
                if group and (
                    size > MAX_GROUP
                    or one.batch.who.site.n != group[0].batch.who.site.n
                    or one.batch.who.n in senders
                ):
                    left.append(one)
                    senders.add(one.batch.who.n)
                    continue
                group.append(one)
                senders.add(one.batch.who.n)
            self._waiting = left
            return group

    def _post(self, group: list[_Waiting]) -> None:
        try:
            answers: list[PostAnswer] = self._service.post_group([one.batch for one in group])
        except Trouble as trouble:
            _tell_all(group, trouble)
        except Exception as error:  # noqa: BLE001 - whatever one batch provokes, the others go on
            if len(group) == 1:
                _tell_all(group, error)
                return
            for one in group:
                self._post([one])
        else:
            for one, answer in zip(group, answers, strict=True):
                one.answered(answer)


def _tell_all(group: list[_Waiting], error: Exception | PackhouseError) -> None:
    for one in group:
        one.answered(error)
