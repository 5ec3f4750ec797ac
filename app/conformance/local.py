"""A ledger of our own under test: in process, or served over HTTP from this process."""

from collections.abc import Callable, Sequence

from app.conformance.floor import Floor, GrantLimits
from app.conformance.hiring import Hiring
from app.conformance.probe import Device, Probe
from app.conformance.remote import HttpStations
from app.contract.ledger import Ledger
from app.contract.messages import DocumentRow, Enrolled, ItemRow, LocationRow, OrderRow
from app.domain.order import OrderState
from app.domain.policy import Policy
from app.identity.userkey import UserKey
from app.ledger.replenishment import Threshold
from app.ledger.service import LedgerService

Seen = Callable[[Device, Enrolled], Ledger]


class LocalOffice:
    """`Office` of a ledger in this process.

    Args:
        service: The ledger.
        site: The site under test; created.
        seen: How an enrolled device reaches the ledger.
    """

    def __init__(self, service: LedgerService, site: str, seen: Seen) -> None:
        self._service = service
        self._site = site
        self._seen = seen
        self._enrolments = 0
        self._neighbours = 0
        self._hiring = Hiring(service, site)
        self._where = service.add_site(site, company_prefix="4012345")

    def put_items(self, skus: Sequence[str]) -> None:
        """Make items known."""
        self._service.imports.items([ItemRow(sku=sku, name=f"Item {sku}") for sku in skus])

    def put_orders(self, orders: Sequence[OrderRow]) -> None:
        """Add orders, or new versions of them."""
        self._service.imports.orders(self._site, orders)
        self._service.bell.ring()

    def put_person(
        self, person: str, role: str, by: str = "", employee: str = "", site: str = ""
    ) -> UserKey:
        """Make somebody known at the site, or another, with a role; `by` gives badge and PIN."""
        return self._hiring.put_person(person, role, by, employee, site)

    def revoke_person(self, person: str) -> None:
        """Take somebody's rights."""
        self._hiring.revoke_person(person)

    def put_grant(self, person: str, station: Probe, limits: GrantLimits) -> str:
        """Let somebody approve at a station without a link."""
        return self._hiring.put_grant(person, station, limits)

    def set_policy(self, policy: Policy) -> None:
        """Let the site decide beforehand."""
        where = self._service.site(self._site)
        self._service.policies.put(where, policy, actor="p-office", reason="conformance")
        self._service.bell.ring()

    def set_order(self, order: str, state: str) -> None:
        """Cancel, hold or release an order."""
        self._service.orders.set_state(self._site, [order], OrderState(state))

    def take_over(self, order: str, station: str, actor: str) -> None:
        """Give an order to another station, in somebody's name."""
        about = ("order", order)
        self._service.working.take_over(self._where, about, station=station, actor=actor)

    def available(self, sku: str) -> int:
        """What of an item can still be promised to orders."""
        return self._service.reservations.available(self._where, [sku])[0].available

    def put_threshold(self, sku: str, location: str, low: int, fill_to: int) -> None:
        """Say when a place, or the site when it is empty, is low on an item; makes the place."""
        if location:
            self._service.imports.locations([LocationRow(self._site, location, "bin")])
        wanted = Threshold(sku, location, low, fill_to)
        self._service.replenishment.put(self._where, wanted, "p-weber")

    def run_jobs(self) -> None:
        """Do what the ledger does by time."""
        self._service.keep_up()
        self._service.settle_counts()

    def put_documents(self, rows: Sequence[DocumentRow]) -> None:
        """Add inbounds or return authorisations, or new versions of them."""
        self._service.announcements.put(self._site, rows)
        self._service.bell.ring()

    def set_document(self, kind: str, document: str, state: str) -> None:
        """Close or cancel an inbound or a return, or open it again."""
        self._service.announcements.set_state(self._site, kind, document, state)
        self._service.bell.ring()

    def new_epoch(self) -> str:
        """Pretend that the ledger was restored."""
        return self._service.begin_epoch()

    def enrol(self, station: str, previous: Probe | None = None, protocol: int = 1) -> Probe:
        """Enrol a station, perhaps in place of an earlier enrolment."""
        self._enrolments += 1
        device = Device(f"{self._site} {station} {self._enrolments}")
        code = self._service.identity.add_station(self._site, station).code
        request = device.enrol_request(
            code,
            previous.who.enrolment if previous else "",
            previous.digest if previous else "",
            protocol,
        )
        who = self._service.enrol(request)
        start = previous.digest if previous else "0" * 64
        return Probe(device, who, self._seen(device, who), start=start)

    def code(self, station: str) -> str:
        """A one-time enrolment code."""
        return self._service.identity.add_station(self._site, station).code

    def revoke(self, station: str) -> None:
        """Take a station's rights."""
        self._service.identity.revoke(self._site, station)

    def neighbour(self) -> Probe:
        """A station of another site, which is made for it."""
        self._neighbours += 1
        return LocalOffice(self._service, f"{self._site}-{self._neighbours}", self._seen).enrol(
            "PACK-01"
        )


def local_floor(service: LedgerService, site: str, url: str = "") -> Floor:
    """A floor at a new site of this ledger; over HTTP when a URL is given."""
    remote = HttpStations(url) if url else None

    def seen(device: Device, who: Enrolled) -> Ledger:
        return remote.ledger(device, who) if remote else service.as_seen_by(who.enrolment)

    office = LocalOffice(service, site, seen)
    stations: dict[int, Probe] = {}

    def station(number: int) -> Probe:
        if number not in stations:
            stations[number] = office.enrol(f"PACK-{number + 1:02d}")
        return stations[number]

    gate = remote.gate if remote else service
    floor = Floor(run=site, stations=station, office=office, url=url, gate=gate)
    if remote is not None:
        floor.hang_up = remote.close
    return floor
