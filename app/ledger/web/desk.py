"""What the routes share: the service, its posting thread, workers, known bearers, and who waits."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from time import monotonic
from typing import Any, Protocol, TypeVar

from litestar import Request

from app.contract.messages import PostAnswer
from app.errors import Refusal
from app.ledger import feed
from app.ledger.joblist import JOBS
from app.ledger.jobs import TICK_S, Job, Jobs
from app.ledger.service import LedgerService, Prepared
from app.ledger.sites import Who
from app.ledger.web import rate
from app.ledger.web.bearers import bearer_of
from app.ledger.web.cursors import Cursors
from app.ledger.web.group import GroupPoster
from app.ledger.web.journal import note
from app.ledger.web.lateness import Lateness
from app.ledger.web.meters import Meters
from app.ledger.web.once import Once
from app.ledger.web.rate import Limiter
from app.ledger.web.route import Bearer
from app.ledger.web.waiting import Heads, Watch

T = TypeVar("T")

# Decoding, reading and zipping; the database has as many readers.
WORKERS = 8
# Requests of other systems at once: half of the database's readers stay free for the stations,
# however long a report takes.
OTHERS = 4
# Groups under way at once on PostgreSQL; more only wait for each other's counter.
POSTERS = 3
# Tokens remembered, as presented; the oldest is forgotten first.
MAX_TOKENS = 10_000
# An expired token is good for at most this much longer. Revocation does not wait for it: posting
# and reading look at the enrolment each time.
TOKEN_TRUST_S = 60.0
# A revoked key is good for at most this much longer at a server that has just seen it.
KEY_TRUST_S = 5.0

# Idempotency keys are kept for weeks; an hour more or less matters to nobody.
FORGET_KEYS_S = 3_600

AnyRequest = Request[Any, Any, Any]


class Asking(Protocol):
    """As much of a request as says who asks what."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    async def body(self) -> bytes: ...


class Desk:
    """What the routes share: the service, its posting thread, workers, and who waits.

    Args:
        service: The ledger.
    """

    def __init__(self, service: LedgerService) -> None:
        self.service = service
        self.meters = Meters()
        self.lateness = Lateness()
        self.cursors = Cursors(service.secret)
        self.asking = Limiter(rate.ASKING)
        self.syncing = Limiter(rate.SYNCING)
        self.once = Once(service.database, service.clock, service.journal)
        forget = Job(
            "forget_old_keys", FORGET_KEYS_S, lambda _service, _stop: self.once.forget_old()
        )
        self.jobs = Jobs(service, (*JOBS, forget), service.clock)
        self.poster = GroupPoster(service, 1 if service.database.is_sqlite else POSTERS)
        self.watch: Watch
        self._keeping: asyncio.Task[None]
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="worker")
        self._others = ThreadPoolExecutor(OTHERS, thread_name_prefix="other")
        # One: batches become ready one after another, and the first is in the database while the
        # next is decoded. Several would take turns and all be ready late.
        self._preparing = ThreadPoolExecutor(1, thread_name_prefix="prepare")
        # One: jobs take turns, and none takes a worker from those who wait for an answer.
        self._doing = ThreadPoolExecutor(1, thread_name_prefix="jobs")
        self._bearers: dict[str, tuple[Bearer, float]] = {}

    async def open(self) -> None:
        """Start; on the server's loop."""
        self.watch = Watch(self.service.bell, self._heads)
        # Every worker at once: no station waits for a thread to be made, and none appears later.
        pools = (
            (self._workers, WORKERS),
            (self._others, OTHERS),
            (self._preparing, 1),
            (self._doing, 1),
        )
        together = Barrier(1 + sum(count for _, count in pools))
        for pool, count in pools:
            for _ in range(count):
                pool.submit(together.wait)
        together.wait()
        self.poster.start()
        self._keeping = asyncio.create_task(self._keep_up())

    async def close(self) -> None:
        """Post what waits, and end."""
        self.watch.close()
        self.jobs.end()
        self._keeping.cancel()
        await asyncio.to_thread(self.poster.stop)
        self._preparing.shutdown()
        self._others.shutdown()
        self._workers.shutdown()
        await asyncio.to_thread(self._doing.shutdown)
        self.jobs.close()

    async def work(self, task: Callable[[], T]) -> T:
        """Run something that takes long on a worker thread."""
        run = copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self._workers, run, task)

    async def work_for_others(self, task: Callable[[], T]) -> T:
        """The same, for other systems; their reports leave threads to the stations."""
        run = copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self._others, run, task)

    async def prepare(self, task: Callable[[], T]) -> T:
        """Run the preparation of a batch, in the order they came."""
        run = copy_context().run
        return await asyncio.get_running_loop().run_in_executor(self._preparing, run, task)

    async def who(self, request: Asking) -> Who:
        """Which station asks.

        Raises:
            Refusal: `bad_token` or `too_many_requests`.
        """
        bearer = await self.bearer(request)
        self.syncing.take(bearer.caller)
        if bearer.who is None:
            raise Refusal("bad_token", "This address is for enrolled stations only.")
        return bearer.who

    async def bearer(self, request: Asking) -> Bearer:
        """Who asks, a station or a key.

        Raises:
            Refusal: `bad_token`.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refusal("bad_token", "Sign in first: ask for a token.")
        known = self._bearers.get(token)
        if known is not None and known[1] > monotonic():
            bearer = known[0]
        else:
            bearer = await self.work(lambda: bearer_of(self.service, token))
            if len(self._bearers) >= MAX_TOKENS:
                self._bearers.pop(next(iter(self._bearers)))
            trust = KEY_TRUST_S if bearer.who is None else TOKEN_TRUST_S
            self._bearers[token] = (bearer, monotonic() + trust)
        note().caller = bearer.caller
        return bearer

    async def post(self, batch: Prepared) -> PostAnswer:
        """Post with the next group."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[PostAnswer] = loop.create_future()

        def settle(outcome: PostAnswer | BaseException) -> None:
            if future.done():
                return
            if isinstance(outcome, BaseException):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        def answered(outcome: PostAnswer | BaseException) -> None:
            loop.call_soon_threadsafe(settle, outcome)

        self.poster.submit(batch, answered)
        return await future

    async def _keep_up(self) -> None:
        """What only time brings; see `app.ledger.joblist`."""
        while True:
            await asyncio.sleep(TICK_S)
            await asyncio.get_running_loop().run_in_executor(self._doing, self.jobs.tick)

    async def _heads(self) -> Heads:
        return await self.work(lambda: feed.news(self.service.database))
