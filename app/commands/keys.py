"""`packhouse keys …`: the keys of a station's book: how old, where, changed, and got back."""

import argparse
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Trouble

if TYPE_CHECKING:
    from app.opened import OpenBook
    from app.settings import StationSettings


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    keys = commands.add_parser(
        "keys", help="the keys of this station's book", epilog="packhouse keys show"
    )
    actions = keys.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_text, handler in (
        ("show", "where they lie, how old they are, what is due", _show),
        ("rotate", "give the book a new key now", _rotate),
        (
            "rewrap",
            "put the keys under a new lock; with --passphrase-file under a passphrase",
            _rewrap,
        ),
        ("recover", "get lost keys back from the ledger, by two administrators", _recover),
    ):
        one = actions.add_parser(name, help=help_text, epilog=f"packhouse keys {name}")
        one.add_argument("--data-dir", type=Path, metavar="D", help="the station's data folder")
        one.add_argument("--passphrase-file", metavar="FILE", help="unlocks the keys, remembered")
        if name == "rewrap":
            one.add_argument(
                "--new-passphrase-file",
                metavar="FILE",
                help="the lock is this passphrase, remembered",
            )
        if name == "recover":
            one.add_argument("--ledger", metavar="URL", help="base URL of the ledger, remembered")
            one.add_argument("--station", default="", metavar="SITE/STATION", help="which it is")
        one.set_defaults(handler=handler)


def _settings(chosen: argparse.Namespace) -> "StationSettings":
    from app.settings import default_data_dir, load

    changes: dict[str, str | int] = {}
    if chosen.passphrase_file:
        changes["passphrase_file"] = str(Path(chosen.passphrase_file).absolute())
    if getattr(chosen, "ledger", None):
        changes["ledger"] = chosen.ledger
    return load(default_data_dir(chosen.data_dir), changes)


def opened_station(chosen: argparse.Namespace) -> "OpenBook":
    """The station the flags name, opened.

    Raises:
        Trouble: There is none, or its keys or its book do not open.
    """
    from app.keys import keyfile
    from app.opened import OpenBook

    settings = _settings(chosen)
    if not settings.book.exists() and keyfile.read(settings.data_dir) is None:
        raise Trouble(f"There is no station in {settings.data_dir}. Name it with --data-dir.")
    return OpenBook(settings)


def _show(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    if not settings.book.exists() and not (settings.data_dir / "keys.json").exists():
        return _show_keyring()
    opened = opened_station(chosen)
    state = opened.vault.state
    opened.close()
    due = ", ".join(one.value for one in state.due) or "nothing"
    sys.stdout.write(
        f"locked by\t{state.backend}\n"
        f"book key\tversion {state.version}, {state.age_days} days old\n"
        f"in custody\t{'yes' if state.escrowed else 'no'}\ndue\t{due}\n"
    )
    return 0


def _show_keyring() -> int:
    """Where no station is yet: what a new one would put its keys into."""
    from app.keys.keyrings import system_keyring
    from app.keys.troubles import KeyTrouble

    try:
        name = system_keyring().name
    except KeyTrouble as trouble:
        sys.stdout.write(f"keyring\t{trouble.state.value}\n{trouble.say}\n")
        return 1
    sys.stdout.write(f"keyring\t{name}, works\n")
    return 0


def _rotate(chosen: argparse.Namespace) -> int:
    from app.cache.keying import rekey
    from app.custody import custody_of
    from app.keys.rotation import KeyCare, Step
    from app.opened import open_book

    opened = opened_station(chosen)
    try:
        path = opened.settings.book
        with custody_of(opened) as ledger:
            opened.book.close()
            care = KeyCare(opened.vault, ledger, lambda old, new: rekey(path, old, new))
            care.round(rotate=True)
        opened.book = open_book(path, opened.vault)
        _record(opened, Step.ROTATED.value)
    finally:
        opened.close()
    sys.stdout.write(f"the book has a new key, version {opened.vault.state.version}\n")
    return 0


def _rewrap(chosen: argparse.Namespace) -> int:
    from dataclasses import replace

    from app.opened import unlock_of
    from app.settings import save

    opened = opened_station(chosen)
    try:
        settings = opened.settings
        if chosen.new_passphrase_file:
            named = str(Path(chosen.new_passphrase_file).absolute())
            settings = replace(settings, passphrase_file=named)
        opened.vault.rewrap(unlock_of(settings))
        save(settings)
        _record(opened, "keys_rewrapped")
    finally:
        opened.close()
    sys.stdout.write(f"the keys have a new lock: {opened.vault.state.backend}\n")
    return 0


def _recover(chosen: argparse.Namespace) -> int:
    from app.custody import RECOVERY_WAIT_S, dial, recover
    from app.opened import OpenBook, unlock_of

    settings = _settings(chosen)
    dialled = dial(settings)

    def tell(words: str) -> None:
        sys.stderr.write(
            f"Read this to two administrators: {words}\n"
            f"  packhouse ledger recover ask {words} --as PERSON\n"
            f"  packhouse ledger recover approve {words} --as PERSON\n"
            f"Waiting for them, at most {RECOVERY_WAIT_S // 60} minutes. Ctrl+C ends it.\n"
        )
        sys.stderr.flush()

    pause = threading.Event()
    try:
        recover(
            settings,
            unlock_of(settings),
            chosen.station,
            dialled.gate,
            (tell, lambda seconds: not pause.wait(seconds)),
        )
    finally:
        dialled.wire.close()
    if settings.book.exists():
        opened = OpenBook(settings)
        _record(opened, "keys_recovered")
        opened.close()
    sys.stdout.write("the keys are back\n")
    sys.stderr.write(
        "This station needs a new device key at the ledger: ask for a code (packhouse ledger "
        "station add) and start once with --enrol CODE.\n"
    )
    return 0


def _record(opened: "OpenBook", what: str) -> None:
    """Leave an event in the station's chain; one that is not enrolled has none yet."""
    from app.cache.store import CacheStore
    from app.clock import SystemClock, UuidSource
    from app.station import unattended

    store, state = CacheStore(opened.book), opened.vault.state
    if store.enrolled():
        evidence: dict[str, str | int] = {"version": state.version, "backend": state.backend}
        unattended.record(store, SystemClock(), UuidSource(), what, evidence)
