"""`packhouse ledger backup|restore|restored|roles`: what the person does who looks after it."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.ledger_place import add_place, change_ledger, folder_of, operator

if TYPE_CHECKING:
    from app.ledger.database import Database

Handler = Callable[[argparse.Namespace], int]


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    kept = _leaf(parts, "backup", "copy the ledger to a file, while it is served", _backup)
    kept.add_argument("--to", type=Path, required=True, metavar="FILE", help="a new file")
    back = _leaf(parts, "restore", "put a backup in place and begin a new epoch", _restore)
    back.add_argument(
        "--from", type=Path, required=True, metavar="FILE", dest="source", help="a backup"
    )
    _leaf(parts, "restored", "begin a new epoch after a restore by other means", _restored)
    from app.ledger.kept import APP_ROLE

    roles = _leaf(parts, "roles", "give the account that serves its rights (PostgreSQL)", _roles)
    roles.add_argument("--role", default=APP_ROLE, help=f"its name; {APP_ROLE}")


def _leaf(
    parts: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    help_text: str,
    handler: Handler,
) -> argparse.ArgumentParser:
    parser = parts.add_parser(name, help=help_text, epilog=_EXAMPLES[name])
    add_place(parser)
    parser.set_defaults(handler=handler)
    return parser


_EXAMPLES = {
    "backup": "packhouse ledger backup --data-dir /srv/ledger --to /backup/ledger-0811.sqlite",
    "restore": "packhouse ledger restore --data-dir /srv/ledger --from /backup/ledger-0811.sqlite",
    "restored": "packhouse ledger restored --database postgresql://owner@db/packhouse",
    "roles": "packhouse ledger roles --database postgresql://owner@db/packhouse",
}


def _backup(chosen: argparse.Namespace) -> int:
    """Copy, open, count; then the file gets its name."""
    from app.ledger import archive, backup, mark, names
    from app.ledger.clock import SystemClock

    folder = folder_of(chosen)
    with change_ledger(chosen, "backup", chosen.to.name, whole=False) as service:
        if folder is None:
            made = archive.back_up(service.database, chosen.to)
        else:
            made = backup.back_up(folder, chosen.to, SystemClock())
            names.keep_beside(folder, chosen.to)
            mark.note(folder, service.database)
    _say(f"{made.path}: {made.size} bytes, opened and counted", made.counts)
    return 0


def _restore(chosen: argparse.Namespace) -> int:
    """Put a backup in place; nothing may be served from there meanwhile."""
    from app.instance import InstanceLock
    from app.ledger import archive, backup, mark, names
    from app.ledger.clock import SystemClock, SystemIds
    from app.ledger.database import Database

    folder = folder_of(chosen)
    if folder is None:
        done = archive.restore(chosen.database, chosen.source, SystemIds())
        database = Database(chosen.database)
        _tell_restored(chosen, database, chosen.source.name)
        database.close()
    else:
        with InstanceLock(folder):
            done = backup.restore(folder, chosen.source, SystemClock(), SystemIds())
            names.bring_back(folder, chosen.source)
            database = Database.in_folder(folder)
            _tell_restored(chosen, database, chosen.source.name)
            mark.begin(folder, database, SystemIds())
            database.close()
    _say(f"restored; new epoch {done.epoch}; stations send again what it has not seen", done.counts)
    if done.aside is not None:
        sys.stdout.write(f"what lay there before is in {done.aside}\n")
    if folder is None:
        sys.stdout.write("rights are not in an archive: run packhouse ledger roles again\n")
    return 0


def _restored(chosen: argparse.Namespace) -> int:
    """Say that the database was restored, so that stations send again what it has not seen."""
    from app.ledger import mark, setup
    from app.ledger.clock import SystemClock, SystemIds
    from app.ledger.database import Database
    from app.ledger.journal import Journal, tell

    folder = folder_of(chosen)
    if folder is not None:
        mark.refuse_missing(folder)
    database = Database(chosen.database) if folder is None else Database.in_folder(folder)
    try:
        journal = Journal(database, SystemClock(), SystemIds())
        with journal.act(operator(chosen), "ledger restored", "epoch"):
            epoch = setup.new_epoch(database, SystemIds())
            tell(after={"epoch": epoch})
        if folder is not None:
            mark.begin(folder, database, SystemIds())
    finally:
        database.close()
    sys.stdout.write(f"new epoch {epoch}; stations send again what this ledger has not seen\n")
    return 0


def _tell_restored(chosen: argparse.Namespace, database: "Database", source: str) -> None:
    """The restored ledger's journal says that it was, by whom and from what."""
    from app.ledger.clock import SystemClock, SystemIds
    from app.ledger.journal import Journal

    journal = Journal(database, SystemClock(), SystemIds())
    with journal.act(operator(chosen), "restore", source):
        pass


def _roles(chosen: argparse.Namespace) -> int:
    """Give the app role exactly what it needs; run it as the owner, again after every update."""
    from app.ledger import roles

    with change_ledger(chosen, "roles", chosen.role, whole=False) as service:
        granted = roles.grant(service.database, chosen.role)
    for right in granted:
        sys.stdout.write(f"{right.table:16} {right.words}\n")
    sys.stdout.write(f"serve as {chosen.role}; give it a password with psql's \\password\n")
    return 0


def _say(first: str, counts: dict[str, int]) -> None:
    sys.stdout.write(f"{first}\n")
    for table, count in counts.items():
        sys.stdout.write(f"{table:16} {count}\n")
