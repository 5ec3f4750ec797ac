"""A post and the feed after it, broken at every single byte of every request and every answer.

The ledger is a process of its own; the station is the real book, station thread and exchange, over
real sockets. Whatever is cut, doubled, delayed or dripped: every operation is posted exactly once,
in the order in which it was recorded, the feed has no hole, and the outbox is empty.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

from app.contract import chain
from app.contract.messages import PROTOCOL_VERSION, ChangesPage, ChangesQuery, FeedRow
from app.sync import http_ledger
from app.sync.exchange import Exchange
from app.sync.outcomes import Failed, Idle, Moved, PullOutcome, PushOutcome
from tests.support.processes import LedgerProcess
from tests.support.proxy import Fault, FaultProxy, How, Way
from tests.support.synced import SyncedBench, set_up

pytestmark = [pytest.mark.system, pytest.mark.slow]

# Tries until an exchange that was broken once must be through.
TRIES = 6
# Broken tries of one batch or page before it is let through and the next one takes its place.
BROKEN_IN_A_ROW = 16
# The bytes broken at: all of them in `make long`, else these far apart.
APART = 5
# Answers differ by a few bytes (positions gain digits, pages are zipped): this many in a row that
# were over before their byte came mean that every byte has had its turn.
PAST_THE_END = 8


@dataclass
class Pair:
    """A bench and a ledger with the proxy between them."""

    bench: SyncedBench
    proxy: FaultProxy
    exchange: Exchange
    recorded: list[str] = field(default_factory=list)

    def broken_by(self, fault: Fault | None) -> bool:
        """Record two receipts, break once, and bring them through; whether it did break."""
        self.recorded += self.bench.receive_many(2)
        self.proxy.arm(fault)
        for _ in range(TRIES):
            match self.exchange.push():
                case Idle() | Moved(more=False):
                    self.exchange.pull(0)
                    if self.bench.confirmed():
                        return self.proxy.fired
                case _:
                    continue
        raise AssertionError(f"not through after {TRIES} tries, broken by {fault}")

    def next_batch(self, *, posted: bool) -> None:
        """Bring the last one through, and record the next; posted, it waits in the feed."""
        self.proxy.arm(None)
        self.bring_through()
        self.recorded += self.bench.receive_many(2)
        if posted:
            assert self.exchange.push() == Moved(2, more=False)

    def bring_through(self) -> None:
        """Push and pull until everything is confirmed."""
        for _ in range(TRIES):
            self.exchange.push()
            self.exchange.pull(0)
            if self.bench.confirmed():
                return
        raise AssertionError(f"not through after {TRIES} tries")

    def length_of_a_post(self) -> int:
        """Bytes of the request that carries two receipts."""
        self.recorded += self.bench.receive_many(2)
        self.proxy.arm(None)
        assert self.exchange.push() == Moved(2, more=False)
        return self.proxy.passed(Way.REQUEST)

    def prove(self) -> None:
        """Everything recorded is in the ledger's feed once, in order; nothing waits here."""
        rows = self._whole_feed()
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        bodies = [msgspec.json.decode(row.body) for row in rows]
        outcomes = [body for body in bodies if body["type"] == "outcome"]
        assert [body["id"] for body in outcomes] == self.recorded
        assert {body["outcome"] for body in outcomes} == {"posted"}
        assert self.bench.transports() == {"confirmed": len(self.recorded)}
        assert self.bench.at_dock() == len(self.recorded)

    def _whole_feed(self) -> list[FeedRow]:
        self.proxy.arm(None)
        epoch = self.bench.store.position().epoch
        rows: list[FeedRow] = []
        at, head = chain.GENESIS, 1
        while len(rows) < head:
            page = self.bench.ledger.changes(
                ChangesQuery(
                    protocol=PROTOCOL_VERSION, epoch=epoch, cursor=len(rows), chain=at, limit=2_000
                )
            )
            assert isinstance(page, ChangesPage)
            rows += page.rows
            at, head = page.chain, page.head
        return rows


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    (code,) = set_up(tmp_path / "ledger", "Bench 4")
    with LedgerProcess(tmp_path / "ledger") as ledger, FaultProxy(ledger.port) as proxy:
        bench = SyncedBench(tmp_path / "bench", proxy.url, code, enrol_url=ledger.url)
        exchange = Exchange(bench.desk, bench.ledger)
        while exchange.pull(0) != Idle():
            pass
        yield Pair(bench, proxy, exchange)
        bench.close()


def _post(exchange: Exchange) -> PushOutcome:
    return exchange.push()


def _feed(exchange: Exchange) -> PullOutcome:
    return exchange.pull(0)


@pytest.mark.parametrize(
    "apart", [APART, pytest.param(1, marks=pytest.mark.long)], ids=["some", "all"]
)
@pytest.mark.parametrize("how", [How.CLOSE, How.RESET])
@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("step", [_post, _feed])
def test_broken_at_every_byte_everything_is_posted_once(
    pair: Pair, step: Callable[[Exchange], PushOutcome], way: Way, how: How, apart: int
) -> None:
    at, tries, past_the_end = 0, 0, 0

    while past_the_end < PAST_THE_END:
        if past_the_end or tries % BROKEN_IN_A_ROW == 0:
            pair.next_batch(posted=step is _feed)
        before = pair.bench.transports()
        pair.proxy.arm(Fault(way, at, how))
        # A new exchange each time, as after a restart: nothing is remembered but the book.
        outcome = step(Exchange(pair.bench.desk, pair.bench.ledger))
        if pair.proxy.fired:
            assert isinstance(outcome, Failed), f"believed an answer cut at byte {at}"
            assert pair.bench.transports() == before
        past_the_end = 0 if pair.proxy.fired else past_the_end + 1
        at, tries = at + apart, tries + 1

    assert at > 400  # a batch, a page; else nothing was proven
    pair.bring_through()
    pair.prove()


@pytest.mark.parametrize("how", [How.DOUBLE, How.AGAIN_LATER])
def test_every_request_delivered_twice_is_posted_once(pair: Pair, how: How) -> None:
    post = pair.length_of_a_post()

    for request_at in (0, post + 20):  # in the head of the post, in the head of the feed's question
        for _ in range(25):
            assert pair.broken_by(Fault(Way.REQUEST, request_at, how))

    assert pair.proxy.answered_twice >= 40
    pair.prove()


@pytest.mark.parametrize("way", list(Way))
def test_delayed_or_dripping_bytes_lose_nothing(pair: Pair, way: Way) -> None:
    for at in (0, 1, 100, 400):
        assert pair.broken_by(Fault(way, at, How.DELAY, seconds=0.05))
        assert pair.broken_by(Fault(way, at, How.DRIP, seconds=0.0005))

    pair.prove()


@pytest.mark.parametrize("way", list(Way))
def test_a_line_that_falls_silent_is_left_and_nothing_is_lost(
    pair: Pair, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Silence is noticed sooner than in a warehouse, so that the test is over sooner.
    monkeypatch.setattr(http_ledger, "ANSWER_S", 0.5)
    monkeypatch.setattr(http_ledger, "COMMIT_S", 0.5)

    for at in (0, 1, 300, 600):
        assert pair.broken_by(Fault(way, at, How.SILENCE))

    pair.prove()
