"""What goods that come in may contradict: documents, lots, serials; the sentences and the causes.

Each cause here is one story until it is gone; what removes it is said in `exception_codes`.
"""

from collections.abc import Sequence

from app.domain.operation import StockKey
from app.ledger.contradictions import Contradiction

_NOUN = {"inbound": "Delivery", "return": "Return"}
_UNKNOWN = {"inbound": "unknown_inbound", "return": "unknown_return"}
_STRAY = {"inbound": "not_on_inbound", "return": "not_on_return"}
_CUT = {"inbound": "inbound_cut_below_received", "return": "return_cut_below_received"}
_OVER = {"inbound": "over_receipt", "return": "over_return"}
_LATE = {"inbound": "received_after_close", "return": "returned_after_close"}
_CAME = {"inbound": "received", "return": "returned"}


def cause(code: str, *parts: object) -> str:
    """What makes two contradictions one story."""
    return "\n".join((code, *map(str, parts)))


def unknown_cause(kind: str, number: str) -> str:
    """Cause of `unknown`."""
    return cause(_UNKNOWN[kind], number)


def unknown(kind: str, number: str) -> Contradiction:
    """Goods came for a document the ledger does not know."""
    return Contradiction(
        _UNKNOWN[kind],
        unknown_cause(kind, number),
        f"{_NOUN[kind]} {number} is not known, and goods were {_CAME[kind]} for it. They are "
        "counted. Import it, or say which one it is.",
        number,
    )


def over_cause(kind: str, number: str, line: int) -> str:
    """Cause of `over`."""
    return cause(_OVER[kind], number, line)


def over(kind: str, number: str, line: int, now: int, most: int) -> Contradiction:
    """More came than was expected, beyond what is tolerated."""
    return Contradiction(
        _OVER[kind],
        over_cause(kind, number, line),
        f"{_NOUN[kind]} {number}, line {line}: {now} {_CAME[kind]}, at most {most} agreed. "
        "Count again; keep the rest apart or agree on it with the other side.",
        number,
    )


def stray_cause(kind: str, number: str) -> str:
    """Cause of `stray`."""
    return cause(_STRAY[kind], number)


def stray(kind: str, number: str, item: str) -> Contradiction:
    """Goods came that the document does not name."""
    return Contradiction(
        _STRAY[kind],
        stray_cause(kind, number),
        f"{_NOUN[kind]} {number} has no line for what was {_CAME[kind]}: {item}. Check the "
        "document; take the record back if it belongs to another.",
        number,
    )


def late_cause(kind: str, number: str) -> str:
    """Cause of `late`."""
    return cause(_LATE[kind], number)


def late(kind: str, number: str, state: str) -> Contradiction:
    """Goods came after the document was closed or cancelled."""
    return Contradiction(
        _LATE[kind],
        late_cause(kind, number),
        f"{_NOUN[kind]} {number} is {state}, and more was {_CAME[kind]} for it. Open it again, or "
        "take the record back.",
        number,
    )


def cut_cause(kind: str, number: str, line: int) -> str:
    """Cause of `cut`."""
    return cause(_CUT[kind], number, line)


def cut(kind: str, number: str, line: int, now: int, expected: int) -> Contradiction:
    """A new version expects less than has come already."""
    return Contradiction(
        _CUT[kind],
        cut_cause(kind, number, line),
        f"{_NOUN[kind]} {number}, line {line} was cut to {expected}, but {now} were "
        f"{_CAME[kind]}. Import what is right, or send the rest back.",
        number,
    )


def never_shipped_cause(key: StockKey) -> str:
    """Cause of `never_shipped`."""
    return cause("returned_never_shipped", key.item, key.lot, key.serial)


def never_shipped(key: StockKey) -> Contradiction:
    """A blind return of goods the book never saw leave."""
    what = " ".join(part for part in (key.item, key.lot and f"lot {key.lot}", key.serial) if part)
    return Contradiction(
        "returned_never_shipped",
        never_shipped_cause(key),
        f"{what} came back, but as far as this site's book tells it was never shipped. Check "
        "whose it is.",
    )


def expiry_cause(item: str, lot: str) -> str:
    """Cause of `expiry_differs`."""
    return cause("lot_expiry_differs", item, lot)


def expiry_differs(item: str, lot: str, known: str, said: str) -> Contradiction:
    """The same lot came with another expiry."""
    return Contradiction(
        "lot_expiry_differs",
        expiry_cause(item, lot),
        f"Lot {lot} of {item} is known to expire {known}, and came marked {said}. Keep it apart, "
        "read the label again, and correct the lot or the receipt.",
        f"{item}/{lot}",
    )


def lot_causes(item: str, lot: str) -> tuple[str, str]:
    """Both causes of `lot_used`."""
    return cause("lot_not_good", item, lot), cause("lot_recalled", item, lot)


def lot_used(item: str, lot: str, state: str) -> Contradiction:
    """Goods were picked, packed or handed over from a lot that must not be used."""
    idle, recalled = lot_causes(item, lot)
    if state == "recalled":
        return Contradiction(
            "lot_recalled",
            recalled,
            f"Lot {lot} of {item} is recalled, and goods of it are on their way out. Stop the "
            "parcels, or call the carrier and the customer.",
            f"{item}/{lot}",
        )
    return Contradiction(
        "lot_not_good",
        idle,
        f"Lot {lot} of {item} is {state}, and goods of it were taken for an order. Put them back "
        "and take another lot, or release this one.",
        f"{item}/{lot}",
    )


def released_cause(item: str, lot: str) -> str:
    """Cause of `released`."""
    return cause("lot_released_without_right", item, lot)


def released(item: str, lot: str, state: str) -> Contradiction:
    """A lot was released by somebody who may not."""
    return Contradiction(
        "lot_released_without_right",
        released_cause(item, lot),
        f"Lot {lot} of {item} was {state} and was released by somebody who may not release lots. "
        "Set the status that is right.",
        f"{item}/{lot}",
    )


def serial_cause(item: str, serial: str) -> str:
    """Cause of `serial_twice`."""
    return cause("serial_twice", item, serial)


def serial_twice(item: str, serial: str, places: Sequence[str]) -> Contradiction:
    """One unit in two places."""
    where = " and ".join(places[:4])
    return Contradiction(
        "serial_twice",
        serial_cause(item, serial),
        f"Serial {serial} of {item} is in the book more than once: {where}. Look which one it is, "
        "and take back the record that is wrong.",
    )


def moved_cause(operation: str) -> str:
    """Cause of `reclassified_and_moved`."""
    return cause("reclassified_and_moved", operation)


def reclassified_and_moved(operation: str, item: str, source: str, target: str) -> Contradiction:
    """A change of condition that changed the place as well."""
    return Contradiction(
        "reclassified_and_moved",
        moved_cause(operation),
        f"A change of condition of {item} also moved it from {source} to {target}. Check where it "
        "is; if it did not move, take the record back.",
    )
