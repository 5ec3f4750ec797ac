"""The ledger's own enrolments: what imports, the office and jobs do is recorded as operations, too.

They have a chain like a station's. The ledger's key is their device key, and no signature is asked
of them, because they never leave the process. Their place in the chain is given when the chain is
locked, so any number of threads and processes may record at once.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.codec import canonical
from app.contract.messages import AsOf, Line, NotNow, Operation, PostAnswer, Result
from app.domain.operation import ADJUSTMENT, Kind
from app.errors import Trouble
from app.ledger import feed
from app.ledger.arrivals import Arrived, read_body
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.keys import LedgerKey
from app.ledger.sites import SiteRef
from app.ledger.tables import enrolment, site

if TYPE_CHECKING:
    from app.ledger.imports import StockLine

BATCH = 1_000

IMPORT = "import"
OFFICE = "office"
LEDGER = "ledger"

Post = Callable[[SiteRef, Arrived], PostAnswer]


class OwnEnrolment:
    """Records what imports, the office and jobs do.

    Args:
        database: The ledger's.
        clock: Time of recording.
        ids: Names enrolments and jobs.
        key: Stands as device key.
        post: Posts what an own enrolment recorded.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: IdSource, key: LedgerKey, post: Post
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key
        self._post = post

    def record(
        self, where: SiteRef, kind: str, operations: Sequence[Operation]
    ) -> tuple[Result, ...]:
        """Record operations in an own enrolment of a site, up to `BATCH` of them a transaction.

        Args:
            where: Whose enrolment.
            kind: `import`, `office` or `ledger`.
            operations: In order; what was recorded before under the same id and bytes is known.

        Raises:
            Trouble: The ledger could not take it now; what was posted stays posted.
        """
        results: list[Result] = []
        for start in range(0, len(operations), BATCH):
            part = [(one.id, canonical(one)) for one in operations[start:][:BATCH]]
            results.extend(self._record(where, kind, part))
        return tuple(results)

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
            self._record(site, IMPORT, part)
            if progress is not None:
                progress(start + len(part), len(lines))

    def lock(self, connection: Connection, where: SiteRef, kind: str) -> None:
        """Take an own enrolment's chain now, because something will be recorded in it later.

        A transaction that locks documents before it records must begin with this (`locks.py`).
        """
        id_ = self._named(connection, where, kind)
        connection.execute(
            sa.select(enrolment.c.n).where(enrolment.c.id == id_).with_for_update()
        ).one()

    def _record(
        self, where: SiteRef, kind: str, bodies: Sequence[tuple[str, bytes]]
    ) -> tuple[Result, ...]:
        with self._database.write() as connection:
            id_ = self._named(connection, where, kind)
            epoch = feed.epoch(connection)
        arrivals = tuple(read_body(0, one, "", raw) for one, raw in bodies)
        answer = self._post(where, Arrived(id_, epoch, 0, "", arrivals, own=True))
        if isinstance(answer, NotNow):
            raise Trouble(
                "The ledger is busy and did not take it. Do the same again.", detail=answer.problem
            )
        return answer.results

    def _named(self, connection: Connection, where: SiteRef, kind: str) -> str:
        """The id of a site's enrolment of this kind; made when it is first needed."""
        e = enrolment.c
        own = sa.select(e.id).where(e.site_n == where.n, e.kind == kind).order_by(e.n)
        found = connection.execute(own).scalar()
        if found is None:
            # Whoever has the site makes it; the others find it then. There is never a second one.
            connection.execute(sa.select(site.c.n).where(site.c.n == where.n).with_for_update())
            found = connection.execute(own).scalar()
        return str(found) if found is not None else self._create(connection, where, kind)

    def _create(self, connection: Connection, where: SiteRef, kind: str) -> str:
        now = stamp(self._clock.now())
        id_ = self._ids.new_id()
        connection.execute(
            sa.insert(enrolment).values(
                id=id_,
                site_n=where.n,
                station=kind,
                kind=kind,
                public_key=self._key.public.hex(),
                state="active",
                seq=0,
                digest=chain.GENESIS,
                enrolled_at=now,
                seen_at=now,
            )
        )
        return id_


def _adjust(id_: str, line: "StockLine", site: SiteRef, job: str, now: str) -> bytes:
    return canonical(
        Operation(
            id=id_,
            kind=Kind.ADJUST.value,
            contract_version=1,
            site=site.site,
            actor=IMPORT,
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
