"""`packhouse ledger break-glass …`: a role for an hour, asked by one, approved by another."""

import argparse
import sys

from app.commands.ledger_place import add_place, open_ledger, site_of

_EXAMPLE = "packhouse ledger break-glass ask p-anna supervisor --by p-ben --reason 'Nobody here'"


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    glass = parts.add_parser("break-glass", help="lend a role for an hour", epilog=_EXAMPLE)
    actions = glass.add_subparsers(dest="action", required=True, metavar="ACTION")
    ask = actions.add_parser("ask", help="ask that somebody be lent a role", epilog=_EXAMPLE)
    ask.add_argument("user", help="who gets it")
    ask.add_argument("role", help="controller, supervisor or site_manager")
    ask.add_argument("--reason", required=True, help="why; kept for ever")
    _end(ask, _ask, by=True)
    for action, help_text, handler in (
        ("approve", "lend it, as another person", _approve),
        ("end", "take it back before its time", _over),
    ):
        one = actions.add_parser(
            action, help=help_text, epilog=f"packhouse ledger break-glass {action} ID --by p-ada"
        )
        one.add_argument("id")
        _end(one, handler, by=True)
    listed = actions.add_parser(
        "list", help="every time", epilog="packhouse ledger break-glass list"
    )
    _end(listed, _list, by=False)


def _end(parser: argparse.ArgumentParser, handler: object, *, by: bool) -> None:
    parser.add_argument("--site", default="", help="may be left out where there is one only")
    if by:
        parser.add_argument("--by", required=True, help="who says so; asked for badge and PIN")
    add_place(parser)
    parser.set_defaults(handler=handler)


def _ask(chosen: argparse.Namespace) -> int:
    from app.commands.proof import prove

    with open_ledger(chosen) as service:
        where = service.site(site_of(chosen, service))
        actor = prove(service, chosen.by)
        with service.journal.act(actor, "break-glass ask", chosen.user, chosen.reason):
            made = service.break_glass.ask(
                where, chosen.user, chosen.role, by=chosen.by, reason=chosen.reason
            )
    sys.stdout.write(f"{made.id}\n")
    sys.stderr.write("Another person approves it within the hour: break-glass approve\n")
    return 0


def _approve(chosen: argparse.Namespace) -> int:
    from app.commands.proof import prove

    with open_ledger(chosen) as service:
        where = service.site(site_of(chosen, service))
        actor = prove(service, chosen.by)
        with service.journal.act(actor, "break-glass approve", chosen.id):
            lent = service.break_glass.approve(where, chosen.id, by=chosen.by)
    sys.stdout.write(f"{lent.person} is {lent.role} until {lent.ends_at}\n")
    return 0


def _over(chosen: argparse.Namespace) -> int:
    from app.commands.proof import prove

    with open_ledger(chosen) as service:
        where = service.site(site_of(chosen, service))
        actor = prove(service, chosen.by)
        with service.journal.act(actor, "break-glass end", chosen.id):
            ended = service.break_glass.end(where, chosen.id, by=chosen.by)
    sys.stdout.write(f"{ended.id} {ended.state}\n")
    return 0


def _list(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        where = service.site(chosen.site) if chosen.site else None
        found = service.break_glass.list(where)
    for one in found:
        sys.stdout.write(
            f"{one.id}\t{one.person}\t{one.role}\t{one.state}\tasked by {one.asked_by}\t"
            f"approved by {one.approved_by or '–'}\tuntil {one.ends_at}\t{one.reason}\n"
        )
    sys.stdout.write("" if found else "never\n")
    return 0
