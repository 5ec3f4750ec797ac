"""People of Halle Nord with their roles, and what they record."""

from typing import Any

import msgspec

from app.conformance.probe import Probe, moved
from app.contract.messages import ItemRow, Line, Operation, PersonRow, Reference
from app.domain.policy import AdjustLimit, Policy
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE

FREE = AdjustLimit(None, None, None, None, None)
PEOPLE = {
    "p-anna": "clerk",
    "p-ben": "clerk",
    "p-cora": "controller",
    "p-sven": "supervisor",
    "p-sina": "supervisor",
    "p-mia": "site_manager",
    "p-otto": "auditor",
    "p-ada": "admin",
}


def person(
    name: str, role: str, *, site: str = SITE, badge: str = "", active: bool = True
) -> PersonRow:
    return PersonRow(person=name, name=name, role=role, site=site, badge_hash=badge, active=active)


def hire(service: LedgerService, *rows: PersonRow) -> None:
    """Make people known: everybody of `PEOPLE`, or only these."""
    service.imports.people(rows or [person(name, role) for name, role in PEOPLE.items()])


def agree(service: LedgerService, policy: Policy, site: str = SITE) -> None:
    """Let a policy hold."""
    service.policies.put(service.site(site), policy, actor="p-ada", reason="for the test")


def price(service: LedgerService, cost: int, item: ItemRow = MUG) -> None:
    """Say what an item is worth."""
    service.imports.items([msgspec.structs.replace(item, cost=cost)])


def adjust(
    station: Probe,
    quantity: int,
    *,
    actor: str = "p-anna",
    reason: str = "miscounted",
    item: str = MUG.sku,
    place: str = "A-04-2",
) -> Operation:
    """An adjustment by so much, up or down, not yet recorded."""
    line = (
        moved(item, quantity, "adjustment", place)
        if quantity > 0
        else moved(item, -quantity, place, "adjustment")
    )
    return by(station.operation("adjust", line), actor, reason=reason)


def by(operation: Operation, actor: str, **changes: Any) -> Operation:
    """The same operation by somebody."""
    return msgspec.structs.replace(operation, actor=actor, **changes)


def about(station: Probe, kind: str, original: str, actor: str, **changes: Any) -> Operation:
    """A decision, a withdrawal or a reversal."""
    return by(station.operation(kind, original=original), actor, **changes)


def count_of(station: Probe, *lines: Line, actor: str = "p-anna", document: str = "") -> Operation:
    """A count, not yet recorded."""
    reference = Reference(document_kind="count", document=document) if document else None
    return by(station.operation("count", *lines), actor, reference=reference)
