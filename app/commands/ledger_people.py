"""`packhouse ledger user …`: people who may sign in at the stations of a site."""

import argparse
import secrets
import sys

from app.commands.ledger_place import add_place, change_ledger, open_ledger
from app.domain.barcode import BADGE_PREFIX
from app.errors import Refusal

ROLES = (
    "clerk",
    "packer_lead",
    "controller",
    "supervisor",
    "site_manager",
    "auditor",
    "admin",
)
# 16 characters of 32: 80 random bits, as a Code 128 of 50 mm.
_BADGE_CHARACTERS = 16
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PIN_DIGITS = 6


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    example = "packhouse ledger user add BER1 p-novak 'A. Novak' --role clerk"
    user = parts.add_parser("user", help="people", epilog=example)
    users = user.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = users.add_parser("add", help="add a person, print badge and PIN once", epilog=example)
    new.add_argument("site")
    new.add_argument("user", help="short id, as in operations")
    new.add_argument("name")
    new.add_argument("--role", choices=ROLES, default="clerk")
    new.add_argument("--badge", default="", help=f"{BADGE_PREFIX}…; made when left out")
    new.add_argument("--pin", default="", help="6 to 12 digits; made when left out")
    _end(new, _add)
    gone = users.add_parser(
        "revoke",
        help="nobody signs in as this person",
        epilog="packhouse ledger user revoke p-novak",
    )
    gone.add_argument("user")
    _end(gone, _revoke)
    _end(users.add_parser("list", help="list people", epilog="packhouse ledger user list"), _list)


def _end(parser: argparse.ArgumentParser, handler: object) -> None:
    add_place(parser)
    parser.set_defaults(handler=handler)


def _add(chosen: argparse.Namespace) -> int:
    from app.ledger.journal import tell

    badge = chosen.badge or BADGE_PREFIX + "".join(
        secrets.choice(_ALPHABET) for _ in range(_BADGE_CHARACTERS)
    )
    pin = chosen.pin or "".join(secrets.choice("0123456789") for _ in range(_PIN_DIGITS))
    if not badge.startswith(BADGE_PREFIX) or len(badge) < len(BADGE_PREFIX) + 8:
        raise Refusal("bad_badge", f"A badge is {BADGE_PREFIX} and at least 8 characters after it.")
    if not (pin.isascii() and pin.isdigit() and 6 <= len(pin) <= 12):
        raise Refusal("bad_pin", "A PIN has 6 to 12 digits.")
    with change_ledger(chosen, "user add", chosen.user) as service:
        tell(after={"site": chosen.site, "role": chosen.role})
        service.people.add(chosen.site, chosen.user, chosen.name, chosen.role, (badge, pin))
    if not chosen.badge:
        sys.stdout.write(f"badge {badge}\n")
    if not chosen.pin:
        sys.stdout.write(f"PIN {pin}\n")
    sys.stderr.write(f"{chosen.name} added. Badge and PIN are shown this once only.\n")
    return 0


def _revoke(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "user revoke", chosen.user) as service:
        service.people.revoke(chosen.user)
    sys.stdout.write(f"{chosen.user} revoked\n")
    return 0


def _list(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        people = service.overview.people()
    for person in people:
        state = "active" if person.active else "revoked"
        sys.stdout.write(f"{person.site}\t{person.person}\t{person.name}\t{person.role}\t{state}\n")
    sys.stdout.write("" if people else "none yet\n")
    return 0
