"""One write transaction of the station: journal, operations, print jobs, people, what waits."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from typing_extensions import override

from app.cache.audit_log import AuditRows
from app.cache.boards import BoardRows
from app.cache.choosing import ChoosingRows
from app.cache.counters import counter_entries, idle, put_effects
from app.cache.documents import DocumentRows
from app.cache.people import PeopleRows
from app.cache.photos import PhotoRows
from app.cache.recounts import RecountRows
from app.cache.search import SearchRows
from app.cache.standing import StandingRows
from app.cache.tables import (
    advance,
    effect,
    note,
    operation,
    pending_tally,
    print_job,
    scan,
)
from app.cache.undoing import UndoRows
from app.cache.waiting import WaitingRows
from app.contract import chain
from app.contract.codec import canonical
from app.contract.messages import (
    Operation,
    Reference,
    Signed,
    operation_body,
)
from app.domain.operation import (
    Advance,
    Kind,
    Posting,
    advances,
)
from app.domain.scan import Scan
from app.domain.tallies import Tally, tallies
from app.errors import Fault
from app.station.ports import Identity
from app.station.waiting import effects_of

HEAD = "head"
NUMBERS = "numbers"
# Kinds whose record can be taken back by a reversal at the bench.
UNDOABLE = frozenset(
    {
        Kind.RECEIVE,
        Kind.MOVE,
        Kind.PICK,
        Kind.UNPICK,
        Kind.PACK,
        Kind.UNPACK,
        Kind.SHORT,
        Kind.RECLASSIFY,
        Kind.SEAL,
        Kind.REOPEN,
        Kind.RETURN,
        Kind.DISPATCH,
        Kind.ACCEPT,
    }
)
INTERRUPTED = "interrupted"


class Head(msgspec.Struct, frozen=True):
    """The end of this station's chain."""

    enrolment: str
    seq: int
    digest: str


class Numbers(msgspec.Struct, frozen=True):
    """What is left of the enrolment's SSCC block."""

    next: int
    left: int


class CacheWork(
    PeopleRows,
    WaitingRows,
    DocumentRows,
    SearchRows,
    RecountRows,
    StandingRows,
    BoardRows,
    UndoRows,
    ChoosingRows,
    PhotoRows,
    AuditRows,
):
    """One transaction. Methods read and write; nothing lasts without `commit()`.

    Args:
        connection: Connection of the writer, on which SQLAlchemy opened BEGIN IMMEDIATE.
    """

    def commit(self) -> None:
        """Make everything of this work durable."""
        self.connection.commit()

    # ------------------------------------------------------------------------------- notes

    def note(self, name: str) -> str | None:
        """One small thing by name."""
        return self.connection.execute(_NOTE, {"name": name}).scalar_one_or_none()

    def set_note(self, name: str, value: str | None) -> None:
        """Write or remove one small thing."""
        if value is None:
            self.connection.execute(delete(note).where(note.c.name == name))
        else:
            self.connection.execute(_PUT_NOTE, {"name": name, "value": value})

    def notes(self, prefix: str) -> list[tuple[str, str]]:
        """Small things whose names begin alike, by name."""
        rows = self.connection.execute(
            select(note.c.name, note.c.value)
            .where(note.c.name >= prefix, note.c.name < prefix + "\U0010ffff")
            .order_by(note.c.name)
        )
        return [(row.name, row.value) for row in rows]

    # ------------------------------------------------------------------------------- scans

    def journal(self, scanned: Scan, raw: bytes, shown: str, at: str) -> int:
        """Store a scan before it is understood; returns its number."""
        result = self.connection.execute(
            insert(scan).values(at=at, device=scanned.device, raw=raw, shown=shown)
        )
        number = result.inserted_primary_key
        if number is None:
            raise Fault("A scan was stored without a number.")
        return int(number[0])

    def decide(self, number: int, fate: str, why: str, by: str) -> None:
        """Give a scan its one fate."""
        self.connection.execute(
            _DECIDE, {"b_id": number, "fate": fate, "why": why, "operation": by}
        )

    def interrupt_scans(self, at: str) -> int:
        """Scans journaled but never answered: the clerk heard nothing, so none counts."""
        result = self.connection.execute(
            update(scan).where(scan.c.fate == "").values(fate="refused", why=f"{INTERRUPTED} {at}")
        )
        return int(result.rowcount)

    # -------------------------------------------------------------------------- operations

    def append(
        self,
        body: Operation,
        effects: Sequence[Posting],
        job: str,
        signatures: Sequence[Signed] = (),
    ) -> int:
        """Link an operation to the chain and store it with its effects; returns its seq."""
        head = self.head()
        if head is None:
            raise Fault("Nothing can be recorded before the station is enrolled.")
        raw = canonical(body)
        content = chain.content_hash(raw)
        seq = head.seq + 1
        digest = chain.next_digest(head.digest, head.enrolment, seq, content)
        reference = body.reference
        result = self.connection.execute(
            _APPEND,
            {
                "id": body.id,
                "kind": body.kind,
                "body": raw,
                "content_hash": content,
                "enrolment": head.enrolment,
                "seq": seq,
                "digest": digest,
                "job": job,
                "about": reference.document if reference else "",
                "recorded_at": body.recorded_at,
                "reverses": reference.original if reference else "",
                "signatures": msgspec.json.encode(signatures) if signatures else b"",
                "actor": body.actor,
                "units": sum(line.quantity for line in body.lines),
            },
        )
        key = result.inserted_primary_key
        if key is None:
            raise Fault("An operation was stored without a number.")
        self._index(int(key[0]), body, effects)
        original = self.heard_of(reference.original) if reference and reference.original else None
        about = (body, original) if original is not None else (body,)
        self.put_trace(int(key[0]), (line.item for one in about for line in one.lines))
        self.set_note(HEAD, msgspec.json.encode(Head(head.enrolment, seq, digest)).decode())
        return seq

    def recorded(self, operation_id: str) -> Operation | None:
        """The body of an own operation, as recorded."""
        raw = self.connection.execute(
            select(operation.c.body).where(operation.c.id == operation_id)
        ).scalar_one_or_none()
        return None if raw is None else operation_body.decode(raw)

    def last_undoable(self, job: str) -> Operation | None:
        """The latest operation of a job that may be reversed and was not."""
        reversed_ids = select(operation.c.reverses).where(operation.c.reverses != "")
        raw = self.connection.execute(
            select(operation.c.body)
            .where(
                operation.c.job == job,
                operation.c.kind.in_([kind.value for kind in UNDOABLE]),
                operation.c.outcome.not_in(["refused", "conflict"]),
                operation.c.id.not_in(reversed_ids),
            )
            .order_by(operation.c.n.desc())
            .limit(1)
        ).scalar_one_or_none()
        return None if raw is None else operation_body.decode(raw)

    def effects_of(self, body: Operation) -> list[Posting]:
        """Stock effect of an own operation, before the ledger has it."""
        return effects_of(body, self.heard_of)

    def heard_of(self, id_: str) -> Operation | None:
        """An operation this book knows: an own one, or one that waits."""
        own = self.recorded(id_)
        if own is not None:
            return own
        waits = self.waiting_of(id_)
        return None if waits is None else waits.operation

    def rebuild_effects(self) -> None:
        """Make the index of pending effects anew from the bodies of everything not confirmed."""
        self.connection.execute(delete(effect))
        self.connection.execute(delete(advance))
        self.connection.execute(delete(pending_tally))
        rows = self.connection.execute(
            select(operation.c.n, operation.c.id, operation.c.body, operation.c.outcome)
            .where(sa.or_(operation.c.transport != "confirmed", operation.c.outcome == "held"))
            .order_by(operation.c.n)
        ).all()
        asked = counter_entries(self.connection, [id_ for _, id_, _, held in rows if held])
        asked |= idle(self.connection)
        for n, id_, raw, _ in rows:
            if id_ in asked:
                continue
            body = operation_body.decode(raw)
            self._index(n, body, self.effects_of(body))

    def _index(self, n: int, body: Operation, effects: Sequence[Posting]) -> None:
        """What an operation changes until the ledger has confirmed it: stock, orders, documents."""
        steps, counts = self._counted(body)
        about = body.reference or Reference()
        put_effects(self.connection, n, effects)
        if steps and about.document:
            self.connection.execute(
                _ADVANCE,
                [
                    {"n": n, "order": about.document, "line": s.line}
                    | {"packed": s.packed, "short": s.short}
                    for s in steps
                ],
            )
        if counts and about.document:
            self.connection.execute(
                _TALLY,
                [
                    {"n": n, "kind": about.document_kind, "document": about.document}
                    | one._asdict()
                    for one in counts
                ],
            )

    def _counted(self, body: Operation) -> tuple[Sequence[Advance], Sequence[Tally]]:
        if body.kind == Kind.REVERSE:
            original = self.recorded(body.reference.original) if body.reference else None
            if original is None:
                return (), ()
            steps, counts = self._counted(original)
            return (
                [Advance(step.line, -step.packed, -step.short) for step in steps],
                [one._replace(quantity=-one.quantity) for one in counts],
            )
        about = body.reference.document_kind if body.reference else ""
        return advances(body.kind, body.lines), tallies(about, body.kind, body.lines, body.reason)

    @override
    def head(self) -> Head | None:
        """The end of the present chain; None before the station is enrolled."""
        value = self.note(HEAD)
        if value is not None:
            return msgspec.json.decode(value, type=Head)
        identity = self.note("identity")
        if identity is None:
            return None
        who = msgspec.json.decode(identity, type=Identity)
        return Head(who.enrolment, 0, chain.GENESIS)

    # ---------------------------------------------------------------- numbers, print jobs

    def next_number(self) -> str | None:
        """17 digits of the next SSCC of this enrolment's block; None when it is used up."""
        value = self.note(NUMBERS)
        if value is None:
            return None
        numbers = msgspec.json.decode(value, type=Numbers)
        if numbers.left < 1:
            return None
        rest = Numbers(numbers.next + 1, numbers.left - 1)
        self.set_note(NUMBERS, msgspec.json.encode(rest).decode())
        return f"{numbers.next:017d}"

    def add_print(self, job: str, kind: str, content: str, at: str) -> None:
        """Ask for a print; the job is known before the printer hears of it."""
        self.connection.execute(
            insert(print_job).values(job=job, kind=kind, content=content, at=at, state="waiting")
        )

    def settle_print(self, job: str, state: str, detail: str) -> None:
        """What the printer said."""
        self.connection.execute(
            update(print_job).where(print_job.c.job == job).values(state=state, detail=detail)
        )

    def print_state(self, job: str) -> str:
        """How far a print has come; empty when there is none."""
        found = self.connection.execute(
            select(print_job.c.state).where(print_job.c.job == job)
        ).scalar_one_or_none()
        return found or ""

    def open_prints(self) -> list[tuple[str, str, str]]:
        """Jobs that no printer has taken yet: `(job, kind, content)`."""
        rows = self.connection.execute(
            select(print_job.c.job, print_job.c.kind, print_job.c.content)
            .where(print_job.c.state == "waiting")
            .order_by(print_job.c.at)
        )
        return [(row.job, row.kind, row.content) for row in rows]


_NOTE = select(note.c.value).where(note.c.name == bindparam("name"))
_PUT_NOTE = upsert(note).on_conflict_do_update(
    index_elements=["name"], set_={"value": upsert(note).excluded.value}
)
_DECIDE = (
    update(scan)
    .where(scan.c.id == bindparam("b_id"))
    .values(fate=bindparam("fate"), why=bindparam("why"), operation=bindparam("operation"))
)
_APPEND = insert(operation)
_ADVANCE = insert(advance)
_TALLY = insert(pending_tally)
