"""What office users and other systems do to stock and documents: operations like a station's.

They are recorded in the site's `office` enrolment, in the name of the person behind the caller, and
decided by the same rules; nothing is posted around them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import sqlalchemy as sa

from app.contract.base import Answer
from app.contract.messages import (
    CONTRACT_VERSION,
    AsOf,
    Line,
    Operation,
    PersonRow,
    Reference,
    Result,
    read_feed_row,
)
from app.contract.messages import OutcomeRow as Outcome
from app.errors import Refusal
from app.ledger import feed
from app.ledger.arrivals import read_body
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.ids import named_id
from app.ledger.own import OFFICE, OwnEnrolment
from app.ledger.sites import SiteRef
from app.ledger.tables import enrolment, operation, thing
from app.ledger.tables import feed as feed_table

SOURCE = "packhouse-api"
# Role of an actor the ledger does not know as a person: it may record facts and ask, no more.
NOBODY = "integration"
_PURPOSE = "packhouse office operation 1"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody in the office wants recorded.

    Attributes:
        kind: A kind of operation.
        actor: The person in whose name.
        reference: What it is about.
        lines: What moves.
        reason: Why.
        evidence: What speaks for it.
    """

    kind: str
    actor: str
    reference: Reference | None = None
    lines: Sequence[Line] = ()
    reason: str = ""
    evidence: Mapping[str, str | int | bool] = field(default_factory=dict)


class Recorded(Answer, frozen=True):
    """An operation as the ledger has it: what was recorded and what became of it."""

    operation: Operation
    outcome: str
    feed_seq: int
    code: str
    sentence: str
    received_at: str
    enrolment: str
    station: str
    seq: int
    content_hash: str
    told: Outcome | None = None


class Office:
    """Records for the office.

    Args:
        database: The ledger's.
        clock: Time of recording.
        ids: Names what has no name of its own.
        own: Keeps the chain.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource, own: OwnEnrolment) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._own = own

    def record(
        self, where: SiteRef, wish: Wish, *, key: str = "", correlation_id: str = ""
    ) -> Result:
        """Record one operation.

        Args:
            where: The site.
            wish: What is wanted.
            key: Names it, so that the same key makes the same operation; else it gets a fresh id.
            correlation_id: The request it belongs to.

        Raises:
            Trouble: The ledger could not take it now; nothing was recorded.
        """
        now = stamp(self._clock.now())
        with self._database.read() as connection:
            epoch, cursor = feed.epoch(connection), feed.head(connection, where.n)[0]
            role = _role(connection, wish.actor)
        made = Operation(
            id=named_id(_PURPOSE, where.site, key) if key else self._ids.new_id(),
            kind=wish.kind,
            contract_version=CONTRACT_VERSION,
            site=where.site,
            actor=wish.actor,
            role=role,
            source_system=SOURCE,
            correlation_id=correlation_id or self._ids.new_id(),
            recorded_at=now,
            as_of=AsOf(epoch=epoch, cursor=cursor),
            reference=wish.reference,
            lines=tuple(wish.lines),
            reason=wish.reason,
            evidence=dict(wish.evidence),
        )
        return self._own.record(where, OFFICE, [made])[0]

    def find(self, where: SiteRef, id_: str) -> Recorded:
        """An operation of a site and what became of it.

        Raises:
            Refusal: `unknown_operation`, also when it cannot be read by this version.
        """
        o, e, f = operation.c, enrolment.c, feed_table.c
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(
                    o.body, o.outcome, o.feed_seq, o.code, o.sentence, o.received_at, e.id,
                    e.station, o.seq, o.content_hash, f.body.label("told"),
                )
                .join(enrolment, e.n == o.enrolment_n)
                .outerjoin(feed_table, sa.and_(f.site_n == o.site_n, f.seq == o.feed_seq))
                .where(o.id == id_, o.site_n == where.n)
            ).first()  # fmt: skip
        came = read_body(row.seq, id_, "", row.body, row.content_hash) if row else None
        if row is None or came is None or came.operation is None:
            raise Refusal("unknown_operation", f"There is no operation {id_} at {where.site}.")
        told = read_feed_row(row.told) if row.told is not None else None
        return Recorded(
            operation=came.operation,
            outcome=row.outcome,
            feed_seq=row.feed_seq,
            code=row.code,
            sentence=row.sentence,
            received_at=row.received_at,
            enrolment=row.id,
            station=row.station,
            seq=row.seq,
            content_hash=row.content_hash,
            told=told if isinstance(told, Outcome) else None,
        )


def _role(connection: sa.Connection, actor: str) -> str:
    """What a person is, for the record; rights are judged when the operation is decided."""
    body = connection.execute(
        sa.select(thing.c.body).where(thing.c.kind == "person", thing.c.name == actor)
    ).scalar_one_or_none()
    return msgspec.json.decode(body, type=PersonRow).role if body is not None else NOBODY
