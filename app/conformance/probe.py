"""A station reduced to its chain: records, links, signs and sends; keeps nothing on disk.

Not the station's code: promises are checked by something that shares only the contract with what it
checks. Ids are made from a name and a number, so that a failing run can be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import Raw

from app.contract import chain
from app.contract.codec import canonical
from app.contract.ledger import Ledger
from app.contract.messages import (
    PROTOCOL_VERSION,
    AsOf,
    ChangesPage,
    ChangesQuery,
    Enrolled,
    EnrolRequest,
    FeedBody,
    Line,
    NewKeyRequest,
    NotNow,
    Operation,
    OutcomeRow,
    PostAnswer,
    PostBatch,
    Posted,
    Reference,
    Result,
    Sent,
    Signed,
    TokenRequest,
    feed_body,
)
from app.identity.userkey import UserKey

# More pages than any promise writes; a feed that never ends is a failure, not a long run.
MAX_PAGES = 10_000


class Broken(AssertionError):
    """The ledger did not keep a promise."""


class Device:
    """A device key made from a name, so that every run has the same."""

    def __init__(self, name: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest())
        self.public = self._key.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        """Ed25519 signature in hex."""
        return self._key.sign(message).hex()

    def enrol_request(
        self, code: str, previous: str = "", digest: str = "", protocol: int = 1
    ) -> EnrolRequest:
        """What it sends to be enrolled; from protocol 2 on with a proof that it has its key."""
        proof = self.sign(chain.enrol_bytes(code, self.public)) if protocol > 1 else ""
        return EnrolRequest(
            code=code,
            public_key=self.public,
            program_version="conformance",
            previous=previous,
            previous_digest=digest,
            protocol=protocol,
            proof=proof,
        )

    def token_request(
        self, enrolment: str, nonce: str, at: str, audience: str = ""
    ) -> TokenRequest:
        """What it sends to be given a token; from protocol 2 on it names the ledger."""
        message = chain.token_bytes(enrolment, nonce, at, audience)
        signature = self.sign(message)
        return TokenRequest(enrolment, nonce, at, signature, audience)

    def key_request(
        self, enrolment: str, successor: "Device", seq: int, nonce: str, at: str
    ) -> NewKeyRequest:
        """What it sends so that another key follows it; both sign."""
        message = chain.new_key_bytes(enrolment, successor.public, seq, nonce, at)
        return NewKeyRequest(
            enrolment=enrolment,
            public_key=successor.public,
            seq=seq,
            nonce=nonce,
            at=at,
            signature=self.sign(message),
            proof=successor.sign(message),
        )


@dataclass(slots=True)
class Probe:
    """One enrolled device with its chain in memory.

    Attributes:
        device: Its key.
        who: What the ledger answered at enrolment.
        ledger: Where it posts.
        sent: Everything recorded, in sequence.
        contract: Version of what it records.
    """

    device: Device
    who: Enrolled
    ledger: Ledger
    sent: list[Sent] = field(default_factory=list)
    start: str = chain.GENESIS
    epoch: str = ""
    cursor: int = 0
    chain: str = chain.GENESIS
    rows: list[FeedBody] = field(default_factory=list)
    contract: int = 1

    def __post_init__(self) -> None:
        self.epoch = self.epoch or self.who.epoch

    @property
    def digest(self) -> str:
        """End of its chain."""
        return self.sent[-1].digest if self.sent else self.start

    # ------------------------------------------------------------------ recording

    def new_id(self, name: str) -> str:
        """The id of what this station calls `name`, shaped as a UUID."""
        text = sha256(f"{self.who.enrolment}\n{name}".encode()).hexdigest()
        return f"{text[:8]}-{text[8:12]}-7{text[13:16]}-8{text[17:20]}-{text[20:32]}"

    def operation(
        self,
        kind: str,
        *lines: Line,
        order: str = "",
        original: str = "",
        name: str = "",
        site: str = "",
    ) -> Operation:
        """Something that happened here, not yet recorded."""
        reference = None
        if order or original:
            reference = Reference(
                document_kind="order" if order else "", document=order, original=original
            )
        return Operation(
            id=self.new_id(name or f"{kind} {len(self.sent) + 1}"),
            kind=kind,
            contract_version=self.contract,
            site=site or self.who.site,
            actor="p-anna",
            role="clerk",
            source_system="conformance",
            correlation_id=self.new_id("job"),
            recorded_at="2026-11-21T06:00:00.000Z",
            as_of=AsOf(epoch=self.epoch, cursor=self.cursor),
            reference=reference,
            lines=lines,
        )

    def record(self, operation: Operation, *signers: UserKey) -> Operation:
        """Put an operation at the end of the chain, signed by people."""
        raw = canonical(operation)
        content = chain.content_hash(raw)
        self.record_bytes(operation.id, raw, tuple(key.sign(content) for key in signers))
        return operation

    def record_bytes(self, id_: str, raw: bytes, signatures: tuple[Signed, ...] = ()) -> Sent:
        """Put any bytes at the end of the chain under an id."""
        seq = len(self.sent) + 1
        content = chain.content_hash(raw)
        digest = chain.next_digest(self.digest, self.who.enrolment, seq, content)
        sent = Sent(seq=seq, id=id_, digest=digest, body=Raw(raw), signatures=signatures)
        self.sent.append(sent)
        return self.sent[-1]

    # ------------------------------------------------------------------ sending

    def batch(self, first: int = 1, last: int | None = None) -> PostBatch:
        """The operations `first` to `last`, signed."""
        return self.sign(self.sent[first - 1 : last])

    def sign(self, sent: Sequence[Sent]) -> PostBatch:
        """A batch of exactly these."""
        end = sent[-1]
        return PostBatch(
            protocol=PROTOCOL_VERSION,
            enrolment=self.who.enrolment,
            epoch=self.epoch,
            cursor=self.cursor,
            chain=self.chain,
            operations=tuple(sent),
            head_signature=self.device.sign(
                chain.head_bytes(self.who.enrolment, end.seq, end.digest)
            ),
        )

    def post(self, first: int = 1, last: int | None = None) -> tuple[Result, ...]:
        """Send `first` to `last` and insist on results."""
        return results(self.ledger.post(self.batch(first, last)))

    def do(self, operation: Operation, *signers: UserKey) -> Result:
        """Record and send one operation, signed by people."""
        self.record(operation, *signers)
        return self.post(len(self.sent))[0]

    # ------------------------------------------------------------------ following

    def query(self, limit: int = 500, wait_s: int = 0) -> ChangesQuery:
        """What it asks next."""
        return ChangesQuery(
            protocol=PROTOCOL_VERSION,
            epoch=self.epoch,
            cursor=self.cursor,
            chain=self.chain,
            limit=limit,
            wait_s=wait_s,
        )

    def pull(self, limit: int = 500, wait_s: int = 0) -> list[FeedBody]:
        """Follow the feed to its head; every row must lead on from the one before."""
        news: list[FeedBody] = []
        for _ in range(MAX_PAGES):
            page = self.ledger.changes(self.query(limit, wait_s))
            if isinstance(page, NotNow):
                raise Broken(f"changes answered {page.problem} at {self.cursor}")
            news.extend(self.take(page))
            if self.cursor >= page.head:
                return news
        raise Broken(f"the feed did not end within {MAX_PAGES} pages")

    def take(self, page: ChangesPage) -> list[FeedBody]:
        """Check one page and move on to its end."""
        told: list[FeedBody] = []
        for row in page.rows:
            if row.seq != self.cursor + 1:
                raise Broken(f"row {row.seq} came where {self.cursor + 1} belongs")
            self.cursor = row.seq
            self.chain = chain.next_chain(self.chain, bytes(row.body))
            told.append(feed_body.decode(row.body))
        if (page.cursor, page.chain) != (self.cursor, self.chain):
            raise Broken(f"the page ends at {page.cursor}, its rows at {self.cursor}")
        self.rows.extend(told)
        return told

    def outcome(self, id_: str) -> OutcomeRow:
        """The outcome row of an operation among the rows followed."""
        for row in self.rows:
            if isinstance(row, OutcomeRow) and row.id == id_:
                return row
        raise Broken(f"the feed has no outcome of {id_}")


def results(answer: PostAnswer) -> tuple[Result, ...]:
    """The results of a batch that was posted."""
    if not isinstance(answer, Posted):
        raise Broken(f"the batch was answered {answer.problem}: {answer.sentence}")
    return answer.results


def moved(item: str, quantity: int, source: str, target: str, *, order_line: int = 0) -> Line:
    """A line that moves good, lotless stock."""
    return Line(item=item, quantity=quantity, source=source, target=target, order_line=order_line)
