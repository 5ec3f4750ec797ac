"""Thousands of stations in one event loop: most wait for news, some post, and all of it is noted.

What a station asks, how long it waits and when it comes back are the program's: `Pace`, the long
polls of the feed, and the back-off of `bench.asking`.
"""

import asyncio
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from random import Random

import msgspec

from app.contract import codec
from app.contract.messages import (
    PROTOCOL_VERSION,
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    NotNow,
    PostAnswer,
    PostBatch,
    Posted,
)
from app.sync.http_ledger import ANSWER_S, COMMIT_S, RECORD_S
from app.sync.runner import Pace
from bench.asking import Station

# One station in so many notes when it heard of a fact: 50,000 notes a minute are enough.
WITNESS_EVERY = 20
# Questions at once of the station that has gone wild.
WILD_AT_ONCE = 8
# Its patience; it is about how often it asks.
WILD_S = 10.0

_post: msgspec.json.Decoder[PostAnswer] = msgspec.json.Decoder(PostAnswer)
_changes: msgspec.json.Decoder[ChangesAnswer] = msgspec.json.Decoder(ChangesAnswer)


@dataclass(slots=True)
class Stand:
    """Where a station stands in the feed of its site."""

    site: str
    epoch: str
    cursor: int
    chain: str

    def query(self, wait_s: int) -> bytes:
        """What it asks."""
        query = ChangesQuery(
            protocol=PROTOCOL_VERSION,
            epoch=self.epoch,
            cursor=self.cursor,
            chain=self.chain,
            wait_s=wait_s,
        )
        return codec.encode(query)


@dataclass(slots=True)
class Notes:
    """What was seen.

    Attributes:
        late: Of each question that heard nothing, how much later than asked for it was answered.
        pages: How many pages with news came.
        post: How long each posting took, from the first try to the answer.
        sent: Every id that was sent.
        answered: Outcome of every id that was answered, and how often it was.
        posted_at: Site and place in its feed of every fact, and when it was sent.
        heard: Site, the place before and after a page, and when it came, of the witnesses.
        acknowledged: When each answer came.
        over: Nobody asks any more.
    """

    late: "array[float]" = field(default_factory=lambda: array("d"))
    pages: int = 0
    post: "array[float]" = field(default_factory=lambda: array("d"))
    sent: set[str] = field(default_factory=set)
    answered: dict[str, list[str]] = field(default_factory=dict)
    posted_at: dict[tuple[str, int], float] = field(default_factory=dict)
    heard: list[tuple[str, int, int, float]] = field(default_factory=list)
    acknowledged: "array[float]" = field(default_factory=lambda: array("d"))
    over: bool = False

    def hearing_s(self) -> list[float]:
        """From sending a fact until a witness of its site had it."""
        return [
            at - sent
            for site, before, after, at in self.heard
            for seq in range(before + 1, after + 1)
            if (sent := self.posted_at.get((site, seq))) is not None
        ]


async def follow(station: Station, stand: Stand, notes: Notes, number: int) -> None:
    """Wait for news at the ledger, page after page, as the feed thread of a station does."""
    wait_s = Pace().poll_s
    while not notes.over:
        begun = time.monotonic()
        page = await station.ask("/v1/changes", stand.query(wait_s), _changes, wait_s + ANSWER_S)
        assert isinstance(page, ChangesPage)
        now = time.monotonic()
        if page.rows:
            notes.pages += 1
            if number % WITNESS_EVERY == 0:
                notes.heard.append((stand.site, stand.cursor, page.cursor, now))
            stand.cursor, stand.chain = page.cursor, page.chain
            continue
        notes.late.append(max(0.0, now - begun - wait_s))
        # A ledger that does not wait with it is not asked without a pause.
        await asyncio.sleep(max(0.0, begun + wait_s - now))


async def post(
    station: Station, batches: Iterator[PostBatch], notes: Notes, site: str, pace: "Posting"
) -> None:
    """Post one batch after the other at a pace, the same again until it is answered."""
    due = time.monotonic() + pace.chance.uniform(0, pace.every_s)
    while due < pace.ends and (batch := next(batches, None)) is not None:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        notes.sent.update(sent.id for sent in batch.operations)
        begun = time.monotonic()
        answer = await station.ask("/v1/post", codec.encode(batch), _post, COMMIT_S + RECORD_S)
        assert isinstance(answer, Posted)
        now = time.monotonic()
        notes.post.append(now - begun)
        notes.acknowledged.append(now)
        for result in answer.results:
            notes.answered.setdefault(result.id, []).append(result.outcome)
            notes.posted_at[site, result.feed_seq] = begun
        due = max(now, due + pace.every_s * pace.chance.uniform(0.5, 1.5))


@dataclass(frozen=True, slots=True)
class Posting:
    """How fast a station posts, and until when.

    Attributes:
        every_s: Seconds between two facts, half more or less.
        ends: No fact begins later.
        chance: For the jitter.
    """

    every_s: float
    ends: float
    chance: Random


async def run_wild(stations: list[Station], stand: Stand, seconds: float) -> int:
    """One station that asks without a pause on several lines at once; how often it was answered.

    It heeds "not now" on each of its lines; only that keeps it from taking everything.
    """
    ends = time.monotonic() + seconds
    given = count()

    async def ask(station: Station) -> None:
        while time.monotonic() < ends:
            answer = await station.ask("/v1/changes", stand.query(0), _changes, WILD_S)
            assert not isinstance(answer, NotNow)
            next(given)

    await asyncio.gather(*(ask(station) for station in stations))
    return next(given)
