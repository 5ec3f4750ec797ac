"""Two warehouses with goods between them: what the tests of transfers stand on."""

from dataclasses import dataclass
from typing import Any

import msgspec

from app.conformance.floor import stock
from app.conformance.probe import Device, Probe
from app.contract import chain
from app.contract.messages import (
    DocumentRow,
    ExceptionRow,
    ItemRow,
    Line,
    LocationRow,
    Operation,
    OutcomeRow,
    PersonRow,
    Reference,
    Result,
)
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService

MUG = "SKU-1001"
TRAY = "SKU-1002"
TRANSFER = "TR-7"
TRANSIT = f"transit/{TRANSFER}"


@dataclass(slots=True)
class TwoSites:
    """Hamburg, which has forty mugs at A-04, and Berlin, which has none.

    Attributes:
        service: The ledger.
        ham: A station in Hamburg.
        ber: A station in Berlin.
    """

    service: LedgerService
    ham: Probe
    ber: Probe

    def ask(self, station: Probe, *lines: Line, **more: Any) -> Result:
        """Ask for a transfer with the other site, as the supervisor."""
        other = "BER" if station is self.ham else "HAM"
        more.setdefault("site", other)
        more.setdefault("actor", "p-sven")
        return self.do(station, "request", *(lines or (wanted(),)), **more)

    def do(self, station: Probe, kind: str, *lines: Line, **more: Any) -> Result:
        """Record something about a transfer and send it."""
        return station.do(about(station, kind, *lines, **more))

    def settle(self, station: Probe, word: str, id_: str, actor: str = "p-sven") -> Result:
        """Approve, reject or withdraw a request of a station of that site."""
        body = next(bytes(sent.body) for sent in station.sent if sent.id == id_)
        return self.do(
            station,
            "withdraw" if word == "withdraw" else "decide",
            original=id_,
            reason=word,
            actor=actor,
            evidence={"content_hash": chain.content_hash(body)},
        )

    def pull(self) -> None:
        """Both stations follow their feeds; each row must lead on from the one before."""
        self.ham.pull()
        self.ber.pull()

    def document(self, number: str = TRANSFER) -> DocumentRow:
        """The transfer as both feeds tell it."""
        self.pull()
        told = [
            [row for row in station.rows if isinstance(row, DocumentRow) and row.document == number]
            for station in (self.ham, self.ber)
        ]
        assert told[0] == told[1], "the feeds tell the same versions"
        return told[0][-1]

    def state(self, number: str = TRANSFER) -> str:
        """Where the transfer stands."""
        return self.document(number).state

    def tallies(self, number: str = TRANSFER) -> dict[str, int]:
        """What is counted, all lines together, as both feeds tell it."""
        self.pull()
        counted: list[dict[str, int]] = []
        for station in (self.ham, self.ber):
            sums: dict[str, int] = {}
            for row in station.rows:
                for tally in row.tallies if isinstance(row, OutcomeRow) else ():
                    if tally.document == number:
                        sums[tally.measure] = sums.get(tally.measure, 0) + tally.quantity
            counted.append({measure: quantity for measure, quantity in sums.items() if quantity})
        assert counted[0] == counted[1], "the feeds count the same"
        return counted[0]

    def balance(self, station: Probe, place: str, item: str = MUG, condition: str = "good") -> int:
        """What is at a place of a station's site."""
        return sum(
            quantity
            for key, quantity in stock(station).items()
            if (key.location, key.item, key.condition) == (place, item, condition)
        )

    def open_codes(self, station: Probe) -> set[str]:
        """Exceptions that are open, as a station's feed tells them."""
        station.pull()
        now = {row.exception: row for row in station.rows if isinstance(row, ExceptionRow)}
        return {row.code for row in now.values() if row.state != "closed"}

    def sums(self) -> dict[str, int]:
        """Of every item, everything there is at all sites together; zero unless units were lost."""
        total: dict[str, int] = {}
        for station in (self.ham, self.ber):
            for key, quantity in stock(station).items():
                total[key.item] = total.get(key.item, 0) + quantity
        return {item: quantity for item, quantity in total.items() if quantity}


def two_sites(service: LedgerService) -> TwoSites:
    """Both warehouses, with a station and a supervisor each."""
    service.add_site("HAM", company_prefix="4012345")
    service.add_site("BER", company_prefix="4012346")
    service.imports.items([ItemRow(MUG, "Enamel mug"), ItemRow(TRAY, "Bamboo tray")])
    service.imports.people(
        [
            PersonRow("p-sven", "Sven", "supervisor", ""),
            PersonRow("p-anna", "Anna", "clerk", ""),
        ]
    )
    service.imports.locations([LocationRow("HAM", "A-04", "bin")])
    service.imports.stock("HAM", [StockLine("A-04", MUG, 40)])
    return TwoSites(service, enrolled(service, "HAM"), enrolled(service, "BER"))


def enrolled(service: LedgerService, site: str, station: str = "PACK-01") -> Probe:
    """A station of a site."""
    device = Device(f"{site} {station}")
    who = service.enrol(device.enrol_request(service.identity.add_station(site, station).code))
    return Probe(device, who, service.as_seen_by(who.enrolment))


def about(
    station: Probe,
    kind: str,
    *lines: Line,
    number: str = TRANSFER,
    site: str = "",
    actor: str = "p-anna",
    reason: str = "",
    evidence: dict[str, str | int | bool] | None = None,
    original: str = "",
) -> Operation:
    """An operation that refers to a transfer, or takes back another."""
    reference = (
        Reference(original=original)
        if original
        else Reference(document_kind="transfer", document=number, site=site)
    )
    return msgspec.structs.replace(
        station.operation(kind, *lines),
        reference=reference,
        actor=actor,
        reason=reason,
        evidence=evidence or {},
    )


def wanted(quantity: int = 10, item: str = MUG) -> Line:
    """A line of a request."""
    return Line(item=item, quantity=quantity)


def away(quantity: int, source: str = "A-04", item: str = MUG, number: str = TRANSFER) -> Line:
    """A line of a dispatch."""
    return Line(item=item, quantity=quantity, source=source, target=f"transit/{number}")


def here(
    quantity: int,
    target: str = "B-01",
    item: str = MUG,
    number: str = TRANSFER,
    to_condition: str = "",
) -> Line:
    """A line that takes goods out of transit."""
    return Line(
        item=item,
        quantity=quantity,
        source=f"transit/{number}",
        target=target,
        to_condition=to_condition,
    )
