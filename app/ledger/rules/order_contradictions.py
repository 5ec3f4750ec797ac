"""What facts about parcels and new versions of orders contradict, in sentences."""

from app.domain.operation import PARCEL_PREFIX
from app.ledger.contradictions import Contradiction


def packed_after_seal(order: str, parcel: str) -> Contradiction:
    """Units went into a parcel that was closed."""
    return Contradiction(
        "packed_after_seal",
        seal_cause(parcel),
        f"Units were packed into parcel {_short(parcel)} of order {order} after it was sealed. "
        "Open it, check what is inside, and seal it again.",
        order,
    )


def seal_cause(parcel: str) -> str:
    """What makes all packing into one sealed parcel one story."""
    return f"packed_after_seal\n{parcel}"


def shipped_reopened(order: str, parcel: str) -> Contradiction:
    """A parcel left that had been opened and not been sealed again."""
    return Contradiction(
        "shipped_reopened",
        reopened_cause(parcel),
        f"Parcel {_short(parcel)} of order {order} was opened and handed over without a new seal. "
        "Check what is in it.",
        order,
    )


def reopened_cause(parcel: str) -> str:
    """What makes handing over an opened parcel one story."""
    return f"shipped_reopened\n{parcel}"


def readdressed_after_seal(order: str) -> Contradiction:
    """The address or carrier changed when a parcel was closed and labelled."""
    return Contradiction(
        "readdressed_after_seal",
        address_cause(order),
        f"Order {order} got another address or carrier after it was packed. Stop its parcels, "
        "open them, and print new labels.",
        order,
    )


def address_cause(order: str) -> str:
    """What makes all parcels with an old label of an order one story."""
    return f"readdressed_after_seal\n{order}"


def readdressed_after_ship(order: str) -> Contradiction:
    """The address or carrier changed when a parcel was gone."""
    return Contradiction(
        "readdressed_after_ship",
        gone_cause(order),
        f"Order {order} got another address or carrier after a parcel of it was handed over. "
        "Ask the carrier to redirect it or to bring it back.",
        order,
    )


def gone_cause(order: str) -> str:
    """What makes all parcels of an order on their way to an old address one story."""
    return f"readdressed_after_ship\n{order}"


def cancelled_after_ship(order: str) -> Contradiction:
    """An order was cancelled of which a parcel is gone."""
    return Contradiction(
        "cancelled_after_ship",
        f"cancelled_after_ship\n{order}",
        f"Order {order} was cancelled after a parcel of it was handed over. Call the carrier back, "
        "or expect it as a return.",
        order,
    )


def _short(parcel: str) -> str:
    return parcel.removeprefix(PARCEL_PREFIX)
