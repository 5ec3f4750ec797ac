"""`packhouse ledger key …`: keys with which other systems use the ledger's API."""

import argparse
import sys

from app.commands.ledger_place import add_place, change_ledger, open_ledger

_EXAMPLE = "packhouse ledger key add shop --scope read --actor p-novak --site BER1"


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    key = parts.add_parser("key", help="keys of other systems", epilog=_EXAMPLE)
    keys = key.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = keys.add_parser("add", help="print a new key once; good for 90 days", epilog=_EXAMPLE)
    new.add_argument("name", help="of the other system; two keys of a name may be good at a time")
    new.add_argument(
        "--scope",
        action="append",
        required=True,
        metavar="SCOPE",
        help="read, master, documents, stock, decide or admin; may be given several times",
    )
    new.add_argument("--actor", required=True, help="the person in whose name it acts")
    new.add_argument("--site", default="", help="the only site it is for; every site without")
    _end(new, _add)
    _end(keys.add_parser("list", help="list keys", epilog="packhouse ledger key list"), _list)
    gone = keys.add_parser(
        "revoke", help="by id, or all of a name", epilog="packhouse ledger key revoke shop"
    )
    gone.add_argument("key", help="id, or name of the other system")
    _end(gone, _revoke)


def _end(parser: argparse.ArgumentParser, handler: object) -> None:
    add_place(parser)
    parser.set_defaults(handler=handler)


def _add(chosen: argparse.Namespace) -> int:
    from app.ledger.journal import tell

    with change_ledger(chosen, "key add", chosen.name) as service:
        tell(after={"scopes": sorted(chosen.scope), "actor": chosen.actor, "site": chosen.site})
        key = service.api_keys.add(
            chosen.name, chosen.scope, actor=chosen.actor, site_name=chosen.site
        )
    sys.stdout.write(f"{key}\n")
    sys.stderr.write("This key is shown this once only, and good for 90 days.\n")
    return 0


def _list(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        keys = service.api_keys.list()
    for key in keys:
        where = key.site.site if key.site else "every site"
        used = key.last_used_at or "never"
        sys.stdout.write(
            f"{key.id}\t{key.name}\t{where}\t{' '.join(sorted(key.scopes))}\t{key.actor}\t"
            f"{key.state}\tuntil {key.expires_at}\tlast used {used}\n"
        )
    sys.stdout.write("" if keys else "none yet\n")
    return 0


def _revoke(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "key revoke", chosen.key) as service:
        count = service.api_keys.revoke(chosen.key)
    sys.stdout.write(f"{count} keys revoked\n")
    return 0 if count else 1
