"""The jobs of a ledger. A new one is a line here; it runs by one server process at a time."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.ledger.jobs import DAY_S, HOUR_S, Job, Stop
from app.ledger.reconciliation import EVERYTHING, MOVED
from app.ledger.sites import SiteRef

if TYPE_CHECKING:
    from app.ledger.service import LedgerService

# Before the first shift, after the last carrier: the night's reconciliation reads everything.
NIGHT_HOUR = 2


def _sites(service: "LedgerService", stop: Stop) -> Iterator[SiteRef]:
    for seen in service.overview.sites():
        if stop():
            return
        yield service.site(seen.site)


def _reconcile(kind: str) -> Callable[["LedgerService", Stop], int]:
    def run(service: "LedgerService", stop: Stop) -> int:
        made = [service.reconciliation.run(site, kind, stop) for site in _sites(service, stop)]
        return sum(report.found for report in made)

    return run


def _escalate(service: "LedgerService", stop: Stop) -> int:
    return sum(service.escalation.run(site) for site in _sites(service, stop))


def _overdue(service: "LedgerService", stop: Stop) -> int:
    return sum(service.transfers.overdue_transit(site) for site in _sites(service, stop))


def _settle_counts(service: "LedgerService", stop: Stop) -> int:
    return sum(service.counts.settle(site) for site in _sites(service, stop))


def _expire_lots(service: "LedgerService", _stop: Stop) -> int:
    return service.lots.expire(service.clock.now().date().isoformat())


JOBS: tuple[Job, ...] = (
    Job("share_out_silent", 300, lambda service, _stop: service.share_out_silent()),
    Job("escalate_exceptions", 60, _escalate),
    Job("sweep_exceptions", 60, lambda service, _stop: service.sweeper.sweep()),
    Job("keep_up_with_stock", 10, lambda service, _stop: service.keep_up()),
    Job("find_overdue_transit", 900, _overdue),
    Job("settle_counts", 60, _settle_counts),
    Job("expire_lots", HOUR_S, _expire_lots),
    Job("reconcile_moved", HOUR_S, _reconcile(MOVED)),
    Job("reconcile_everything", DAY_S, _reconcile(EVERYTHING), at_hour=NIGHT_HOUR),
)
