"""A station's desk in memory: records moves, keeps their transport and the confirmed balances."""

from dataclasses import dataclass, field, replace

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.contract import chain, codec
from app.contract.messages import (
    PROTOCOL_VERSION,
    AsOf,
    BalanceRow,
    ChangesPage,
    Checkpoint,
    ItemRow,
    Line,
    MasterPage,
    Operation,
    OutcomeRow,
    PostBatch,
    Posted,
    Sent,
    SnapshotPage,
    feed_body,
    snapshot_body,
)
from app.errors import Fault
from app.station.ports import Identity, Position


@dataclass
class Kept:
    """One recorded operation."""

    sent: Sent
    transport: str = "unsent"
    feed_seq: int = 0
    outcome: str = ""


@dataclass
class LinkSeen:
    state: str
    sentence: str
    skew_ms: int | None


@dataclass
class FakeDesk:
    """Implements `app.station.ports.Desk`."""

    ledger_key: str
    enrolment: str = "enr-bench-4"
    site: str = "OSLO"
    outbox: list[Kept] = field(default_factory=list)
    balances: dict[tuple[str, str], int] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    links: list[LinkSeen] = field(default_factory=list)
    rounds: int = 0
    epochs: list[str] = field(default_factory=list)
    staged: list[SnapshotPage] = field(default_factory=list)
    held: Checkpoint | None = None
    contradictions: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.where = Position("", 0, "", 0)
        self.key = Ed25519PrivateKey.from_private_bytes(self.enrolment.encode().ljust(32)[:32])
        self.digest = chain.GENESIS

    @property
    def public_key(self) -> str:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    # ---------------------------------------------------------------- what a person does

    def record(self, quantity: int = 1, kind: str = "receive", item: str = "MUG-BLUE") -> str:
        """Receive `quantity` of `item` at the dock; the id is derived from the sequence."""
        seq = len(self.outbox) + 1
        station = sum(self.enrolment.encode()) % 10_000
        new_id = f"018f0000-{station:04d}-7000-8000-{seq:012d}"
        body = codec.canonical(
            Operation(
                id=new_id,
                kind=kind,
                contract_version=1,
                site=self.site,
                actor="ida",
                role="clerk",
                source_system="station",
                correlation_id=new_id,
                recorded_at="2026-03-02T06:00:00.000Z",
                as_of=AsOf(epoch=self.where.epoch, cursor=self.where.cursor),
                lines=(Line(item=item, quantity=quantity, source="supplier", target="DOCK-1"),),
            )
        )
        content = chain.content_hash(body)
        self.digest = chain.next_digest(self.digest, self.enrolment, seq, content)
        self.outbox.append(
            Kept(Sent(seq=seq, id=new_id, digest=self.digest, body=msgspec.Raw(body)))
        )
        return new_id

    def transports(self) -> list[str]:
        return [kept.transport for kept in self.outbox]

    def confirmed(self) -> bool:
        """Whether nothing waits any more."""
        return all(kept.transport == "confirmed" for kept in self.outbox)

    # ---------------------------------------------------------------- Desk

    def identity(self) -> Identity:
        return Identity(self.enrolment, "Bench 4", self.site, "epoch-1", self.ledger_key)

    def position(self) -> Position:
        return self.where

    def next_batch(self, limit: int) -> PostBatch | None:
        unsent = [kept.sent for kept in self.outbox if kept.transport == "unsent"][:limit]
        run = [sent for place, sent in enumerate(unsent) if sent.seq == unsent[0].seq + place]
        if not run:
            return None
        head = chain.head_bytes(self.enrolment, run[-1].seq, run[-1].digest)
        return PostBatch(
            protocol=PROTOCOL_VERSION,
            enrolment=self.enrolment,
            epoch=self.where.epoch,
            cursor=self.where.cursor,
            chain=self.where.chain,
            operations=tuple(run),
            head_signature=self.key.sign(head).hex(),
        )

    def checkpoint(self) -> Checkpoint | None:
        return self.held

    def contradicted(self, held: Checkpoint, told: str) -> None:
        self.contradictions.append(told)

    def apply_answer(self, batch: PostBatch, answer: Posted) -> None:
        results = {result.id: result for result in answer.results}
        for kept in self.outbox:
            result = results.get(kept.sent.id)
            if result is not None and kept.transport == "unsent":
                kept.transport = "acknowledged"
                kept.feed_seq = result.feed_seq
                if result.known and result.feed_seq <= self.where.cursor:
                    kept.transport, kept.outcome = "confirmed", result.outcome

    def apply_changes(self, page: ChangesPage) -> None:
        for place, row in enumerate(page.rows, self.where.cursor + 1):
            if row.seq != place:
                raise Fault("hole")
            outcome = feed_body.decode(row.body)
            assert isinstance(outcome, OutcomeRow)
            for line in outcome.postings:
                key = (line.location, line.item)
                self.balances[key] = self.balances.get(key, 0) + line.quantity
            for kept in self.outbox:
                if kept.sent.id == outcome.id:
                    kept.transport, kept.outcome = "confirmed", outcome.outcome
        self._passed(page.cursor)
        self.where = replace(self.where, epoch=page.epoch, cursor=page.cursor, chain=page.chain)

    def _passed(self, cursor: int) -> None:
        """Acknowledged, but its place was passed without it being seen: asked about again."""
        for kept in self.outbox:
            if kept.transport == "acknowledged" and kept.feed_seq <= cursor:
                kept.transport = "unsent"

    def apply_master(self, page: MasterPage) -> None:
        for raw in page.rows:
            item = msgspec.json.decode(raw, type=ItemRow)
            self.items[item.sku] = item.name
        self.where = replace(self.where, epoch=page.epoch, master_cursor=page.cursor)

    def snapshot_page(self, page: SnapshotPage) -> None:
        if page.page == 0:
            self.staged = []
        assert len(self.staged) == page.page
        self.staged.append(page)
        if page.page + 1 < page.pages:
            return
        self.balances = {}
        for raw in (raw for staged in self.staged for raw in staged.rows):
            row = snapshot_body.decode(raw)
            assert isinstance(row, BalanceRow)
            self.balances[row.location, row.item] = row.quantity
        self._passed(page.cursor)
        self.where = replace(self.where, epoch=page.epoch, cursor=page.cursor, chain=page.chain)

    def begin_epoch(self, epoch: str) -> None:
        self.epochs.append(epoch)
        self.balances = {}
        self.where = Position(epoch, 0, "", 0)
        for kept in self.outbox:
            kept.transport, kept.feed_seq = "unsent", 0

    def resend_from(self, seq: int) -> None:
        for kept in self.outbox[seq - 1 :]:
            kept.transport, kept.feed_seq = "unsent", 0

    def link_changed(self, state: str, sentence: str, skew_ms: int | None) -> None:
        self.links.append(LinkSeen(state, sentence, skew_ms))

    def round_done(self) -> None:
        self.rounds += 1
