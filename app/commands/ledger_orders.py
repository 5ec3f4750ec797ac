"""`packhouse ledger order …`: cancel, hold, release orders; share out those of silent stations."""

import argparse
import sys

from app.commands.ledger_place import add_place, change_ledger, site_of
from app.domain.order import OrderState

_STATES = {
    "cancel": OrderState.CANCELLED,
    "hold": OrderState.HELD,
    "release": OrderState.RELEASED,
}


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    order = parts.add_parser("order", help="orders", epilog="packhouse ledger order cancel ORD-1")
    orders = order.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, state in _STATES.items():
        one = orders.add_parser(
            name, help=f"make orders {state.value}", epilog=f"packhouse ledger order {name} ORD-1"
        )
        one.add_argument("orders", nargs="+", metavar="ORDER")
        one.add_argument("--site")
        add_place(one)
        one.set_defaults(handler=_set_state)
    share = orders.add_parser(
        "share-out",
        help="give unstarted orders of silent stations to others",
        epilog="packhouse ledger order share-out",
    )
    share.add_argument("--site")
    add_place(share)
    share.set_defaults(handler=_share_out)


def _set_state(chosen: argparse.Namespace) -> int:
    state = _STATES[chosen.action]
    what = " ".join(chosen.orders)
    with change_ledger(chosen, f"order {chosen.action}", what) as service:
        count = service.orders.set_state(site_of(chosen, service), chosen.orders, state)
    sys.stdout.write(f"{count} orders {state.value}\n")
    return 0


def _share_out(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "order share-out", chosen.site or "orders") as service:
        count = service.orders.share_out_silent(site_of(chosen, service))
    sys.stdout.write(f"{count} orders given to other stations\n")
    return 0
