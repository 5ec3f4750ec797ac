"""Which ledger a command works on: the folder or the database its flags name."""

import argparse
import gc
import getpass
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Refusal

if TYPE_CHECKING:
    from app.ledger.database import Database
    from app.ledger.journal import Actor
    from app.ledger.service import LedgerService

# Beside a station's own files, not among them: both may run on one machine.
FOLDER = "ledger"
# Above the objects of one full group of batches (4,000 operations of about 40).
GC_AFTER = 200_000
# How long one thread computes while another waits for its turn. A small question takes a dozen
# turns; at Python's own 5 ms it would wait for the posting threads longer than for the database.
TURN_S = 0.001


def add_place(parser: argparse.ArgumentParser) -> None:
    """Add the flags that name a ledger."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--data-dir", type=Path, metavar="D", help="folder of the embedded ledger")
    where.add_argument("--database", metavar="URL", help="postgresql://user@host/name")


def folder_of(chosen: argparse.Namespace) -> Path | None:
    """The data folder, or None when a database is named."""
    from app.settings import default_data_dir

    if chosen.database:
        return None
    named: Path | None = chosen.data_dir
    return named or default_data_dir(None) / FOLDER


def open_database(chosen: argparse.Namespace) -> "Database":
    """The database the flags name.

    Raises:
        Trouble: It cannot be opened, or is not the one the folder had last.
    """
    from app.ledger import mark
    from app.ledger.database import Database
    from app.storage import place

    folder = folder_of(chosen)
    if folder is None:
        return Database(chosen.database)
    mark.refuse_missing(folder)
    place.refuse_unsuitable(folder)
    database = Database.in_folder(folder)
    try:
        mark.refuse_another(folder, database)
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def open_ledger(chosen: argparse.Namespace) -> "Iterator[LedgerService]":
    """The ledger the flags name; a server may be running on it at the same time."""
    from app.ledger.service import LedgerService

    service = LedgerService(open_database(chosen))
    try:
        yield service
    finally:
        service.close()


@contextmanager
def change_ledger(
    chosen: argparse.Namespace, action: str, what: str, *, whole: bool = True
) -> "Iterator[LedgerService]":
    """The ledger the flags name, for a command that changes it: leaves one event in its journal.

    Args:
        chosen: The flags; `actor` and `reason` among them are told, where there are any.
        action: What is done, as `site add`.
        what: What to; `app.ledger.journal.tell` may say more inside.
        whole: Everything and its event in one transaction. False for what takes long or commits by
            itself: then the event comes first, and says what was begun.
    """
    from app.ledger.journal import Act

    reason = str(getattr(chosen, "reason", "") or "")
    with open_ledger(chosen) as service:
        journal, actor = service.journal, operator(chosen)
        if whole:
            with journal.act(actor, action, what, reason):
                yield service
            return
        act = Act(actor, f"{action} begun", what, service.ids.new_id(), reason=reason)
        with service.database.write() as connection:
            journal.append(connection, act)
        yield service


def operator(chosen: argparse.Namespace) -> "Actor":
    """Who gives a command: the person it names, else the account it runs under."""
    from app.ledger.journal import Actor

    host = socket.gethostname()
    named = str(getattr(chosen, "actor", "") or "") or f"os:{_account()}"
    return Actor(named, "operator", "local", f"host:{host} account:{_account()}")


def _account() -> str:
    """The account by the operating system, not by a variable anybody can set."""
    if sys.platform == "win32":
        return getpass.getuser()
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def site_of(chosen: argparse.Namespace, service: "LedgerService") -> str:
    """The site the flags name; may be left out where there is one only.

    Raises:
        Refusal: There is none, or more than one.
    """
    if chosen.site:
        return str(chosen.site)
    sites = service.overview.sites()
    if len(sites) == 1:
        return sites[0].site
    if not sites:
        raise Refusal("no_site", "There is no site yet. Add one: packhouse ledger site add BER1")
    names = ", ".join(site.site for site in sites)
    raise Refusal("which_site", f"There are several sites: {names}. Say which with --site.")


def take_short_turns() -> None:
    """Let a question that is asked while stations post have its turn soon."""
    sys.setswitchinterval(TURN_S)


def spare_the_collector() -> None:
    """Let the cyclic collector run a hundred times less: it took a third of the posting time.

    A group of batches makes some hundred thousand objects that live for one transaction and die by
    reference count; nothing a request makes is cyclic but a rare traceback.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_AFTER, 20, 20)
