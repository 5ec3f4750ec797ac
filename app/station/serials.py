"""One serial number is one unit: scanned a second time it is not a second one."""

from collections.abc import Collection

from app.domain.text import Text, text
from app.station.lookup import ItemFound
from app.station.ports import Work


def wrong(
    work: Work, found: ItemFound, units: int, places: Collection[str]
) -> tuple[Text, Text] | None:
    """Why what was scanned cannot be counted: title and detail; None when it can.

    Args:
        work: The open transaction.
        found: What was scanned.
        units: How many units it is to count for.
        places: Where this task puts what it has counted.
    """
    if not found.serial:
        return None
    if units > 1:
        return text("receive.serial_one"), text("receive.serial_one_detail")
    if any(
        row.serial == found.serial and row.quantity > 0 and row.location in places
        for row in work.stock_of(found.sku)
    ):
        return text("pack.serial_twice"), text("pack.serial_twice_detail", serial=found.serial)
    return None
