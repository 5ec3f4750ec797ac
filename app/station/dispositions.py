"""What may become of a unit that came back, why it came, and what it may be worth for that."""

from app.domain.operation import Condition
from app.domain.policy import AdjustLimit
from app.station.goods_unit import Unit
from app.station.turn import Turn

SCRAPPED = "scrap"
# What may become of a unit, in the order of their digits; F10 is `DEFAULT`.
DISPOSITIONS = (
    Condition.GOOD.value,
    Condition.HOLD.value,
    Condition.DAMAGED.value,
    SCRAPPED,
)
# Nobody has decided anything about it yet.
DEFAULT = Condition.HOLD.value
# Why it came back, in the order of their digits.
REASONS = ("not_wanted", "wrong_item", "arrived_damaged", "defective", "other")


def over_limit(turn: Turn, unit: Unit) -> tuple[int, int] | None:
    """Worth and limit when a unit is worth more than this person may scrap alone."""
    item = turn.work.item_by_sku(unit.sku)
    role = turn.session.role if turn.session is not None else ""
    most = turn.work.policy().adjust.get(role, AdjustLimit()).value
    worth = unit.units * (item.cost if item is not None else 0)
    return (worth, most) if most is not None and worth > most else None
