"""Posting: a group of batches of one site, decided in memory and written in one transaction.

Lock, read, decide every operation in order, write set-based; only a fault or a race rolls back. A
race (another process knew the id first, a deadlock) or a broken connection is answered by doing the
same again: what was decided meanwhile, perhaps by the very commit whose answer was lost, is then
read, not decided anew.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from random import Random
from threading import Event

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import HighWater, NotNow, PostAnswer, Posted, Result
from app.domain.operation import Outcome
from app.ledger import devicekeys, feed, marks
from app.ledger.arrivals import Arrival, Arrived, fork, gap
from app.ledger.book import Book, Known, Sender
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.contradictions import station_forked
from app.ledger.database import Database
from app.ledger.deciding import POSTED, decide, settle, take_up
from app.ledger.distress import explain, is_busy, is_lost, is_race
from app.ledger.keys import LedgerKey
from app.ledger.locks import lock_senders
from app.ledger.pages import Pages
from app.ledger.places import Place, places_of
from app.ledger.reading import Reader
from app.ledger.sites import SiteRef, not_enrolled
from app.ledger.stock import StockKeys
from app.ledger.writing import Writer, write_heads

log = logging.getLogger(__name__)

Point = Callable[[str], None]

# A race is won by somebody each time; five in a row mean distress, and the station waits instead.
MAX_TRIES = 5
# Long enough for the other transaction to end, short beside a station's own back-off.
RACE_PAUSE_S = 0.02


@dataclass(slots=True)
class _Answer:
    """A batch's results, some of them still without a feed position."""

    sender: Sender
    results: list[tuple[str, Known, bool]] = field(default_factory=list)

    def number(self, numbers: list[int]) -> None:
        """Give each operation decided here the feed position it got."""
        for _, known, _ in self.results:
            if known.entry >= 0:
                known.feed_seq = numbers[known.entry]


class Poster:
    """Posts.

    Args:
        database: The ledger's.
        clock: For what is kept beside, and for deadlines.
        ids: Names exceptions.
        key: Signs high-water marks.
        point: Called by name around the commit; the simulation crashes there.
        ring: Told the numbers of the sites whose feeds have grown, once that is committed.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ids: IdSource,
        key: LedgerKey,
        point: Point,
        ring: Callable[[Collection[int]], None],
    ) -> None:
        self._database = database
        self._ring = ring
        self._clock = clock
        self._key = key
        self._point = point
        self._stock = StockKeys(database)
        self._reader = Reader(database, self._stock)
        self._writer = Writer(database, ids)
        # Jitter only; which of two racing processes goes first decides nothing.
        self._jitter = Random(0)  # noqa: S311
        self._pause = Event()
        self._generation = 0

    def post(self, site: SiteRef, batches: Sequence[Arrived]) -> list[PostAnswer]:
        """Post batches of different enrolments of one site together.

        Raises:
            Refusal: `not_enrolled`: one of them is not in this database.
            Trouble: The database is in distress; nothing was remembered.
        """
        lost: sa.exc.DBAPIError | None = None
        for attempt in range(MAX_TRIES):
            try:
                return self._once(site, batches)
            except sa.exc.DBAPIError as error:
                if is_lost(error):
                    lost = error
                elif is_busy(error):
                    break
                elif not is_race(error):
                    raise explain(error) from error
            except sa.exc.TimeoutError:
                # Every connection has been in use for half a minute: too much at once.
                break
            self._pause.wait(self._jitter.uniform(0, RACE_PAUSE_S * 2**attempt))
        if lost is not None:
            log.warning("a posting was broken off: %s", lost.orig)
            return [_broken_off() for _ in batches]
        return [retry_later() for _ in batches]

    def _once(self, site: SiteRef, batches: Sequence[Arrived]) -> list[PostAnswer]:
        now = self._clock.now()
        with self._database.begin() as connection:
            generation = self._forget_another()
            epoch, answers, book = self._decide(connection, site, batches)
            self._point("before_commit")
        self._database.when_committed(lambda: self._committed(book, generation))
        self._point("after_commit")
        at = stamp(now)
        return [
            answer if isinstance(answer, NotNow) else self._posted(answer, epoch, at)
            for answer in answers
        ]

    def _committed(self, book: Book, generation: int) -> None:
        if book.left:
            self._ring(book.left.keys())
        if generation != self._generation:
            return
        for site_n, found in book.found.items():
            cells = book.cells if site_n == book.site_n else book.abroad[site_n]
            self._stock.remember(site_n, found, book.left.get(site_n, found), cells.values())

    def _forget_another(self) -> int:
        """Forget what was learnt before the connection was last made anew."""
        generation = self._database.generation
        if generation != self._generation:
            self._stock.forget()
            self._reader.forget()
            self._generation = generation
        return generation

    def _decide(
        self, connection: Connection, site: SiteRef, batches: Sequence[Arrived]
    ) -> tuple[str, list[_Answer | NotNow], Book]:
        now = self._clock.now()
        named = sorted({batch.enrolment for batch in batches})
        senders = lock_senders(self._database, connection, named)
        if len(senders) < len(named):
            raise not_enrolled()
        epoch = feed.epoch(connection)
        placed: list[NotNow | tuple[Sender, Arrived, dict[int, Place]]] = []
        pages = Pages()
        for batch in batches:
            sender = senders[batch.enrolment]
            if batch.own:
                batch = batch.linked(sender.seq, sender.digest)  # noqa: PLW2901 - the same, placed
            problem = _strangers(connection, site.n, epoch, batch)
            problem = problem or _former_key(connection, sender, batch)
            group = problem or self._place(connection, sender, batch)
            if isinstance(group, NotNow) and group.problem == "fork":
                # The other machine goes on as if nothing were wrong: somebody must hear of it.
                pages.rows.append((station_forked(sender.station, sender.id), ""))
            placed.append(group)
        book = Book(site.n, site.site, now, epoch=epoch)
        arrivals = [
            arrival
            for group in placed
            if not isinstance(group, NotNow)
            for arrival in group[1].arrivals
        ]
        if not arrivals:
            self._writer.write(connection, book, pages)
            return epoch, [group for group in placed if isinstance(group, NotNow)], book
        self._reader.fill(connection, book, arrivals)
        answers = [
            group if isinstance(group, NotNow) else _decide_batch(*group, book, pages)
            for group in placed
        ]
        self._point("before_write")
        numbers = self._writer.write(connection, book, pages)
        moved = [answer.sender for answer in answers if isinstance(answer, _Answer)]
        write_heads(connection, moved, book.now)
        signed = [
            (group[0].n, group[1].signature)
            for group in placed
            if not isinstance(group, NotNow) and len(group[2]) < len(group[1].arrivals)
        ]
        marks.keep(self._database, connection, moved, dict(signed), book.now)
        for answer in answers:
            if isinstance(answer, _Answer):
                answer.number(numbers)
        return epoch, answers, book

    def _place(
        self, connection: Connection, sender: Sender, batch: Arrived
    ) -> NotNow | tuple[Sender, Arrived, dict[int, Place]]:
        """Where a batch joins its chain: behind its end, or overlapping what is known already."""
        first, end = batch.arrivals[0].seq, sender.seq
        if first > end + 1:
            return gap(end + 1)
        known = places_of(connection, sender.n, first, end) if first <= end else {}
        for arrival in batch.arrivals:
            if arrival.seq <= end:
                place = known.get(arrival.seq)
                if place is None or (place.id, place.digest) != (arrival.id, arrival.digest):
                    return fork(arrival.seq)
            elif arrival.seq == end + 1:
                digest = chain.next_digest(
                    sender.digest, sender.id, arrival.seq, arrival.content_hash
                )
                if digest != arrival.digest:
                    return fork(arrival.seq)
        return sender, batch, known

    def _posted(self, answer: _Answer, epoch: str, at: str) -> Posted:
        sender = answer.sender
        message = chain.mark_bytes(sender.id, epoch, sender.seq, sender.digest, at)
        return Posted(
            results=tuple(
                Result(
                    id=id_,
                    outcome=known.outcome,
                    feed_seq=known.feed_seq,
                    known=before,
                    code=known.code,
                    sentence=known.sentence,
                )
                for id_, known, before in answer.results
            ),
            high_water=HighWater(
                enrolment=sender.id,
                epoch=epoch,
                seq=sender.seq,
                digest=sender.digest,
                at=at,
                signature=self._key.sign(message),
            ),
        )


def retry_later(after_s: int = 1) -> NotNow:
    """The ledger cannot decide now."""
    return NotNow(
        problem="retry_later",
        sentence="The ledger is busy. Nothing was remembered; send the same again in a moment.",
        retry_after_s=after_s,
    )


def _broken_off() -> NotNow:
    """The connection to the database broke: perhaps after the commit, so nothing is claimed."""
    return NotNow(
        problem="retry_later",
        sentence="The ledger's database broke off. Send the same again; nothing is posted twice.",
        retry_after_s=1,
    )


def epoch_changed(epoch: str) -> NotNow:
    """The ledger's history is not the one this station followed."""
    return NotNow(
        problem="epoch_changed",
        sentence="The ledger was restored. Send again what it has not seen; pull from its start.",
        epoch=epoch,
    )


def _strangers(connection: Connection, site_n: int, epoch: str, batch: Arrived) -> NotNow | None:
    if batch.epoch == epoch and feed.is_same_history(connection, site_n, batch.cursor, batch.chain):
        return None
    return epoch_changed(epoch)


def _former_key(connection: Connection, sender: Sender, batch: Arrived) -> NotNow | None:
    """Another key has taken over, perhaps while this batch was on its way: signed anew, it goes."""
    return None if devicekeys.may_sign(connection, sender, batch) else retry_later()


def _decide_batch(
    sender: Sender, batch: Arrived, places: dict[int, Place], book: Book, pages: Pages
) -> _Answer:
    answer = _Answer(sender)
    end = sender.seq
    for arrival in batch.arrivals:
        if arrival.seq <= end:
            place = places[arrival.seq]
            if place.outcome == Outcome.CONFLICT.value:
                told = Known("", "", place.outcome, "conflict", _CONFLICT, place.feed_seq)
            else:
                told = book.known[arrival.id]
            answer.results.append((arrival.id, told, True))
            continue
        answer.results.append((arrival.id, *_decide_one(arrival, sender, book, pages)))
        if arrival.operation is not None and arrival.operation.contract_version > sender.contract:
            sender.contract = arrival.operation.contract_version
        sender.seq, sender.digest = arrival.seq, arrival.digest
    return answer


_CONFLICT = (
    "The ledger holds another record under this id. Both are kept; a supervisor must look at them."
)


def _decide_one(arrival: Arrival, sender: Sender, book: Book, pages: Pages) -> tuple[Known, bool]:
    known = book.known.get(arrival.id)
    if known is not None:
        if known.content_hash == arrival.content_hash:
            pages.links.append((arrival, sender, known))
            return known, True
        entry = pages.add_conflict(arrival, sender, _CONFLICT)
        conflict = Known("", "", Outcome.CONFLICT.value, "conflict", _CONFLICT, 0, entry=entry)
        # Not put under the id in the book: the first content keeps it for ever.
        return conflict, False
    decision = decide(arrival, sender, book)
    known = Known(
        arrival.content_hash,
        arrival.operation.kind if arrival.operation else "",
        decision.outcome,
        decision.code,
        decision.sentence,
        0,
    )
    book.known[arrival.id] = known
    if decision.outcome == POSTED:
        book.effects[arrival.id] = decision.effect
    if arrival.id in book.early:
        take_up(arrival.id, decision, book)
    known.entry = pages.add(arrival, sender, decision)
    for what, then in decision.settles:
        settle(what, then, book)
    return known, False
