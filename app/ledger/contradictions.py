"""What a fact may contradict, how urgent it is, and the sentence a person reads.

A fact is posted all the same (law 5); the contradiction becomes an exception. One cause is one
story: while an exception for a cause is open, more of the same is counted in it.
"""

from dataclasses import dataclass

from app.domain.operation import StockKey
from app.ledger.exception_codes import CODES, DEADLINES, Severity

__all__ = ["DEADLINES", "SEVERITIES", "Contradiction", "Severity"]

SEVERITIES = {name: code.severity for name, code in CODES.items()}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Book and fact disagree.

    Attributes:
        code: A key of `app.ledger.exception_codes.CODES`.
        cause: What makes two contradictions one story, within a site.
        sentence: What happened and what to do.
        document: The order it is about, or empty.
    """

    code: str
    cause: str
    sentence: str
    document: str = ""

    @property
    def severity(self) -> Severity:
        """How soon somebody must look."""
        return SEVERITIES[self.code]


def negative_balance(key: StockKey, quantity: int, document: str) -> Contradiction:
    """More left a place than the book says was there."""
    return Contradiction(
        "negative_balance",
        negative_cause(key),
        f"The book says {quantity} of {key.item} at {key.location}: more was taken than was there. "
        "Count this place.",
        document,
    )


def negative_cause(key: StockKey) -> str:
    """What makes all contradictions about one item at one place one story."""
    return f"negative_balance\n{key.location}\n{key.item}"


def station_forked(station: str, enrolment: str) -> Contradiction:
    """Two machines speak as one station, or one has lost what it had sent."""
    return Contradiction(
        "station_forked",
        f"station_forked\n{enrolment}",
        f"Station {station} exists twice, or was restored from a backup: its records do not follow "
        "on what the ledger has of it. Find the other machine; keep the data of both.",
    )


def unknown_item(item: str, document: str) -> Contradiction:
    """A line names an item the ledger does not know."""
    return Contradiction(
        "unknown_item",
        f"unknown_item\n{item}",
        f"Item {item} is not known. Import it, or say which item it is.",
        document,
    )


def unknown_order(order: str) -> Contradiction:
    """Work on an order the ledger does not know."""
    return Contradiction(
        "unknown_order",
        f"unknown_order\n{order}",
        f"Order {order} is not known. Import it, or say which order it is.",
        order,
    )


def overpacked(order: str, line: int, packed: int, ordered: int, *, twice: bool) -> Contradiction:
    """More was packed than ordered, by one station or by two."""
    if twice:
        return Contradiction(
            "packed_twice",
            f"packed_twice\n{order}",
            f"Order {order} was packed at two stations: line {line} has {packed} packed, {ordered} "
            "ordered. Stop the second parcel before it leaves and put its goods back.",
            order,
        )
    return Contradiction(
        "order_overpacked",
        f"order_overpacked\n{order}",
        f"Order {order}, line {line}: {packed} packed, {ordered} ordered. "
        "Open the parcel and take out what is too much.",
        order,
    )


def packed_in_state(order: str, state: str) -> Contradiction:
    """An order was packed that is cancelled or held."""
    code = "packed_after_cancel" if state == "cancelled" else "packed_while_held"
    return Contradiction(
        code,
        f"{code}\n{order}",
        f"Order {order} is {state}, and units were packed for it. Stop the box and put its goods "
        "back.",
        order,
    )


def shipped_after_cancel(order: str, state: str) -> Contradiction:
    """A parcel left for an order that is cancelled or held."""
    return Contradiction(
        "shipped_after_cancel",
        f"shipped_after_cancel\n{order}",
        f"Order {order} is {state}, and a parcel of it was handed over. Call the carrier back.",
        order,
    )


def shipped_unverified(order: str) -> Contradiction:
    """A parcel left although the order was neither packed nor declared short."""
    return Contradiction(
        "shipped_unverified",
        f"shipped_unverified\n{order}",
        f"A parcel of order {order} was handed over before all its lines were packed or declared "
        "short. Check what is in it.",
        order,
    )


def cut_below_packed(order: str, line: int, packed: int, ordered: int) -> Contradiction:
    """A new version of an order asks for less than is packed already."""
    return Contradiction(
        "order_cut_below_packed",
        f"order_cut_below_packed\n{order}",
        f"Order {order}, line {line} was cut to {ordered}, but {packed} are packed. "
        "Open the parcel and take out what is too much.",
        order,
    )
