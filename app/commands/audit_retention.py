"""`packhouse audit archive|retain|hold|erase …`: what is kept how long, and what is forgotten."""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.ledger_place import add_place, change_ledger, open_ledger, operator
from app.errors import Refusal

if TYPE_CHECKING:
    from app.ledger.archiving import Archive
    from app.ledger.service import LedgerService

Handler = Callable[[argparse.Namespace], int]


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    archive = parts.add_parser("archive", help="daily archives", epilog=_EXAMPLES["archive"])
    actions = archive.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_text, handler in (
        ("close", "close yesterday now; the server does it every night", _close),
        ("list", "every day that was closed", _list),
        ("verify", "read every file and follow it line by line", _verify),
        ("key", "print the key the files are sealed with: keep it where they are not", _key),
    ):
        _archived(actions.add_parser(name, help=help_text, epilog=_EXAMPLES["archive"]), handler)
    retain = parts.add_parser(
        "retain", help="empty what is archived and a year old", epilog=_EXAMPLES["retain"]
    )
    retain.add_argument("--reason", default="retention", help="told in the journal")
    _archived(retain, _retain)
    erase = parts.add_parser(
        "erase", help="forget somebody's name for ever", epilog=_EXAMPLES["erase"]
    )
    erase.add_argument("person", help="their id")
    erase.add_argument("--reason", required=True, help="told in the journal")
    add_place(erase)
    erase.set_defaults(handler=_erase)
    _add_hold(parts)


def _add_hold(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    hold = parts.add_parser("hold", help="days nothing is deleted of", epilog=_EXAMPLES["hold"])
    actions = hold.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("add", help="keep these days", epilog=_EXAMPLES["hold"])
    new.add_argument("name")
    new.add_argument("--from", dest="first", required=True, type=_day, metavar="DAY")
    new.add_argument("--to", dest="last", required=True, type=_day, metavar="DAY")
    new.add_argument("--site", default="", help="every site without")
    new.add_argument("--reason", required=True)
    ended = actions.add_parser("release", help="end it", epilog="packhouse audit hold release c-7")
    ended.add_argument("name")
    ended.add_argument("--reason", required=True)
    shown = actions.add_parser("list", help="what stands", epilog="packhouse audit hold list")
    handlers: tuple[tuple[argparse.ArgumentParser, Handler], ...] = (
        (new, _hold), (ended, _release), (shown, _holds),
    )  # fmt: skip
    for parser, handler in handlers:
        add_place(parser)
        parser.set_defaults(handler=handler)


_EXAMPLES = {
    "archive": "packhouse audit archive close --archive-dir /worm/packhouse",
    "retain": "packhouse audit retain --database postgresql://owner@db/packhouse --archive-dir /w",
    "erase": "packhouse audit erase p-7k2m9x --reason 'request of 2026-11-20'",
    "hold": "packhouse audit hold add case-7 --from 2026-01-01 --to 2026-03-31 --reason 'court'",
}


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _archived(parser: argparse.ArgumentParser, handler: Handler) -> None:
    parser.add_argument(
        "--archive-dir", type=Path, metavar="DIR", help="where days are closed to; D/archive"
    )
    add_place(parser)
    parser.set_defaults(handler=handler)


def _archive_of(chosen: argparse.Namespace, service: "LedgerService") -> "Archive":
    if chosen.archive_dir:
        return service.archive_in(chosen.archive_dir)
    if service.archive is None:
        raise Refusal("no_archive", "Say where archives are: --archive-dir DIR")
    return service.archive


def _close(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "archive close", "yesterday", whole=False) as service:
        count = _archive_of(chosen, service).close_day()
    sys.stdout.write(f"{count} archives written\n")
    return 0


def _list(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        for one in _archive_of(chosen, service).closed():
            sys.stdout.write(f"{one.day}\t{one.file}\t{one.rows} rows\t{one.state}\t{one.sha256}\n")
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    """Read every file; 0 only when each is the one that was written."""
    wrong = 0
    with open_ledger(chosen) as service:
        archive = _archive_of(chosen, service)
        closed = archive.closed()
        for one in closed:
            flaw = archive.flaw(one, whole=True)
            wrong += bool(flaw)
            if flaw:
                sys.stdout.write(f"{one.file} {flaw}\n")
    sys.stdout.write(f"{len(closed)} archives, {wrong} not to be believed\n")
    return 1 if wrong else 0


def _key(chosen: argparse.Namespace) -> int:
    with change_ledger(chosen, "archive key", "shown") as service:
        sys.stdout.write(f"{_archive_of(chosen, service).key.hex()}\n")
    return 0


def _retain(chosen: argparse.Namespace) -> int:
    from app.ledger.journal import Act
    from app.ledger.retention import Retention

    with change_ledger(chosen, "retain", "records", whole=False) as service:
        archive = _archive_of(chosen, service)
        retention = Retention(service.database, archive, service.clock, service.journal)
        act = Act(operator(chosen), "retain", "", service.ids.new_id(), reason=chosen.reason)
        done = retention.run(act)
    sys.stdout.write(f"{done.records} records emptied, {done.files} archives deleted\n")
    sys.stdout.write("".join(f"kept {one}\n" for one in done.kept))
    return 0


def _erase(chosen: argparse.Namespace) -> int:
    from app.ledger.names import Names

    with change_ledger(chosen, "erase name", chosen.person) as service:
        if not Names.of(service.database).erase(chosen.person):
            raise Refusal("unknown_person", f"There is no name of {chosen.person} here.")
    sys.stdout.write(
        f"the name of {chosen.person} is gone here; make a backup now, and it is gone beside the "
        "last one, too\n"
    )
    return 0


def _hold(chosen: argparse.Namespace) -> int:
    from app.ledger.holds import Hold, Holds
    from app.ledger.journal import tell

    with change_ledger(chosen, "hold add", chosen.name) as service:
        site_n = service.site(chosen.site).n if chosen.site else 0
        wanted = Hold(chosen.name, site_n, chosen.first, chosen.last, chosen.reason)
        tell(after=wanted)
        Holds(service.database, service.clock).hold(wanted, operator(chosen).name)
    sys.stdout.write(f"{chosen.name} holds {chosen.first} to {chosen.last}\n")
    return 0


def _release(chosen: argparse.Namespace) -> int:
    from app.ledger.holds import Holds

    with change_ledger(chosen, "hold release", chosen.name) as service:
        Holds(service.database, service.clock).release(chosen.name, operator(chosen).name)
    sys.stdout.write(f"{chosen.name} released\n")
    return 0


def _holds(chosen: argparse.Namespace) -> int:
    from app.ledger.holds import Holds

    with open_ledger(chosen) as service:
        for one in Holds(service.database, service.clock).standing():
            sys.stdout.write(f"{one.name}\t{one.first}\t{one.last}\t{one.reason}\n")
    return 0
