"""The ledger's own enrolments: what imports and the office do is recorded as operations, too.

They have a chain like a station's. The ledger's key is their device key, and no signature is asked
of them, because they never leave the process.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Raw

from app.contract import chain
from app.contract.codec import canonical
from app.contract.messages import (
    PROTOCOL_VERSION,
    AsOf,
    Line,
    NotNow,
    Operation,
    PostAnswer,
    PostBatch,
    Sent,
)
from app.domain.operation import ADJUSTMENT, Kind
from app.errors import Trouble
from app.ledger import feed
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.keys import LedgerKey
from app.ledger.sites import SiteRef
from app.ledger.tables import enrolment

if TYPE_CHECKING:
    from app.ledger.imports import StockLine

BATCH = 1_000
# Another import of the same site may have moved the end of the chain between reading and posting.
MAX_TRIES = 5

_IMPORT = "import"
_UNSIGNED = "0" * 128


class OwnEnrolment:
    """Records what imports do.

    Args:
        database: The ledger's.
        clock: Time of recording.
        ids: Names enrolments and jobs.
        key: Stands as device key.
        post: Posts a batch of an own enrolment.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ids: IdSource,
        key: LedgerKey,
        post: Callable[[PostBatch], PostAnswer],
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key
        self._post = post

    def post_stock(
        self,
        site: SiteRef,
        lines: "Sequence[tuple[str, StockLine]]",
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Post opening stock under ids that were made for it.

        Args:
            site: Where.
            lines: Ids and lines.
            progress: Told how many of how many are posted, batch by batch.

        Raises:
            Trouble: The ledger could not take it now; what was posted stays posted.
        """
        job = self._ids.new_id()
        for start in range(0, len(lines), BATCH):
            now = stamp(self._clock.now())
            part = [
                (id_, _adjust(id_, line, site, job, now)) for id_, line in lines[start:][:BATCH]
            ]
            self._post_all(site, part)
            if progress is not None:
                progress(start + len(part), len(lines))

    def _post_all(self, site: SiteRef, bodies: Sequence[tuple[str, bytes]]) -> None:
        answer: PostAnswer | None = None
        for _ in range(MAX_TRIES):
            answer = self._post(self._batch(site, bodies))
            if not isinstance(answer, NotNow):
                return
        raise Trouble(
            "The ledger is busy and did not take the stock. Run the same import again.",
            detail=answer.problem if isinstance(answer, NotNow) else "",
        )

    def _batch(self, site: SiteRef, bodies: Sequence[tuple[str, bytes]]) -> PostBatch:
        e = enrolment.c
        with self._database.write() as connection:
            own = sa.select(e.id, e.seq, e.digest).where(e.site_n == site.n, e.kind == _IMPORT)
            row = connection.execute(own).first()
            if row is None:
                self._create(connection, site)
                row = connection.execute(own).one()
            epoch = feed.epoch(connection)
        seq, digest = row.seq, row.digest
        sent: list[Sent] = []
        for id_, raw in bodies:
            seq += 1
            digest = chain.next_digest(digest, row.id, seq, chain.content_hash(raw))
            sent.append(Sent(seq=seq, id=id_, digest=digest, body=Raw(raw)))
        return PostBatch(
            protocol=PROTOCOL_VERSION,
            enrolment=row.id,
            epoch=epoch,
            cursor=0,
            chain="",
            operations=tuple(sent),
            head_signature=_UNSIGNED,
        )

    def _create(self, connection: sa.Connection, site: SiteRef) -> None:
        now = stamp(self._clock.now())
        connection.execute(
            sa.insert(enrolment).values(
                id=self._ids.new_id(),
                site_n=site.n,
                station=_IMPORT,
                kind=_IMPORT,
                public_key=self._key.public.hex(),
                state="active",
                seq=0,
                digest=chain.GENESIS,
                enrolled_at=now,
                seen_at=now,
            )
        )


def _adjust(id_: str, line: "StockLine", site: SiteRef, job: str, now: str) -> bytes:
    return canonical(
        Operation(
            id=id_,
            kind=Kind.ADJUST.value,
            contract_version=1,
            site=site.site,
            actor=_IMPORT,
            role="controller",
            source_system="packhouse-import",
            correlation_id=job,
            recorded_at=now,
            as_of=AsOf(epoch="", cursor=0),
            reason="opening_stock",
            lines=(
                Line(
                    item=line.item,
                    quantity=line.quantity,
                    source=ADJUSTMENT,
                    target=line.location,
                    lot=line.lot,
                    serial=line.serial,
                    expiry=line.expiry,
                    condition=line.condition,
                ),
            ),
        )
    )
