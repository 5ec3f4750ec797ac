"""Which rule decides which kind, and what it needs to have been read."""

from collections.abc import Callable
from dataclasses import dataclass

from app.contract.messages import Operation
from app.domain.operation import Kind
from app.errors import Fault
from app.ledger.case import Case, Decision
from app.ledger.rules import (
    adjusting,
    asking,
    checking,
    claiming,
    identifying,
    parcels,
    receiving,
    reclassifying,
    replenishing,
    reserving,
    resolving,
    returning,
    reversing,
    settling,
    stock,
    transfers,
)
from app.ledger.touched import Touched


def _nothing_more(_operation: Operation, _touched: Touched) -> None:
    pass


def _settles(case: Case) -> Decision:
    raise Fault("A decision came without the rules it decides by. Report this.", detail=case.id)


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind is decided.

    Attributes:
        decide: Decides a case and lets its book follow.
        touch: Names what must be read beyond the items, stock keys, orders, documents and originals
            that every operation names by its lines and its reference.
        settle: Instead of `decide`, of a kind that decides what waited or was held by other rules.
    """

    decide: Callable[[Case], Decision]
    touch: Callable[[Operation, Touched], None] = _nothing_more
    settle: Callable[[Case, settling.Again], Decision] | None = None


_STOCK = Rule(stock.fact)

RULES: dict[str, Rule] = {
    Kind.RECEIVE: Rule(receiving.receive, receiving.touch),
    Kind.MOVE: Rule(replenishing.move),
    Kind.PICK: _STOCK,
    Kind.UNPICK: _STOCK,
    Kind.PACK: Rule(parcels.pack, parcels.touch),
    Kind.UNPACK: _STOCK,
    Kind.SHIP: Rule(parcels.ship, parcels.touch),
    Kind.RECLASSIFY: Rule(reclassifying.reclassify, reclassifying.touch),
    Kind.SHORT: Rule(asking.short, asking.touch_short),
    Kind.REQUEST: Rule(asking.request, replenishing.touch),
    Kind.CANCEL: Rule(asking.cancel, transfers.touch_far),
    Kind.DISPATCH: Rule(transfers.move, transfers.touch),
    Kind.ACCEPT: Rule(transfers.move, transfers.touch),
    Kind.RETURN: Rule(returning.take_back, returning.touch),
    Kind.IDENTIFY: Rule(identifying.identify, identifying.touch),
    Kind.SEAL: Rule(parcels.seal, parcels.touch_seal),
    Kind.REOPEN: Rule(parcels.reopen, parcels.touch_seal),
    Kind.EVENT: _STOCK,
    Kind.ADJUST: Rule(adjusting.adjust, adjusting.touch),
    Kind.REVERSE: Rule(reversing.reverse, adjusting.touch_back),
    Kind.COUNT: Rule(checking.count, checking.touch),
    Kind.DECIDE: Rule(_settles, settle=settling.decide),
    Kind.WITHDRAW: Rule(settling.withdraw),
    Kind.CLAIM: Rule(claiming.claim, claiming.touch),
    Kind.RESOLVE: Rule(resolving.resolve, resolving.touch),
    Kind.RELEASE: Rule(claiming.release),
    Kind.RESERVE: Rule(reserving.reserve, reserving.touch),
    Kind.UNRESERVE: Rule(reserving.unreserve, reserving.touch),
}
