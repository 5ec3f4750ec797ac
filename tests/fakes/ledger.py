"""A small ledger in memory that keeps the promises of the contract, and can be made to misbehave.

It posts every readable operation, numbers and chains its feed, remembers ids for ever, and can be
backed up, restored with or without a new epoch, and told to lose answers.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.contract import chain, codec
from app.contract.messages import (
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    DigestAnswer,
    DigestPage,
    DigestQuery,
    FeedRow,
    Grant,
    GrantRequest,
    HighWater,
    ItemRow,
    MasterAnswer,
    MasterPage,
    MasterQuery,
    NotNow,
    OutcomeRow,
    PostAnswer,
    PostBatch,
    Posted,
    PostedLine,
    Result,
    Sent,
    SnapshotAnswer,
    SnapshotPage,
    SnapshotQuery,
)
from app.domain.operation import postings
from app.errors import Refusal, Trouble

AT = "2026-03-02T06:00:00.000Z"


@dataclass
class Books:
    """Everything a backup holds."""

    decided: dict[str, tuple[str, Result]] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)  # enrolment → digests, seq 1 first
    rows: list[FeedRow] = field(default_factory=list)
    chains: list[str] = field(default_factory=lambda: [chain.GENESIS])
    master: list[bytes] = field(default_factory=list)


class FakeLedger:
    """Implements `app.contract.ledger.Ledger` in memory."""

    def __init__(self, site: str = "OSLO") -> None:
        self.site = site
        self.epoch = "epoch-1"
        self.books = Books()
        self.stations: dict[str, str] = {}
        self.key = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
        self.posts: list[int] = []  # sizes of the batches that arrived
        self.pulls: list[ChangesQuery] = []
        # What may go wrong.
        self.before: Callable[[object], None] = lambda message: None
        self.after: Callable[[object], None] = lambda message: None
        self.most_operations = 1_000
        self.answer_instead: NotNow | None = None
        self.hold_kinds: frozenset[str] = frozenset()
        self.snapshot_rows_per_page = 2

    @property
    def public_key(self) -> str:
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return raw.hex()

    # ---------------------------------------------------------------- what an administrator does

    def enrol(self, enrolment: str, public_key: str) -> None:
        self.stations[enrolment] = public_key

    def add_item(self, sku: str, name: str) -> None:
        self.books.master.append(msgspec.json.encode(ItemRow(sku=sku, name=name)))

    def backup(self) -> Books:
        return copy.deepcopy(self.books)

    def restore(self, backup: Books, *, announced: bool) -> None:
        self.books = copy.deepcopy(backup)
        if announced:
            self.epoch += "+"

    def balance(self, location: str, item: str) -> int:
        rows = (msgspec.json.decode(r.body, type=OutcomeRow) for r in self.books.rows)
        lines = (line for row in rows for line in row.postings)
        return sum(p.quantity for p in lines if (p.location, p.item) == (location, item))

    def ids(self) -> list[str]:
        """Ids in feed order."""
        return [msgspec.json.decode(r.body, type=OutcomeRow).id for r in self.books.rows]

    # ---------------------------------------------------------------- the contract

    def post(self, batch: PostBatch) -> PostAnswer:
        self.before(batch)
        self.posts.append(len(batch.operations))
        answer = self.answer_instead or self._refused_whole(batch) or self._decide(batch)
        self.after(batch)
        return answer

    def changes(self, query: ChangesQuery) -> ChangesAnswer:
        self.before(query)
        self.pulls.append(query)
        problem = self.answer_instead or self._moved(query.epoch, query.cursor, query.chain)
        answer = problem or self._page(query)
        self.after(query)
        return answer

    def _page(self, query: ChangesQuery) -> ChangesPage:
        end = min(query.cursor + query.limit, len(self.books.rows))
        return ChangesPage(
            epoch=self.epoch,
            rows=tuple(self.books.rows[query.cursor : end]),
            cursor=end,
            chain=self.books.chains[end],
            head=len(self.books.rows),
            master_head=len(self.books.master),
            at=AT,
        )

    def master(self, query: MasterQuery) -> MasterAnswer:
        self.before(query)
        if query.epoch and query.epoch != self.epoch:
            return self._epoch_changed()
        rows = self.books.master[query.cursor : query.cursor + query.limit]
        return MasterPage(
            epoch=self.epoch,
            rows=tuple(msgspec.Raw(row) for row in rows),
            cursor=query.cursor + len(rows),
            head=len(self.books.master),
        )

    def digest(self, query: DigestQuery) -> DigestAnswer:
        self.before(query)
        return DigestPage(epoch=self.epoch, cursor=query.cursor)

    def grant(self, request: GrantRequest) -> Grant:
        self.before(request)
        return Grant(
            id="01980b00-0000-7000-8000-00000000f00d",
            person=request.person,
            site="HAM",
            enrolment="",
            max_quantity=100,
            max_value=50_000,
            max_count=50,
            issued_at="2026-03-02T07:14:05.120Z",
            expires_at="2026-03-03T07:14:05.120Z",
            signature="",
        )

    def snapshot(self, query: SnapshotQuery) -> SnapshotAnswer:
        self.before(query)
        head = len(self.books.rows) if not query.snapshot else int(query.snapshot.split("@")[1])
        balances: dict[tuple[str, str], int] = {}
        for row in self.books.rows[:head]:
            for line in msgspec.json.decode(row.body, type=OutcomeRow).postings:
                key = (line.location, line.item)
                balances[key] = balances.get(key, 0) + line.quantity
        rows = [
            msgspec.Raw(
                msgspec.json.encode(
                    {"type": "balance", "location": place, "item": sku, "quantity": quantity}
                )
            )
            for (place, sku), quantity in sorted(balances.items())
        ]
        per_page = self.snapshot_rows_per_page
        start = query.page * per_page
        answer = SnapshotPage(
            snapshot=f"{self.epoch}@{head}",
            epoch=self.epoch,
            cursor=head,
            chain=self.books.chains[head],
            master_cursor=len(self.books.master),
            page=query.page,
            pages=max(1, -(-len(rows) // per_page)),
            rows=tuple(rows[start : start + per_page]),
        )
        self.after(query)
        return answer

    # ---------------------------------------------------------------- inside

    def _refused_whole(self, batch: PostBatch) -> NotNow | None:
        if batch.enrolment not in self.stations:
            raise Refusal("not_enrolled", "This station is not enrolled here. Enrol it again.")
        head = batch.operations[-1]
        signed = chain.head_bytes(batch.enrolment, head.seq, head.digest)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.stations[batch.enrolment]))
        try:
            key.verify(bytes.fromhex(batch.head_signature), signed)
        except InvalidSignature as error:
            raise Refusal("bad_signature", "The batch was not signed by this station.") from error
        if len(batch.operations) > self.most_operations:
            return NotNow(
                problem="too_large", sentence="Too many at once.", limit=self.most_operations
            )
        return self._moved(batch.epoch, batch.cursor, batch.chain)

    def _moved(self, epoch: str, cursor: int, at_cursor: str) -> NotNow | None:
        if epoch != self.epoch or cursor >= len(self.books.chains):
            return self._epoch_changed()
        known = self.books.chains[cursor]
        if at_cursor != known and not (cursor == 0 and at_cursor == ""):
            return self._epoch_changed()
        return None

    def _epoch_changed(self) -> NotNow:
        return NotNow(
            problem="epoch_changed", sentence="The ledger was restored.", epoch=self.epoch
        )

    def _decide(self, batch: PostBatch) -> PostAnswer:
        links = self.books.links.setdefault(batch.enrolment, [])
        first = batch.operations[0]
        if first.seq > len(links) + 1:
            return NotNow(problem="gap", sentence="Something is missing.", expected=len(links) + 1)
        for sent in batch.operations:
            if sent.seq <= len(links) and links[sent.seq - 1] != sent.digest:
                return NotNow(problem="fork", sentence="Two stations share one identity.")
        results = tuple(self._one(batch.enrolment, links, sent) for sent in batch.operations)
        seq, digest = len(links), links[-1]
        mark = chain.mark_bytes(batch.enrolment, self.epoch, seq, digest, AT)
        return Posted(
            results=results,
            high_water=HighWater(
                enrolment=batch.enrolment,
                epoch=self.epoch,
                seq=seq,
                digest=digest,
                at=AT,
                signature=self.key.sign(mark).hex(),
            ),
        )

    def _one(self, enrolment: str, links: list[str], sent: Sent) -> Result:
        body = bytes(sent.body)
        content = chain.content_hash(body)
        if sent.seq > len(links):
            before = links[-1] if links else chain.GENESIS
            assert chain.next_digest(before, enrolment, sent.seq, content) == sent.digest
            links.append(sent.digest)
        known = self.books.decided.get(sent.id)
        if known is not None:
            if known[0] != content:
                raise Trouble("this fake does not decide conflicts")
            return msgspec.structs.replace(known[1], known=True)
        operation = codec.read_operation(body)
        outcome = "held" if operation.kind in self.hold_kinds else "posted"
        moved = postings(operation.lines) if outcome == "posted" else ()
        row = OutcomeRow(
            id=sent.id,
            kind=operation.kind,
            outcome=outcome,
            enrolment=enrolment,
            seq=sent.seq,
            postings=tuple(
                PostedLine(location=p.key.location, item=p.key.item, quantity=p.quantity)
                for p in moved
            ),
        )
        raw = msgspec.json.encode(row)
        place = len(self.books.rows) + 1
        self.books.rows.append(
            FeedRow(seq=place, body=msgspec.Raw(raw), master=len(self.books.master))
        )
        self.books.chains.append(chain.next_chain(self.books.chains[-1], raw))
        result = Result(id=sent.id, outcome=outcome, feed_seq=place)
        self.books.decided[sent.id] = (content, result)
        return result
