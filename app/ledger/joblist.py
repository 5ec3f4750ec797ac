"""The jobs of a ledger. A new one is a line here; it runs by one server process at a time."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.ledger import marks
from app.ledger.jobs import DAY_S, HOUR_S, Job, Stop
from app.ledger.journal import Actor
from app.ledger.reconciliation import EVERYTHING, MOVED
from app.ledger.sites import SiteRef

if TYPE_CHECKING:
    from app.ledger.service import LedgerService

# Before the first shift, after the last carrier: the night's reconciliation reads everything.
NIGHT_HOUR = 2
# After midnight everywhere a day is called by its UTC name.
CLOSING_HOUR = 1


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


def _end_lent(service: "LedgerService", stop: Stop) -> int:
    """Lent roles whose hour is over; each is an act of its own in the journal."""
    due = service.break_glass.due()
    sites = {site.n: site for site in _sites(service, stop)}
    by = Actor("ledger", "ledger", "local", "job:end_lent_roles")
    done = 0
    for lent in due:
        if lent.site_n in sites:
            with service.journal.act(by, "break-glass over", f"break-glass {lent.id}"):
                service.break_glass.end(sites[lent.site_n], lent.id, by="ledger")
            done += 1
    if done:
        service.bell.ring()
    return done


def _suspend(service: "LedgerService", _stop: Stop) -> int:
    """Whoever an access review has not attested in time."""
    if not service.reviews.overdue():
        return 0
    by = Actor("ledger", "ledger", "local", "job:suspend_unattested")
    with service.journal.act(by, "review overdue", "people"):
        done = service.reviews.suspend_overdue()
    service.bell.ring()
    return done


def _sign_marks(service: "LedgerService", stop: Stop) -> int:
    """Sign where every feed and the journal end."""
    signed = sum(service.checkpoints.keep(site) for site in _sites(service, stop))
    return signed + service.journal.sign()


def _thin_out(service: "LedgerService", _stop: Stop) -> int:
    return marks.thin_out(service.database, service.clock)


def _close_day(service: "LedgerService", _stop: Stop) -> int:
    return service.archive.close_day() if service.archive else 0


JOBS: tuple[Job, ...] = (
    Job("share_out_silent", 300, lambda service, _stop: service.share_out_silent()),
    Job("escalate_exceptions", 60, _escalate),
    Job("sweep_exceptions", 60, lambda service, _stop: service.sweeper.sweep()),
    Job("keep_up_with_stock", 10, lambda service, _stop: service.keep_up()),
    Job("find_overdue_transit", 900, _overdue),
    Job("settle_counts", 60, _settle_counts),
    Job("end_lent_roles", 30, _end_lent),
    Job("suspend_unattested", HOUR_S, _suspend),
    Job("note_last_uses", 300, lambda service, stop: service.last_uses.note(stop)),
    Job("expire_lots", HOUR_S, _expire_lots),
    Job("sign_marks", HOUR_S, _sign_marks),
    Job("close_day", DAY_S, _close_day, at_hour=CLOSING_HOUR),
    Job("thin_out_marks", DAY_S, _thin_out, at_hour=NIGHT_HOUR),
    Job("reconcile_moved", HOUR_S, _reconcile(MOVED)),
    Job("reconcile_everything", DAY_S, _reconcile(EVERYTHING), at_hour=NIGHT_HOUR),
)
