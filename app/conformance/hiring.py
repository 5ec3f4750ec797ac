"""People of a ledger in this process, and the keys that their badges and PINs open."""

from datetime import timedelta

from app.conformance.floor import GrantLimits
from app.conformance.probe import Broken, Probe
from app.identity.userkey import UserKey, unlock
from app.ledger.clock import stamp
from app.ledger.credentials import Secrets
from app.ledger.people import Wanted
from app.ledger.service import LedgerService
from app.ledger.tables import approval_grant, enrolment

# Of everybody here; what proves a person is their badge.
PIN = "274951"


class Hiring:
    """Gives people badges, and takes them away.

    Args:
        service: The ledger.
        site: Where they work unless another is named.
    """

    def __init__(self, service: LedgerService, site: str) -> None:
        self._service = service
        self._site = site
        self._grants = 0

    def put_person(self, person: str, role: str, by: str, employee: str, site: str) -> UserKey:
        """Make somebody known, and open their key."""
        badge = f"PHB-of-{person:0<20}"
        wanted = Wanted(person, person, role, site or self._site, employee)
        people = self._service.people
        people.store(people.prepare([(wanted, Secrets(badge, PIN))]), by or "p-office")
        row = people.find(person).credential
        key = unlock(row, PIN, badge=badge) if row is not None else None
        if key is None:
            raise Broken(f"badge and PIN of {person} open nothing")
        return key

    def revoke_person(self, person: str) -> None:
        """Take somebody's rights."""
        self._service.people.revoke(person, "p-office", "conformance")

    def put_grant(self, person: str, station: Probe, limits: GrantLimits) -> str:
        """Let somebody approve at a station without a link."""
        self._grants += 1
        id_ = f"g-{self._site}-{self._grants}"
        now = self._service.clock.now()
        e = enrolment.c
        with self._service.database.write() as connection:
            n, site_n = connection.execute(
                enrolment.select()
                .with_only_columns(e.n, e.site_n)
                .where(e.id == station.who.enrolment)
            ).one()
            self._service.database.insert(
                connection,
                approval_grant,
                [
                    (
                        id_, person, site_n, n, limits.quantity, limits.value, limits.count,
                        stamp(now), stamp(now + timedelta(hours=limits.hours)), "active",
                    )
                ],
            )  # fmt: skip
        return id_
