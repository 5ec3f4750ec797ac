"""Exceptions nobody has solved in time go to who stands above: the ledger's own requests."""

from app.contract.messages import CONTRACT_VERSION, AsOf, Operation, Reference
from app.domain.operation import Kind
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.own import LEDGER, OwnEnrolment
from app.ledger.queue import ExceptionQueue
from app.ledger.rules.resolving import DOCUMENT_KIND, Step
from app.ledger.sites import SiteRef


class Escalation:
    """Escalates.

    Args:
        queue: Knows what is late.
        own: Records.
        clock: Says when.
        ids: Names operations.
    """

    def __init__(
        self, queue: ExceptionQueue, own: OwnEnrolment, clock: Clock, ids: IdSource
    ) -> None:
        self._queue = queue
        self._own = own
        self._clock = clock
        self._ids = ids

    def run(self, site: SiteRef) -> int:
        """Escalate what has used nine tenths of its time.

        Returns:
            How many.
        """
        now = self._clock.now()
        job = self._ids.new_id()
        made = [
            Operation(
                id=self._ids.new_id(),
                kind=Kind.RESOLVE.value,
                contract_version=CONTRACT_VERSION,
                site=site.site,
                actor=LEDGER,
                role=LEDGER,
                source_system="packhouse-ledger",
                correlation_id=job,
                recorded_at=stamp(now),
                as_of=AsOf(epoch="", cursor=0),
                reference=Reference(document_kind=DOCUMENT_KIND, document=id_),
                reason=Step.ESCALATE.value,
            )
            for id_ in self._queue.late(site, now)
        ]
        results = self._own.record(site, LEDGER, made)
        return sum(result.outcome == "posted" for result in results)
