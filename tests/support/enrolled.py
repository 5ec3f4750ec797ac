"""Real data folders of stations (vault, book, chain) that enrol and sync step by step."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

import sqlalchemy as sa

from app import enrolling
from app.cache.store import CacheStore
from app.cache.tables import operation
from app.clock import SystemClock, UuidSource
from app.contract import chain
from app.contract.messages import (
    AsOf,
    ChangesPage,
    Checkpoint,
    Line,
    MasterPage,
    Operation,
    PostBatch,
    Posted,
    SnapshotPage,
)
from app.domain.operation import Kind, postings
from app.keys.signing import DeviceKeys
from app.opened import OpenBook
from app.settings import StationSettings
from app.station import unattended
from app.station.ports import Identity, Position
from app.station.station import KEY_CHANGED
from app.sync.exchange import Exchange
from app.sync.http_ledger import HttpGate, HttpLedger
from app.sync.newkey import KeyChange
from app.sync.outcomes import Again, Idle, Later, Moved, PushOutcome, Stopped
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from app.sync.wire import Wire
from tests.support.keys import by_passphrase
from tests.support.synced import DOCK, MUG, SITE

# Steps of one sync; a round that does not settle in so many never will.
MAX_STEPS = 60


class BookDesk:
    """The sync's desk straight on a book; threads of a test take turns."""

    def __init__(self, store: CacheStore, signer: DeviceKeys) -> None:
        self._store, self._signer = store, signer
        self._turn = RLock()

    def identity(self) -> Identity:
        with self._turn:
            return self._store.identity()

    def position(self) -> Position:
        with self._turn:
            return self._store.position()

    def head_seq(self) -> int:
        with self._turn:
            return self._store.head_seq()

    def next_batch(self, limit: int) -> PostBatch | None:
        with self._turn:
            return self._store.next_batch(limit, self._signer)

    def apply_answer(self, _batch: PostBatch, answer: Posted) -> None:
        with self._turn:
            self._store.apply_answer(answer)

    def apply_changes(self, page: ChangesPage) -> None:
        with self._turn:
            self._store.apply_changes(page)

    def checkpoint(self) -> Checkpoint | None:
        with self._turn:
            return self._store.checkpoint()

    def contradicted(self, held: Checkpoint, told: str) -> None:
        raise AssertionError(f"the ledger denied {held}: {told}")

    def apply_master(self, page: MasterPage) -> None:
        with self._turn:
            self._store.apply_master(page)

    def snapshot_page(self, page: SnapshotPage) -> None:
        with self._turn:
            first = page.page == 0
            (self._store.begin_snapshot if first else self._store.add_snapshot_page)(page)
            if page.page == page.pages - 1:
                self._store.finish_snapshot(page)

    def begin_epoch(self, epoch: str) -> None:
        with self._turn:
            self._store.begin_epoch(epoch)

    def resend_from(self, seq: int) -> None:
        with self._turn:
            self._store.resend_from(seq)

    def link_changed(self, _state: str, _sentence: str, _skew_ms: int | None) -> None:
        pass

    def round_done(self) -> None:
        pass

    def key_changed(self, public_key: str) -> None:
        evidence: dict[str, str | int] = {"device_key": public_key}
        with self._turn:
            unattended.record(self._store, SystemClock(), UuidSource(), KEY_CHANGED, evidence)

    def receive(self, count: int) -> list[str]:
        """Record goods in, one mug each; the ids."""
        with self._turn, self._store.begin() as work:
            bodies = [_receipt() for _ in range(count)]
            for body in bodies:
                work.append(body, postings(body.lines), "")
            work.commit()
        return [body.id for body in bodies]


@dataclass(frozen=True, slots=True)
class OnLine:
    """An opened folder on the line to its ledger."""

    desk: BookDesk
    tokens: TokenSource
    exchange: Exchange


class Folder:
    """A station's data folder.

    Args:
        path: Where.
        url: Its ledger.
    """

    def __init__(self, path: Path, url: str) -> None:
        self.path, self.url = path, url

    @contextmanager
    def opened(self) -> Iterator[OpenBook]:
        """Its files, as a start opens them."""
        settings = StationSettings(data_dir=self.path, ledger=self.url)
        opened = OpenBook(settings, by_passphrase())
        try:
            yield opened
        finally:
            opened.close()

    def enrol(self, code: str, *, again: bool = False) -> Identity:
        """As `packhouse station --enrol` does."""
        wire = Wire(self.url)
        try:
            with self.opened() as opened:
                return enrolling.enrol(opened, HttpGate(wire), code, again=again)
        finally:
            wire.close()

    def record(self, count: int) -> list[str]:
        """Record goods in, one mug each; the ids."""
        with self.opened() as opened:
            return BookDesk(opened.store, opened.signer).receive(count)

    def sync(self) -> Stopped | None:
        """Push and pull until nothing moves; why it stopped, if the ledger stopped it."""
        with self.opened() as opened, self.on_line(opened) as line:
            return settled(line.exchange)

    @contextmanager
    def on_line(self, opened: OpenBook) -> Iterator[OnLine]:
        """The sync of an opened folder, its keys looked after."""
        wire, skew, keys = Wire(self.url), Skew(SystemClock()), opened.signer
        gate, identity = HttpGate(wire), opened.store.identity()
        desk = BookDesk(opened.store, keys)
        change = KeyChange(gate, identity.enrolment, keys, desk.head_seq, desk.key_changed)
        who, audience = identity.enrolment, identity.ledger_key
        tokens = TokenSource(gate, who, keys, skew, audience=audience, change=change)
        try:
            yield OnLine(desk, tokens, Exchange(desk, HttpLedger(wire, tokens, skew)))
        finally:
            wire.close()

    # ---------------------------------------------------------------- what the book says

    def ids(self, transport: str = "") -> list[str]:
        """Ids of what was recorded, in the order recorded; of the goods alone, not of events."""
        o = operation.c
        which = [o.kind != Kind.EVENT.value, *([o.transport == transport] if transport else [])]
        return [str(row[0]) for row in self.rows(sa.select(o.id).where(*which).order_by(o.n))]

    def events(self) -> list[str]:
        """Kinds of event, by what their bodies say happened."""
        rows = self.rows(sa.text("SELECT json_extract(body, '$.reason') FROM operation"
                                 " WHERE kind = 'event' ORDER BY n"))  # fmt: skip
        return [str(row[0]) for row in rows]

    def rows(self, statement: sa.Executable) -> list[tuple[object, ...]]:
        """Anything else of the book."""
        with self.opened() as opened, opened.store.begin() as work:
            return [tuple(row) for row in work.connection.execute(statement)]

    def broken_link(self) -> str:
        """Where a chain of the book does not hold; empty when all of them do."""
        o = operation.c
        columns = (o.enrolment, o.seq, o.digest, o.content_hash, o.body)
        links = {(r[0], r[1]): r for r in self.rows(sa.select(*columns))}
        for (enrolment, seq), (_, _, digest, content, body) in links.items():
            if chain.content_hash(bytes(body)) != content:  # type: ignore[call-overload]
                return f"{enrolment} {seq}: the body is another one"
            before = links.get((enrolment, int(seq) - 1))  # type: ignore[call-overload]
            if before is not None:
                wanted = chain.next_digest(
                    str(before[2]), str(enrolment), int(str(seq)), str(content)
                )
                if wanted != digest:
                    return f"{enrolment} {seq}: the digest does not follow"
        return ""


def settled(exchange: Exchange) -> Stopped | None:
    """Push and pull until nothing moves any more."""
    quiet = 0
    for _ in range(MAX_STEPS):
        outcomes: tuple[PushOutcome, ...] = (exchange.push(), exchange.pull(0))
        for outcome in outcomes:
            if isinstance(outcome, Stopped):
                return outcome
            # What was signed before a kill may have to be signed again: once, a moment later.
            assert isinstance(outcome, Idle | Moved | Again | Later), outcome
        quiet = quiet + 1 if all(isinstance(one, Idle) for one in outcomes) else 0
        if quiet == 2:
            return None
    raise AssertionError("the sync does not settle")


def _receipt() -> Operation:
    ids = UuidSource()
    return Operation(
        id=ids.new_id(),
        kind=Kind.RECEIVE.value,
        contract_version=1,
        site=SITE,
        actor="p-novak",
        role="clerk",
        source_system="station",
        correlation_id=ids.new_id(),
        recorded_at="2026-11-21T11:00:00.000Z",
        as_of=AsOf(epoch="", cursor=0),
        lines=(Line(item=MUG, quantity=1, source="supplier", target=DOCK),),
    )
