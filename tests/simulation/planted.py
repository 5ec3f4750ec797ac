"""Bugs, planted one at a time in the real code, each as small as such bugs are.

What the simulation cannot kill it does not test: every plant must make it fail.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, delete, update
from typing_extensions import override

from app.cache import feed as cache_feed
from app.cache import snapshots
from app.cache import store as cache_store
from app.cache.database import Book as CacheBook
from app.cache.store import CacheStore
from app.cache.tables import operation
from app.cache.work import CacheWork
from app.contract.messages import (
    ChangesPage,
    NotNow,
    OutcomeRow,
    PostAnswer,
    PostBatch,
    Posted,
)
from app.domain.operation import Outcome
from app.errors import Trouble
from app.identity import foureyes
from app.ledger import deciding, facts, posting
from app.ledger import feed as ledger_feed
from app.ledger.arrivals import Arrived, gap
from app.ledger.book import Book, Known, Sender
from app.ledger.case import Decision
from app.ledger.clock import stamp
from app.ledger.database import Database
from app.ledger.pages import Pages
from app.ledger.places import Place, places_of
from app.ledger.rules import proving
from app.simulation import bench
from app.simulation.host import Host
from app.simulation.wire import Wire
from app.station.engine import Engine
from app.station.journal import Tape
from app.station.ports import Applied, Position, Signer
from app.station.turn import Turn
from app.sync.trouble import CutOff

Plant = Callable[[pytest.MonkeyPatch], None]


def no_idempotency_row(patch: pytest.MonkeyPatch) -> None:
    """The ledger does what comes again, again."""
    before = posting._decide_batch

    def decide_batch(sender: Sender, batch: Arrived, *rest: Any) -> Any:
        for arrival in batch.arrivals:
            if arrival.seq <= sender.seq and arrival.operation is not None:
                deciding.decide(arrival, sender, rest[1])
        return before(sender, batch, *rest)

    patch.setattr(posting, "_decide_batch", decide_batch)


def synchronous_normal(patch: pytest.MonkeyPatch) -> None:
    """The book is opened with synchronous=NORMAL: a power cut takes back what was shown."""
    patch.setattr(bench, "Book", partial(CacheBook, synchronous="NORMAL"))


def cursor_before_rows(patch: pytest.MonkeyPatch) -> None:
    """The cursor is stored in a transaction of its own, before the rows it stands for."""

    def apply_changes(self: CacheStore, page: ChangesPage) -> Applied:
        with self.begin() as work:
            where = cache_store._position(work)
            cache_store._set_position(
                work, Position(page.epoch, page.cursor, page.chain, where.master_cursor)
            )
            work.commit()
        with self.begin() as work:
            applied = cache_feed.apply(work.connection, where, page)
            work.commit()
        return applied

    patch.setattr(CacheStore, "apply_changes", apply_changes)


def id_minted_at_send(patch: pytest.MonkeyPatch) -> None:
    """The id that travels is made when the batch is, so that a second sending is another record."""
    before, count = CacheStore.next_batch, itertools.count(1)

    def next_batch(self: CacheStore, limit: int, sign: Signer) -> PostBatch | None:
        batch = before(self, limit, sign)
        if batch is None:
            return None
        fresh = f"{next(count):08x}"
        sent = tuple(replace(one, id=fresh + one.id[8:]) for one in batch.operations)
        return replace(batch, operations=sent)

    patch.setattr(CacheStore, "next_batch", next_batch)


def forgotten_on_acknowledgement(patch: pytest.MonkeyPatch) -> None:
    """Acknowledged counts as done: the outbox does not wait for the feed."""
    before = cache_feed.acknowledge

    def acknowledge(connection: Connection, answer: Posted, cursor: int) -> None:
        before(connection, answer, cursor)
        for result in answer.results:
            connection.execute(
                update(operation)
                .where(operation.c.id == result.id)
                .values(transport="confirmed", outcome=result.outcome)
            )

    patch.setattr(cache_feed, "acknowledge", acknowledge)
    keep_confirmed_on_new_epoch(patch)


def no_confirm_rule(patch: pytest.MonkeyPatch) -> None:
    """What the feed passed without showing stays acknowledged for ever."""
    patch.setattr(cache_feed, "_unsend_missing", lambda *_: None)
    patch.setattr(CacheStore, "begin_epoch", _begin_epoch_without_resending)


def keep_confirmed_on_new_epoch(patch: pytest.MonkeyPatch) -> None:
    """A new epoch sends again only what was not thought done."""
    patch.setattr(CacheStore, "begin_epoch", _begin_epoch_without_resending)


def _begin_epoch_without_resending(self: CacheStore, epoch: str) -> None:
    with self.begin() as work:
        snapshots.forget_confirmed(work.connection)
        work.rebuild_effects()
        cache_store._set_position(work, Position(epoch, 0, "", 0))
        work.commit()


def no_epoch_nor_chain(patch: pytest.MonkeyPatch) -> None:
    """The ledger believes every cursor, and nobody announces a restore: none is noticed."""
    restore = Host.restore

    def unannounced(self: Host, *, announced: bool) -> bool:
        del announced
        return restore(self, announced=False)

    standing = ledger_feed.standing

    def believing(*args: Any) -> ledger_feed.Standing:
        return dataclasses.replace(standing(*args), chain=_Anything())

    patch.setattr(ledger_feed, "is_same_history", lambda *_: True)
    patch.setattr(ledger_feed, "standing", believing)
    patch.setattr(Host, "restore", unannounced)


class _Anything(str):
    """Equal to every chain."""

    __slots__ = ()

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)

    @override
    def __hash__(self) -> int:
        return 0


def known_by_place(patch: pytest.MonkeyPatch) -> None:
    """(enrolment, seq) decides what is known: a clone's records count as had already."""

    def place(
        _self: object, connection: Connection, sender: Sender, batch: Arrived
    ) -> NotNow | tuple[Sender, Arrived, dict[int, Place]]:
        first, end = batch.arrivals[0].seq, sender.seq
        if first > end + 1:
            return gap(end + 1)
        known = places_of(connection, sender.n, first, end) if first <= end else {}
        return sender, batch, known

    before = posting._decide_batch

    def decide_batch(
        sender: Sender, batch: Arrived, places: dict[int, Place], book: Book, pages: Pages
    ) -> Any:
        for arrival in batch.arrivals:
            if arrival.seq <= sender.seq:
                at = places[arrival.seq]
                book.known[arrival.id] = Known("", "", at.outcome, "", "", at.feed_seq)
        return before(sender, batch, places, book, pages)

    patch.setattr(posting.Poster, "_place", place)
    patch.setattr(posting, "_decide_batch", decide_batch)


def answer_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The answer is on its way before the transaction is durable."""
    early: list[PostAnswer] = []
    decide, ask = posting.Poster._decide, Wire._ask

    def told(self: posting.Poster, connection: Connection, site: Any, batches: Any) -> Any:
        epoch, answers, stock = decide(self, connection, site, batches)
        at = stamp(self._clock.now())
        early[:] = [
            one if isinstance(one, NotNow) else self._posted(one, epoch, at) for one in answers
        ]
        return epoch, answers, stock

    def hears(self: Wire, message: Any, serve: Any, decoder: Any) -> Any:
        def at_the_ledger(raw: bytes) -> Any:
            early.clear()
            return serve(raw)

        try:
            return ask(self, message, at_the_ledger, decoder)
        except CutOff:
            if isinstance(message, PostBatch) and early:
                return early[0]
            raise

    patch.setattr(posting.Poster, "_decide", told)
    patch.setattr(Wire, "_ask", hears)


def facts_refused(patch: pytest.MonkeyPatch) -> None:
    """The ledger refuses a fact that leaves less than nothing."""

    def decide(*args: Any) -> Decision:
        decision = deciding.decide(*args)
        if any(found.code == "negative_balance" for found in decision.contradictions):
            return Decision(Outcome.REFUSED, "not_enough", "There is not enough there.")
        return decision

    patch.setattr(posting, "decide", decide)


def clamped_at_zero(patch: pytest.MonkeyPatch) -> None:
    """A little less than nothing is written as nothing."""
    before = Database.set_quantities

    def set_quantities(self: Database, connection: Connection, rows: Any) -> None:
        clamped = [(stock, 0 if -9 < quantity < 0 else quantity) for stock, quantity in rows]
        before(self, connection, clamped)

    patch.setattr(Database, "set_quantities", set_quantities)


def poison_blocks_the_batch(patch: pytest.MonkeyPatch) -> None:
    """What the ledger does not understand fails the whole batch."""

    def decide(*args: Any) -> Decision:
        decision = deciding.decide(*args)
        if decision.code == "unknown_kind":
            raise Trouble("The ledger does not understand this batch.")
        return decision

    patch.setattr(posting, "decide", decide)


def refusals_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A refused request that comes again is decided anew."""
    before = posting._decide_batch

    def decide_batch(sender: Sender, batch: Arrived, *rest: Any) -> Any:
        for arrival in batch.arrivals:
            known = rest[1].known.get(arrival.id)
            if known is not None and known.outcome == "refused":
                known.outcome = str(deciding.decide(arrival, sender, rest[1]).outcome)
        return before(sender, batch, *rest)

    patch.setattr(posting, "_decide_batch", decide_batch)


def announced_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The screen changes and the tone sounds before the transaction is durable."""
    before = Engine._travel

    def travel(self: Engine, turn: Turn) -> Any:
        flow = before(self, turn)
        for event in turn.announce:
            self._board.announce(event)
        turn.announce.clear()
        return flow

    patch.setattr(Engine, "_travel", travel)


def pending_effects_kept(patch: pytest.MonkeyPatch) -> None:
    """Confirming an operation leaves its pending effect: everything counts twice."""

    def keep(table: Any) -> Any:
        if table.name == "effect":
            return delete(table).where(table.c.n < 0)
        return delete(table)

    patch.setattr(cache_feed, "delete", keep)


def scans_not_finished_after_a_crash(patch: pytest.MonkeyPatch) -> None:
    """Scans that a crash left without a fate keep none."""
    patch.setattr(CacheWork, "interrupt_scans", lambda _self, _at: 0)


def exceptions_not_opened(patch: pytest.MonkeyPatch) -> None:
    """The ledger posts what contradicts the book, and tells nobody."""
    judge = facts.judge

    def told(*args: Any) -> None:
        judge(*args)
        args[2].contradictions.clear()

    patch.setattr(facts, "judge", told)


def results_mixed_up(patch: pytest.MonkeyPatch) -> None:
    """Results of a batch are given to the operation next to the one they are about."""
    before = cache_feed.acknowledge

    def acknowledge(connection: Connection, answer: Posted, cursor: int) -> None:
        shifted = (*answer.results[1:], answer.results[0])
        mixed = tuple(
            replace(result, outcome=other.outcome, feed_seq=other.feed_seq)
            for result, other in zip(answer.results, shifted, strict=True)
        )
        before(connection, replace(answer, results=mixed), cursor)

    patch.setattr(cache_feed, "acknowledge", acknowledge)


def confirmed_by_id_alone(patch: pytest.MonkeyPatch) -> None:
    """Any row with the id of an own operation confirms it, whoever's place it stands for."""

    def own(_connection: Connection, told: dict[str, list[Any]]) -> dict[str, Any]:
        return {id_: rows[-1] for id_, rows in told.items()}

    patch.setattr(cache_feed, "_own", own)


def fates_only_at_the_next_start(patch: pytest.MonkeyPatch) -> None:
    """A scan whose answer met a full disk stays without a fate until the program starts again."""
    patch.setattr(Tape, "close", lambda _self, _at: None)


def promises_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A feed that ends before an acknowledged place is believed."""
    before = cache_feed._unsend_missing

    def unsend(connection: Connection, cursor: int, _head: int) -> None:
        before(connection, cursor, 2**62)

    patch.setattr(cache_feed, "_unsend_missing", unsend)


def signatures_believed(patch: pytest.MonkeyPatch) -> None:
    """The ledger stores signatures of people and does not check them."""
    patch.setattr(proving, "is_signed", lambda *_: True)


def one_person_suffices(patch: pytest.MonkeyPatch) -> None:
    """Whoever asks may approve it, with the same account or another."""
    checks = tuple(one for one in foureyes._CHECKS if one is not foureyes._two_persons)
    patch.setattr(foureyes, "_CHECKS", checks)


def unsigned_is_fine(patch: pytest.MonkeyPatch) -> None:
    """A decision nobody signed counts: its station says who it was."""
    checks = tuple(one for one in foureyes._CHECKS if one is not foureyes._signed)
    patch.setattr(foureyes, "_CHECKS", checks)


def sent_counts_as_acknowledged(patch: pytest.MonkeyPatch) -> None:
    """What is put into a batch is marked as acknowledged, before any answer has come."""
    before = CacheStore.next_batch

    def next_batch(self: CacheStore, limit: int, sign: Signer) -> PostBatch | None:
        batch = before(self, limit, sign)
        with self.begin() as work:
            for sent in () if batch is None else batch.operations:
                work.connection.execute(
                    update(operation)
                    .where(operation.c.id == sent.id)
                    .values(transport="acknowledged")
                )
            work.commit()
        return batch

    patch.setattr(CacheStore, "next_batch", next_batch)


def cursor_passes_a_row(patch: pytest.MonkeyPatch) -> None:
    """The last row of a page is left out, and the cursor stands behind it all the same."""
    before = cache_feed.apply

    def apply(connection: Connection, where: Position, page: ChangesPage) -> Applied:
        if len(page.rows) > 1:
            page = replace(page, rows=page.rows[:-1], cursor=page.cursor - 1)
        return before(connection, where, page)

    patch.setattr(cache_feed, "apply", apply)


def ordered_by_clock(patch: pytest.MonkeyPatch) -> None:
    """What is older by its station's clock than the row before it is thought to be known."""
    before = cache_feed._Collected.outcome
    newest: dict[int, str] = {}

    def outcome(self: cache_feed._Collected, seq: int, row: OutcomeRow) -> None:
        last = newest.get(id(self.rows), "") if self.outcomes else ""
        newest[id(self.rows)] = max(last, row.id)
        if row.id >= last:
            before(self, seq, row)

    patch.setattr(cache_feed._Collected, "outcome", outcome)


@contextmanager
def planted(plant: Plant) -> Iterator[None]:
    """The floor with one bug in it."""
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        yield
