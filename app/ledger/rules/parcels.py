"""Parcels: begun by packing, sealed, opened again, handed over.

Seals are checked only where they are used: a parcel that never was sealed may be packed and handed
over as it is.
"""

from app.contract.messages import Operation
from app.domain.operation import PARCEL_PREFIX
from app.ledger import facts
from app.ledger.boxed import Seal, Step
from app.ledger.case import POSTED, Case, Decision
from app.ledger.contradictions import Contradiction
from app.ledger.rules import order_contradictions as found
from app.ledger.rules import stock
from app.ledger.touched import Touched


def touch(operation: Operation, touched: Touched) -> None:
    """The parcels that goods go into or leave in."""
    for line in operation.lines:
        if line.target.startswith(PARCEL_PREFIX):
            touched.parcels.add(line.target)
        if line.source.startswith(PARCEL_PREFIX):
            touched.parcels.add(line.source)


def touch_seal(operation: Operation, touched: Touched) -> None:
    """The parcel that is sealed or opened."""
    if operation.reference is not None and operation.reference.parcel:
        touched.seals.add(operation.reference.parcel)


def pack(case: Case) -> Decision:
    """Goods go into a parcel; into a sealed one only by mistake."""
    order, parcels = facts.order_of(case.operation), case.book.parcels
    contradictions: list[Contradiction] = []
    steps: list[Step] = []
    for line in case.operation.lines if order else ():
        known = parcels.get(line.target)
        if known is None:
            if line.target.startswith(PARCEL_PREFIX):
                steps.append(Step(line.target, order))
        elif known.seal == Seal.SEALED:
            contradictions.append(found.packed_after_seal(order, line.target))
    return _post(case, steps, contradictions)


def ship(case: Case) -> Decision:
    """Parcels leave; one that was opened and not sealed again only by mistake."""
    order, parcels = facts.order_of(case.operation), case.book.parcels
    contradictions: list[Contradiction] = []
    gone: dict[str, int] = {}
    for line in case.operation.lines:
        if order and line.source.startswith(PARCEL_PREFIX):
            gone[line.source] = gone.get(line.source, 0) + line.quantity
    for name in gone:
        known = parcels.get(name)
        if known is not None and known.seal == Seal.REOPENED:
            contradictions.append(found.shipped_reopened(order, name))
    steps = [Step(name, order, shipped=units) for name, units in gone.items()]
    decision = _post(case, steps, contradictions)
    if decision.outcome == POSTED:
        decision.rows.extend(facts.order_rows_after_shipping(decision.effect, case.book))
    return decision


def seal(case: Case) -> Decision:
    """A parcel is closed: what went into it after it was sealed before is inside by intention."""
    return _sealed(case, Seal.SEALED)


def reopen(case: Case) -> Decision:
    """A sealed parcel is opened to be changed."""
    return _sealed(case, Seal.REOPENED)


def _sealed(case: Case, seal: Seal) -> Decision:
    order, reference = facts.order_of(case.operation), case.operation.reference
    name = reference.parcel if reference is not None else ""
    if not order or not name:
        return stock.fact(case)
    known = case.book.parcels.get(name)
    was_sealed = known is not None and known.seal != Seal.NEVER
    decision = _post(case, [Step(name, order, seal)], [])
    if decision.outcome == POSTED and was_sealed:
        decision.closes.append(found.seal_cause(name))
        decision.closes.append(found.address_cause(order))
    return decision


def _post(case: Case, steps: list[Step], contradictions: list[Contradiction]) -> Decision:
    effect = facts.effect_of(case.kind, case.operation, case.postings, case.book)
    effect.boxes = steps
    decision = stock.post(case, effect)
    if decision.outcome == POSTED:
        decision.contradictions.extend(contradictions)
    return decision
