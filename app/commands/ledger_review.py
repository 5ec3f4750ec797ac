"""`packhouse ledger review …`: once a quarter, who keeps which rights."""

import argparse
import sys
from pathlib import Path

from app.commands.ledger_place import add_place, change_ledger, open_ledger

_EXAMPLE = "packhouse ledger review decide ID p-anna keep --by p-mia"
_DECISIONS = ("keep", "change", "revoke", "defer")


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    review = parts.add_parser("review", help="who keeps which rights", epilog=_EXAMPLE)
    actions = review.add_subparsers(dest="action", required=True, metavar="ACTION")
    begin = actions.add_parser(
        "begin", help="take a picture of all accounts", epilog="packhouse ledger review begin"
    )
    _end(begin, _begin)
    listed = actions.add_parser(
        "list", help="reviews, or the accounts of one", epilog="packhouse ledger review list"
    )
    listed.add_argument("id", nargs="?", default="")
    _end(listed, _list)
    decide = actions.add_parser("decide", help="say what becomes of an account", epilog=_EXAMPLE)
    decide.add_argument("id")
    decide.add_argument("account")
    decide.add_argument("decision", choices=_DECISIONS)
    decide.add_argument("--note", default="", help="why; needed for all but keep")
    decide.add_argument("--by", required=True, help="who says so; asked for badge and PIN")
    _end(decide, _decide)
    close = actions.add_parser(
        "close", help="end a review in which all is decided", epilog="packhouse ledger review close"
    )
    close.add_argument("id")
    _end(close, _close)
    export = actions.add_parser(
        "export",
        help="write a review as a signed file",
        epilog="packhouse ledger review export ID 2026-q4.json",
    )
    export.add_argument("id")
    export.add_argument("file", type=Path)
    _end(export, _export)


def _end(parser: argparse.ArgumentParser, handler: object) -> None:
    add_place(parser)
    parser.set_defaults(handler=handler)


def _begin(chosen: argparse.Namespace) -> int:
    from app.commands.ledger_place import operator

    with change_ledger(chosen, "review begin", "people") as service:
        service.last_uses.note()
        made = service.reviews.begin(operator(chosen).name)
    sys.stdout.write(f"{made.id}\n")
    sys.stderr.write(
        f"{made.counts['all']} accounts. Whoever is not attested by {made.due_at} is suspended.\n"
    )
    return 0


def _list(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        reviews = [] if chosen.id else service.reviews.all()
        lines = service.reviews.lines(chosen.id) if chosen.id else []
    for one in reviews:
        counts = " ".join(f"{name} {count}" for name, count in one.counts.items() if count)
        sys.stdout.write(f"{one.id}\t{one.state}\tdue {one.due_at}\t{counts}\n")
    for line in lines:
        held = line.held
        flag = f"{len(held.conflicts)} conflicts" if held.conflicts else ""
        last = max([held.last_sign_in, *held.last_use.values()]) or "never used"
        said = f"{line.decision} by {line.reviewer}" if line.decision else "open"
        sys.stdout.write(
            f"{held.account}\t{held.role}\t{held.site or 'every site'}\t{last}\t{flag}\t{said}\n"
        )
    sys.stdout.write("" if reviews or lines else "none yet\n")
    return 0


def _decide(chosen: argparse.Namespace) -> int:
    from app.commands.proof import prove
    from app.ledger.reviews import Decision, Judge

    with open_ledger(chosen) as service:
        actor = prove(service, chosen.by)
        with service.journal.act(actor, "review decide", chosen.account, chosen.note):
            judge = Judge(chosen.by, chosen.note)
            service.reviews.decide(chosen.id, chosen.account, Decision(chosen.decision), judge)
    sys.stdout.write(f"{chosen.account}: {chosen.decision}\n")
    return 0


def _close(chosen: argparse.Namespace) -> int:
    from app.commands.ledger_place import operator

    with change_ledger(chosen, "review close", chosen.id) as service:
        closed = service.reviews.close(chosen.id, operator(chosen).name)
    counts = closed.counts
    sys.stdout.write(
        f"{counts['all']} accounts = {counts['reviewed']} reviewed ({counts['keep']} kept, "
        f"{counts['change']} changed, {counts['revoke']} revoked, {counts['defer']} deferred) + "
        f"{counts['suspended']} suspended\n"
    )
    return 0


def _export(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "review export", chosen.id) as service:
        signed = service.reviews.export(chosen.id)
    chosen.file.write_bytes(signed)
    sys.stdout.write(f"{chosen.file}\n")
    return 0
