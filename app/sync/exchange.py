"""The rounds of the sync, without a clock, a socket or a thread: what to send, what to take.

`push` and `pull` each do one step and say what it came to; whoever calls them decides when the next
one is due. They may be called from two threads: an answer is applied only if the book has not begun
anew since the question was put. Trouble at the ledger is an outcome; trouble at the desk is raised.
"""

from dataclasses import replace
from threading import Lock

from app.contract.ledger import Ledger
from app.contract.messages import (
    MAX_REQUEST_BYTES,
    PROTOCOL_VERSION,
    ChangesPage,
    ChangesQuery,
    Checkpoint,
    MasterPage,
    MasterQuery,
    NotNow,
    PostBatch,
    Posted,
    SnapshotPage,
    SnapshotQuery,
)
from app.errors import Refusal
from app.station.inbox import LinkState
from app.station.ports import Desk, Identity
from app.sync import witness
from app.sync.counterpart import Counterpart
from app.sync.outcomes import (
    Again,
    Failed,
    Idle,
    Later,
    Moved,
    PullOutcome,
    PushOutcome,
    Stopped,
    stopped,
)
from app.sync.portion import Portion

# 500 was the fastest batch at the ledger, and a page of 500 rows keeps the book busy for less than
# a person notices.
BATCH = 500
PAGE_ROWS = 500
MASTER_ROWS = 1_000
# What the bodies of a batch may weigh: the protocol's limit less room for links and envelope.
BODY_BYTES = MAX_REQUEST_BYTES - (1 << 20)
# A picture is taken up again where it broke off; after this many failures in a row it is taken
# anew, because it may be the picture that fails.
RESUMES = 3

# The part of a time that says the minute.
_MINUTE = len("2026-11-21T11:37")
# Before the first page it is not known what an earlier run was promised: more than any feed holds.
_UNKNOWN = 2**62

_NO_MASTER = (
    "The ledger named items it does not give out. Nothing was changed; it is asked again. If this"
    " stays, report it to IT."
)
_BEGAN_ANEW = Again("the book began anew while the ledger answered")


class Exchange:
    """One station's side of the protocol.

    Args:
        desk: The station, asked to read and write its book.
        ledger: The ledger, in process or over a wire.
    """

    def __init__(self, desk: Desk, ledger: Ledger) -> None:
        self._desk = desk
        self._ledger = Counterpart(ledger)
        self._batch = Portion(BATCH)
        self._page = Portion(PAGE_ROWS)
        self._master = Portion(MASTER_ROWS)
        # Held while an answer changes the book; `_restarts` counts how often the book began anew.
        self._book = Lock()
        self._restarts = 0
        # The furthest place the feed is known to have: seen as its end, or named in an answer.
        self._promised = _UNKNOWN
        self._identity: Identity | None = None
        self._picture: SnapshotPage | None = None
        self._picture_failures = 0
        self._noted = ""

    # ---------------------------------------------------------------- to the ledger

    def push(self) -> PushOutcome:
        """Send the oldest unsent operations. The answer acknowledges them; the feed confirms."""
        restarts = self._restarts
        batch = self._next_batch()
        if batch is None:
            return Idle()
        count = len(batch.operations)
        self._identity = self._identity or self._desk.identity()
        match self._ledger.post(batch, self._identity):
            case Posted() as answer:
                return self._acknowledge(batch, answer, restarts)
            case NotNow() as answer:
                return self._not_posted(batch, answer, restarts)
            case Failed(reached=True) as failed:
                self._batch.shrink(count)
                return replace(failed, culprit=batch.operations[0].id if count == 1 else "")
            case Later() | Failed() | Stopped() as outcome:
                return outcome

    def _next_batch(self) -> PostBatch | None:
        """As many as the portion allows and a request may weigh; one may weigh what it likes."""
        while True:
            batch = self._desk.next_batch(self._batch.size)
            if batch is None or len(batch.operations) == 1:
                return batch
            if sum(len(memoryview(sent.body)) for sent in batch.operations) <= BODY_BYTES:
                return batch
            self._batch.shrink(len(batch.operations))

    def _acknowledge(self, batch: PostBatch, answer: Posted, restarts: int) -> PushOutcome:
        with self._book:
            if self._restarts != restarts:
                return _BEGAN_ANEW
            self._desk.apply_answer(batch, answer)
            self._promised = max(self._promised, *(result.feed_seq for result in answer.results))
        full = len(batch.operations) >= self._batch.size
        self._batch.grow()
        return Moved(len(batch.operations), more=full)

    def _not_posted(self, batch: PostBatch, answer: NotNow, restarts: int) -> PushOutcome:
        count = len(batch.operations)
        match answer.problem:
            case "gap" if 0 < answer.expected < batch.operations[0].seq:
                with self._book:
                    if self._restarts == restarts:
                        self._restarts += 1
                        self._desk.resend_from(answer.expected)
                return Again(f"the ledger expects {answer.expected}")
            case "fork":
                return stopped(answer.problem, answer.sentence)
            case "too_large" if count > 1:
                self._batch.limit(answer.limit, count)
                return Again(f"the ledger takes fewer than {count}")
            case "too_large":
                return Failed(answer.sentence, answer.problem, culprit=batch.operations[0].id)
            case _:
                asked = (batch.epoch, batch.cursor, batch.chain)
                return self._denied(answer, asked) or self._not_now(answer, restarts)

    # ---------------------------------------------------------------- from the ledger

    def pull(self, wait_s: int) -> PullOutcome:
        """Fetch and apply one page of the feed, waiting up to `wait_s` at the ledger for news.

        A station that has no place in the feed yet fetches a page of a snapshot instead.
        """
        restarts = self._restarts
        where = self._desk.position()
        if not where.chain:
            return self.bootstrap()
        query = ChangesQuery(
            protocol=PROTOCOL_VERSION,
            epoch=where.epoch,
            cursor=where.cursor,
            chain=where.chain,
            limit=self._page.size,
            wait_s=wait_s,
        )
        match self._ledger.changes(query):
            case ChangesPage() as page:
                self._page.grow()
                contradiction = self._contradicted(query, page)
                if contradiction is not None:
                    return contradiction
                stop = self._master_up_to(
                    page.master_head, page.epoch, where.master_cursor, restarts
                )
                return stop or self._apply(page, restarts)
            case NotNow(problem="too_large") as answer:
                self._page.limit(answer.limit, self._page.size)
                return Again("the ledger gives smaller pages")
            case NotNow() as answer:
                asked = (query.epoch, query.cursor, query.chain)
                return self._denied(answer, asked) or self._not_now(answer, restarts)
            case Later() | Failed() | Stopped() as outcome:
                if isinstance(outcome, Failed) and outcome.reached:
                    self._page.shrink(self._page.size)
                return outcome

    def _apply(self, page: ChangesPage, restarts: int) -> PullOutcome:
        # A feed that ends before such a place has lost it: the book must hear even of no rows. And
        # once a minute of the time the ledger signs.
        minute = page.checkpoint.at[:_MINUTE] if page.checkpoint else self._noted
        if page.rows or page.head < self._promised or minute != self._noted:
            with self._book:
                if self._restarts != restarts:
                    return _BEGAN_ANEW
                self._desk.apply_changes(page)
        self._promised, self._noted = page.head, minute
        if page.cursor < page.head:
            return Moved(len(page.rows), more=True)
        self._desk.round_done()
        return Moved(len(page.rows), more=False) if page.rows else Idle()

    def pull_master(self) -> PullOutcome:
        """Fetch and apply one page of items, locations, people and boxes."""
        restarts = self._restarts
        where = self._desk.position()
        match self._master_page(where.epoch, where.master_cursor, restarts):
            case MasterPage() as page if page.rows:
                return Moved(len(page.rows), more=page.cursor < page.head)
            case MasterPage():
                return Idle()
            case outcome:
                return outcome

    def _master_up_to(
        self, wanted: int, epoch: str, cursor: int, restarts: int
    ) -> PullOutcome | None:
        """Master rows up to `wanted`, because rows that are about to be applied name them."""
        while cursor < wanted:
            match self._master_page(epoch, cursor, restarts):
                case MasterPage() as page if page.cursor > cursor:
                    cursor = page.cursor
                case MasterPage() as page:
                    return Failed(_NO_MASTER, f"{wanted} wanted, {page.head} is all there is")
                case outcome:
                    return outcome
        return None

    def _master_page(self, epoch: str, cursor: int, restarts: int) -> MasterPage | PullOutcome:
        query = MasterQuery(
            protocol=PROTOCOL_VERSION, epoch=epoch, cursor=cursor, limit=self._master.size
        )
        match self._ledger.master(query):
            case MasterPage() as page:
                with self._book:
                    if self._restarts != restarts:
                        return _BEGAN_ANEW
                    if page.cursor > cursor:
                        self._desk.apply_master(page)
                self._master.grow()
                return page
            case NotNow(problem="too_large") as answer:
                self._master.limit(answer.limit, self._master.size)
                return Again("the ledger gives smaller pages of master data")
            case NotNow() as answer:
                return self._not_now(answer, restarts)
            case Later() | Failed() | Stopped() as outcome:
                if isinstance(outcome, Failed) and outcome.reached:
                    self._master.shrink(self._master.size)
                return outcome

    # ---------------------------------------------------------------- a fresh start

    def bootstrap(self) -> PullOutcome:
        """Fetch and stage one page of a snapshot; the last page swaps it in.

        The ledger's picture does not change, so after trouble this goes on where it broke off.
        """
        restarts = self._restarts
        before = self._picture
        query = SnapshotQuery(
            protocol=PROTOCOL_VERSION,
            snapshot=before.snapshot if before else "",
            page=before.page + 1 if before else 0,
        )
        match self._ledger.snapshot(query, before):
            case SnapshotPage() as page:
                where = self._desk.position()
                stop = self._master_up_to(
                    page.master_cursor, page.epoch, where.master_cursor, restarts
                )
                return stop or self._stage(page, restarts)
            case NotNow() as answer:
                # The ledger may have thrown the picture away; the next one is a new one.
                self._picture = None
                return self._not_now(answer, restarts)
            case Later() as outcome:
                return outcome
            case Failed() | Stopped() as outcome:
                self._picture_failures += 1
                if self._picture_failures >= RESUMES:
                    self._picture, self._picture_failures = None, 0
                return outcome

    def _stage(self, page: SnapshotPage, restarts: int) -> PullOutcome:
        last = page.page + 1 >= page.pages
        with self._book:
            if self._restarts != restarts:
                return _BEGAN_ANEW
            self._desk.snapshot_page(page)
            self._picture = None if last else page
        self._picture_failures = 0
        return Moved(len(page.rows), more=True)

    # ---------------------------------------------------------------- what any question may be told

    def _contradicted(self, query: ChangesQuery, page: ChangesPage) -> Stopped | None:
        """A page against what the ledger has signed before; None when it agrees."""
        if page.checkpoint is None:
            return None
        identity, held = self._desk.identity(), self._desk.checkpoint()
        try:
            witness.believe(query, page, identity.site, identity.ledger_key)
        except Refusal as refusal:
            return Stopped(LinkState.REFUSED, refusal.code, refusal.say)
        return self._refused(held, witness.against_page(held, query, page))

    def _denied(self, answer: NotNow, asked: tuple[str, int, str]) -> Stopped | None:
        if answer.problem != "epoch_changed":
            return None
        held = self._desk.checkpoint()
        return self._refused(held, witness.against_denial(held, answer.epoch, asked))

    def _refused(self, held: Checkpoint | None, refusal: Refusal | None) -> Stopped | None:
        if held is None or refusal is None:
            return None
        self._desk.contradicted(held, refusal.detail)
        return Stopped(LinkState.REFUSED, refusal.code, refusal.say)

    def _not_now(self, answer: NotNow, restarts: int) -> PushOutcome:
        match answer.problem:
            case "epoch_changed":
                return self._begin_epoch(answer.epoch, restarts)
            case "too_old":
                return Stopped(LinkState.TOO_OLD, answer.problem, answer.sentence)
            case "retry_later":
                return Later(answer.retry_after_s, answer.sentence)
            case _:
                return Failed(answer.sentence, answer.problem)

    def _begin_epoch(self, epoch: str, restarts: int) -> PushOutcome:
        with self._book:
            # Both threads may be told of the same epoch; the second has nothing left to do.
            if self._restarts == restarts:
                self._restarts += 1
                self._picture = None
                self._desk.begin_epoch(epoch)
        return Again(f"epoch {epoch}")
