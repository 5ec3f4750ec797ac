"""What a promise is put to: a ledger, stations enrolled at one site of it, and perhaps its office.

Promises may share a site and stations with others that ran before: names they use are their own,
and nothing assumes an empty feed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from ssl import SSLContext
from typing import Protocol

from app.conformance.probe import Broken, Probe
from app.contract.ledger import KeyGate
from app.contract.messages import (
    PROTOCOL_VERSION,
    BalanceRow,
    DocumentRow,
    FeedBody,
    OrderedLine,
    OrderRow,
    OutcomeRow,
    SnapshotBody,
    SnapshotPage,
    SnapshotQuery,
    snapshot_body,
)
from app.domain.operation import StockKey
from app.domain.policy import Policy
from app.identity.userkey import UserKey


@dataclass(frozen=True, slots=True)
class GrantLimits:
    """What a grant allows; -1 is no limit.

    Attributes:
        quantity: Units of one decision.
        value: What they are worth.
        count: Decisions a day.
        hours: How long it runs; negative when it has run out already.
    """

    quantity: int = -1
    value: int = -1
    count: int = -1
    hours: int = 12


class Office(Protocol):
    """The administrator's side, which the wire does not offer."""

    def put_items(self, skus: Sequence[str]) -> None:
        """Make items known."""
        ...

    def put_orders(self, orders: Sequence[OrderRow]) -> None:
        """Add orders, or new versions of them."""
        ...

    def put_person(
        self, person: str, role: str, by: str = "", employee: str = "", site: str = ""
    ) -> UserKey:
        """Make somebody known at the site, or another, with a role; `by` gives badge and PIN."""
        ...

    def revoke_person(self, person: str) -> None:
        """Take somebody's rights."""
        ...

    def put_grant(self, person: str, station: Probe, limits: GrantLimits) -> str:
        """Let somebody approve at a station without a link."""
        ...

    def set_policy(self, policy: Policy) -> None:
        """Let the site decide beforehand."""
        ...

    def set_order(self, order: str, state: str) -> None:
        """Cancel, hold or release an order."""
        ...

    def take_over(self, order: str, station: str, actor: str) -> None:
        """Give an order to another station, in somebody's name."""
        ...

    def available(self, sku: str) -> int:
        """What of an item can still be promised to orders."""
        ...

    def put_threshold(self, sku: str, location: str, low: int, fill_to: int) -> None:
        """Say when a place, or the site when it is empty, is low on an item; makes the place."""
        ...

    def run_jobs(self) -> None:
        """Do what the ledger does by time."""
        ...

    def put_documents(self, rows: Sequence[DocumentRow]) -> None:
        """Add inbounds or return authorisations, or new versions of them."""
        ...

    def set_document(self, kind: str, document: str, state: str) -> None:
        """Close or cancel an inbound or a return, or open it again."""
        ...

    def new_epoch(self) -> str:
        """Pretend that the ledger was restored."""
        ...

    def enrol(self, station: str, previous: Probe | None = None, protocol: int = 1) -> Probe:
        """Enrol a station, perhaps in place of an earlier enrolment."""
        ...

    def code(self, station: str) -> str:
        """A one-time enrolment code."""
        ...

    def revoke(self, station: str) -> None:
        """Take a station's rights."""
        ...

    def neighbour(self) -> Probe:
        """A station of another site, which is made for it."""
        ...


@dataclass(slots=True)
class Floor:
    """One promise's surroundings.

    Attributes:
        run: Makes names unique from run to run.
        stations: The nth station of the site, enrolled when first asked for.
        office: The administrator's side, when there is one.
        url: Where the ledger is served, when it is.
        tls: Whom to believe there, for questions put without a station.
        hang_up: Closes the connections of its stations.
        gate: The ledger as anyone may ask it.
    """

    run: str
    stations: Callable[[int], Probe]
    office: Office | None = None
    url: str = ""
    tls: SSLContext | bool = True
    hang_up: Callable[[], None] = field(default=lambda: None)
    gate: KeyGate | None = None
    _names: int = field(default=0)

    def station(self, number: int = 0) -> Probe:
        """A station that has followed the feed to its end."""
        probe = self.stations(number)
        probe.pull()
        return probe

    @property
    def door(self) -> KeyGate:
        """The gate; every floor of ours has one."""
        if self.gate is None:
            raise Broken("this promise needs the ledger's gate")
        return self.gate

    @property
    def desk(self) -> Office:
        """The office; only promises that ask for one call this."""
        if self.office is None:
            raise Broken("this promise needs the administrator's side")
        return self.office

    def name(self, what: str) -> str:
        """A name nobody used before, e.g. of an item or a location."""
        self._names += 1
        return f"{what}-{self.run}-{self._names}"

    def item(self) -> str:
        """A new item, known to the ledger if there is an office."""
        sku = self.name("SKU")
        if self.office is not None:
            self.office.put_items([sku])
        return sku

    def order(self, *quantities: int, item: str = "", state: str = "released") -> OrderRow:
        """A new order with these quantities, one line each, of one item."""
        sku = item or self.item()
        order = order_row(self.name("ORD"), sku, quantities, state)
        self.desk.put_orders([order])
        return order


def order_row(
    number: str, sku: str, quantities: Sequence[int], state: str = "released"
) -> OrderRow:
    """An order for Kiel."""
    return OrderRow(
        order=number,
        version=1,
        state=state,
        policy="each",
        priority=5,
        ship_before="2026-11-23T14:00:00",
        carrier="DPD Classic",
        ship_to=("Jonna Berg", "Sandweg 4", "24103 Kiel", "DE"),
        note="",
        lines=tuple(
            OrderedLine(line, sku, quantity) for line, quantity in enumerate(quantities, 1)
        ),
    )


@dataclass(slots=True)
class Picture:
    """A whole snapshot."""

    head: SnapshotPage
    rows: list[SnapshotBody]

    def balances(self) -> dict[StockKey, int]:
        """Quantity by stock key."""
        return {
            StockKey(row.location, row.item, row.lot, row.serial, row.condition): row.quantity
            for row in self.rows
            if isinstance(row, BalanceRow)
        }


def page_of(probe: Probe, snapshot: str = "", page: int = 0) -> SnapshotPage:
    """One page of a snapshot."""
    answer = probe.ledger.snapshot(
        SnapshotQuery(protocol=PROTOCOL_VERSION, snapshot=snapshot, page=page)
    )
    if not isinstance(answer, SnapshotPage):
        raise Broken(f"the snapshot was answered {answer.problem}")
    return answer


def picture(probe: Probe) -> Picture:
    """Every page of a snapshot."""
    head = page_of(probe)
    raws = list(head.rows)
    for number in range(1, head.pages):
        raws.extend(page_of(probe, head.snapshot, number).rows)
    return Picture(head, [snapshot_body.decode(raw) for raw in raws])


def fold(balances: dict[StockKey, int], rows: Sequence[FeedBody]) -> dict[StockKey, int]:
    """Balances after the postings of these rows; empty keys are left out."""
    now = dict(balances)
    for row in rows:
        if isinstance(row, OutcomeRow):
            for p in row.postings:
                key = StockKey(p.location, p.item, p.lot, p.serial, p.condition)
                now[key] = now.get(key, 0) + p.quantity
    return {key: quantity for key, quantity in now.items() if quantity}


def stock(probe: Probe) -> dict[StockKey, int]:
    """Balances now: a snapshot, which may be a minute old, and the feed from there on."""
    taken = picture(probe)
    follower = replace(probe, cursor=taken.head.cursor, chain=taken.head.chain, rows=[])
    follower.pull()
    return fold(taken.balances(), follower.rows)
