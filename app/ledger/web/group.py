"""Group commit: batches that arrive while a transaction is written share the next one.

A commit costs the same for one batch and for four. Stations wait no longer than the transaction
before theirs. Batches of one group are of one site and of different enrolments; a site has one
group under way, because the next one would only wait for the stock of the site.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.contract.messages import PostAnswer
from app.errors import PackhouseError, Trouble
from app.ledger.posting import retry_later
from app.ledger.service import LedgerService, Prepared
from app.ledger.web.meters import family, gauge

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
    """The posting threads of a server.

    Args:
        service: Posts.
        threads: How many sites may have a group under way. One on SQLite, which has one writer; on
            PostgreSQL more, so that one group is decided here while another is written there.
    """

    def __init__(self, service: LedgerService, threads: int = 1) -> None:
        self._service = service
        self._waiting: deque[_Waiting] = deque()
        # Sites with a group under way.
        self._busy: set[int] = set()
        self._changed = threading.Condition()
        self._stopping = False
        self._groups = 0
        # The server owns these threads as the composition root owns a station's.
        self._threads = [
            threading.Thread(target=self._run, name=f"poster-{n}", daemon=True)  # noqa: TID251
            for n in range(threads)
        ]

    def start(self) -> None:
        """Start posting."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Post what is waiting, then end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(STOP_WAIT_S)

    def submit(self, batch: Prepared, answered: Answered) -> None:
        """Post with the next group; `answered` is called once, on a posting thread."""
        with self._changed:
            if not self._stopping and len(self._waiting) < MAX_WAITING:
                self._waiting.append(_Waiting(batch, answered))
                self._changed.notify()
                return
        answered(retry_later())

    def meters(self) -> Iterable[str]:
        """Groups posted and batches waiting, as exposition lines."""
        with self._changed:
            groups, waiting = self._groups, len(self._waiting)
        yield from family(
            "packhouse_groups_total", "counter", "Transactions of batches.", [((), groups)]
        )
        yield from gauge("packhouse_batches_waiting", "Batches that wait.", {(): waiting})

    def _run(self) -> None:
        while group := self._next():
            try:
                self._post(group)
            finally:
                self._done(group)

    def _next(self) -> list[_Waiting]:
        """The oldest batch that may go now, and all that may go with it; empty at the end."""
        with self._changed:
            while True:
                group = self._pick()
                if group or (self._stopping and not self._waiting):
                    return group
                self._changed.wait()

    def _pick(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        left: deque[_Waiting] = deque()
        senders: set[int] = set()
        size = 0
        for one in self._waiting:
            who = one.batch.who
            if _fits(one, group, size, self._busy) and who.n not in senders:
                group.append(one)
                size += len(one.batch.arrived.arrivals)
            else:
                left.append(one)
            # A later batch of a station never overtakes an earlier one: it builds on it.
            senders.add(who.n)
        self._waiting = left
        self._busy.update(one.batch.who.site.n for one in group)
        return group

    def _done(self, group: list[_Waiting]) -> None:
        with self._changed:
            self._groups += 1
            self._busy.difference_update(one.batch.who.site.n for one in group)
            self._changed.notify_all()

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


def _fits(one: _Waiting, group: list[_Waiting], size: int, busy: set[int]) -> bool:
    site = one.batch.who.site.n
    if not group:
        return site not in busy
    return site == group[0].batch.who.site.n and size + len(one.batch.arrived.arrivals) <= MAX_GROUP


def _tell_all(group: list[_Waiting], error: Exception | PackhouseError) -> None:
    for one in group:
        one.answered(error)
