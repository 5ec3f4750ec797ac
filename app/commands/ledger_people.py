"""`packhouse ledger user …`: people who may sign in at the stations of a site.

Nobody is there before the first one is added here: there is no account and no PIN that is the same
everywhere. Badges and PINs are made unless they are given, and shown this once.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.ledger_place import add_place, change_ledger, open_ledger, operator
from app.domain.barcode import BADGE_PREFIX
from app.domain.roles import Role
from app.domain.secrets import badge_hash
from app.errors import Refusal

if TYPE_CHECKING:
    from app.ledger.credentials import Secrets
    from app.ledger.people import Prepared
    from app.ledger.service import LedgerService

ROLES = tuple(role.value for role in Role if role is not Role.INTEGRATION)
_DATE_END = "T23:59:59.999Z"


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    example = "packhouse ledger user add BER1 p-novak 'A. Novak' --role clerk"
    user = parts.add_parser("user", help="people", epilog=example)
    users = user.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = users.add_parser("add", help="add a person, print badge and PIN once", epilog=example)
    new.add_argument("site", help="where they work; '*' for every site")
    new.add_argument("user", nargs="?", default="", help="short id; made when left out")
    new.add_argument("name")
    new.add_argument("--role", choices=ROLES, default="clerk")
    new.add_argument("--employee", default="", help="who they are in the company: accounts of one "
                     "employee are one person")  # fmt: skip
    new.add_argument("--until", default="", metavar="YYYY-MM-DD", help="their last day, if set")
    _secrets(new)
    _end(new, _add)
    for action, help_text in (
        ("pin", "a new PIN; give --badge to keep the badge"),
        ("badge", "a new badge; give --pin to keep the PIN"),
        ("role", "another role, with a new badge and PIN unless they are given"),
    ):
        changed = users.add_parser(action, help=help_text, epilog=f"packhouse ledger user {action}")
        changed.add_argument("user")
        if action == "role":
            changed.add_argument("role", choices=ROLES)
        _secrets(changed)
        _end(changed, _renew)
    for action, help_text, handler in (
        ("revoke", "nobody signs in as this person", _revoke),
        ("unlock", "stations forget this person's wrong PINs", _unlock),
    ):
        one = users.add_parser(
            action, help=help_text, epilog=f"packhouse ledger user {action} p-novak"
        )
        one.add_argument("user")
        one.add_argument("--reason", default="", help="why; kept in the journal")
        _end(one, handler)
    _totp(users)
    _end(users.add_parser("list", help="list people", epilog="packhouse ledger user list"), _list)


def _totp(users: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    example = "packhouse ledger user totp add p-weber"
    factor = users.add_parser("totp", help="authenticators of people who decide", epilog=example)
    actions = factor.add_subparsers(dest="factor", required=True, metavar="ACTION")
    for action, help_text, handler in (
        ("add", "set one up; its address is shown this once", _totp_add),
        ("remove", "no code of it counts any more", _totp_remove),
    ):
        one = actions.add_parser(
            action, help=help_text, epilog=f"packhouse ledger user totp {action} p-weber"
        )
        one.add_argument("user")
        _end(one, handler)


def _secrets(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--badge", default="", help=f"{BADGE_PREFIX}…; made when left out")
    parser.add_argument("--pin", default="", help="6 to 12 digits; made when left out")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE.svg", help="write the badge as a sheet to print"
    )


def _end(parser: argparse.ArgumentParser, handler: object) -> None:
    add_place(parser)
    parser.set_defaults(handler=handler)


def _add(chosen: argparse.Namespace) -> int:
    from app.ledger.people import Wanted

    until = chosen.until and chosen.until + _DATE_END
    wanted = Wanted(
        chosen.user, chosen.name, chosen.role, chosen.site, chosen.employee, not_after=until
    )
    with open_ledger(chosen) as service:
        secrets = service.people.fresh(chosen.badge, chosen.pin)
        made = service.people.prepare([(wanted, secrets)])[0]
        _store(service, chosen, "user add", made)
    if not chosen.user:
        sys.stdout.write(f"id {made.row.person}\n")
    _show(chosen, secrets, made)
    sys.stderr.write(f"{chosen.name} added. Badge and PIN are shown this once only.\n")
    return 0


def _renew(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        secrets = service.people.fresh(chosen.badge, chosen.pin)
        _refuse_another(service, chosen)
        made = service.people.renew(chosen.user, secrets, role=getattr(chosen, "role", ""))
        _store(service, chosen, f"user {chosen.action}", made)
    _show(chosen, secrets, made)
    sys.stderr.write(f"{chosen.user} signs in with this from now on. It is shown this once only.\n")
    return 0


def _refuse_another(service: "LedgerService", chosen: argparse.Namespace) -> None:
    """A badge that is given to be kept must be the one the person has.

    Raises:
        Refusal: `another_badge`.
    """
    known = service.people.find(chosen.user).row.badge_hash
    if chosen.action != "pin" or not chosen.badge or badge_hash(chosen.badge) == known:
        return
    raise Refusal(
        "another_badge",
        f"This is not {chosen.user}'s badge. Scan theirs, or give them this one: packhouse ledger "
        "user badge",
    )


def _store(
    service: "LedgerService", chosen: argparse.Namespace, action: str, made: "Prepared"
) -> None:
    """One transaction, with its event; the key was made before, which takes half a second."""
    actor = operator(chosen)
    with service.journal.act(actor, action, made.row.person):
        service.people.store([made], actor.name)


def _show(chosen: argparse.Namespace, secrets: "Secrets", made: "Prepared") -> None:
    """What was made here; what was given is known to whoever gave it."""
    if not chosen.badge:
        sys.stdout.write(f"badge {secrets.badge}\n")
    if not chosen.pin:
        sys.stdout.write(f"PIN {secrets.pin}\n")
    if chosen.sheet:
        from app.commands.badge_sheet import write

        write(chosen.sheet, secrets.badge, made.row)
        sys.stdout.write(f"sheet {chosen.sheet}\n")


def _revoke(chosen: argparse.Namespace) -> int:
    actor = operator(chosen)
    with (
        open_ledger(chosen) as service,
        service.journal.act(actor, "user revoke", chosen.user, chosen.reason),
    ):
        service.people.revoke(chosen.user, actor.name, chosen.reason)
    sys.stdout.write(f"{chosen.user} revoked\n")
    return 0


def _unlock(chosen: argparse.Namespace) -> int:
    actor = operator(chosen)
    with (
        open_ledger(chosen) as service,
        service.journal.act(actor, "user unlock", chosen.user, chosen.reason),
    ):
        service.people.unlock(chosen.user, actor.name)
    sys.stdout.write(f"{chosen.user} may try again at every station that is connected\n")
    return 0


def _totp_add(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "user totp add", chosen.user) as service:
        made = service.second_factors.add(chosen.user)
    sys.stdout.write(f"{made.uri}\n")
    sys.stderr.write("Let the authenticator app read this address. It is shown this once only.\n")
    return 0


def _totp_remove(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "user totp remove", chosen.user) as service:
        gone = service.second_factors.remove(chosen.user)
    sys.stdout.write(f"{chosen.user} has {'no authenticator any more' if gone else 'none'}\n")
    return 0 if gone else 1


def _list(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        people = service.people.all()
    for seen in people:
        row = seen.row
        where = row.site or "every site"
        sys.stdout.write(f"{where}\t{row.person}\t{row.name}\t{row.role}\t{seen.state}\n")
    sys.stdout.write("" if people else "none yet\n")
    missing = [seen.row.person for seen in people if seen.state.startswith("needs")]
    if missing:
        sys.stderr.write(
            f"{len(missing)} of before have no key of their own yet and cannot sign in at stations "
            f"of this version. Give them one: packhouse ledger user pin {missing[0]}\n"
        )
    return 0
