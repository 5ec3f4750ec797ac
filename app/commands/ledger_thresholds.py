"""`packhouse ledger threshold …`: when places are filled up, and when a site orders more."""

import argparse
import sys

from app.commands.ledger_place import add_place, change_ledger, open_ledger

_EXAMPLE = (
    "packhouse ledger threshold set BER1 SKU-1001 --location A-04-2 --low 5 --fill-to 40 "
    "--actor p-weber"
)


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    parser = parts.add_parser("threshold", help="when places are filled up", epilog=_EXAMPLE)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_text, handler in (
        ("list", "print all, one a line", _list),
        ("set", "set or change one; without --location the reorder point", _set),
        ("remove", "forget one", _remove),
    ):
        example = _EXAMPLE if name == "set" else f"packhouse ledger threshold {name} BER1"
        one = actions.add_parser(name, help=help_text, epilog=example)
        one.add_argument("site")
        if name != "list":
            one.add_argument("item", metavar="SKU")
            one.add_argument("--location", default="", help="the pick location")
        if name == "set":
            one.add_argument("--low", type=int, required=True, help="at so many units or fewer")
            one.add_argument("--fill-to", type=int, default=0, help="how many there shall be then")
            one.add_argument("--actor", required=True, help="who decides it")
        add_place(one)
        one.set_defaults(handler=handler)


def _list(chosen: argparse.Namespace) -> int:
    from app.ledger.replenishment import Threshold

    with open_ledger(chosen) as service:
        where = service.site(chosen.site)
        after, rows = ("", ""), [Threshold("", "", 0, 0)]
        while rows:
            rows = service.replenishment.thresholds(where, after)
            for row in rows:
                place = row.location or "(reorder point)"
                sys.stdout.write(f"{row.item}\t{place}\t{row.low}\t{row.fill_to}\t{row.actor}\n")
                after = (row.item, row.location)
    return 0


def _set(chosen: argparse.Namespace) -> int:
    from app.ledger.journal import tell
    from app.ledger.replenishment import Threshold

    wanted = Threshold(chosen.item, chosen.location, chosen.low, chosen.fill_to)
    with change_ledger(chosen, "threshold set", _named(chosen)) as service:
        tell(after=wanted)
        service.replenishment.put(service.site(chosen.site), wanted, chosen.actor)
    sys.stdout.write(f"{chosen.item} is low at {chosen.low}\n")
    return 0


def _named(chosen: argparse.Namespace) -> str:
    return " ".join(filter(None, (chosen.site, chosen.item, chosen.location)))


def _remove(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "threshold remove", _named(chosen)) as service:
        service.replenishment.remove(service.site(chosen.site), chosen.item, chosen.location)
    sys.stdout.write(f"{chosen.item} has no threshold there any more\n")
    return 0
