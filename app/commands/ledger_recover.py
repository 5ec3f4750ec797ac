"""`packhouse ledger recover …`: keys of a station, back from custody by two administrators."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.ledger_place import add_place, change_ledger, folder_of, open_ledger
from app.errors import Refusal

if TYPE_CHECKING:
    from app.ledger.keepers import Keepers
    from app.ledger.service import LedgerService

_SETUP = "packhouse ledger recover setup p-anna p-omar"
_WORDS = "lusab-babad-gutih-tugad"


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    recover = parts.add_parser(
        "recover", help="give a station its lost keys back, by two administrators", epilog=_SETUP
    )
    actions = recover.add_subparsers(dest="action", required=True, metavar="ACTION")
    setup = actions.add_parser(
        "setup", help="make the recovery key; each administrator types a passphrase", epilog=_SETUP
    )
    setup.add_argument("people", nargs="+", metavar="PERSON", help="administrators, two to ten")
    _end(setup, _setup)
    listed = actions.add_parser(
        "list", help="machines that ask for keys", epilog="packhouse ledger recover list"
    )
    _end(listed, _list)
    for name, help_text, handler in (
        ("ask", "the first administrator: this machine shall have its keys back", _ask),
        ("approve", "the second administrator: the keys are sealed to that machine", _approve),
    ):
        one = actions.add_parser(
            name, help=help_text, epilog=f"packhouse ledger recover {name} {_WORDS} --as p-anna"
        )
        one.add_argument("words", help="the four words on the screen of the machine that asks")
        one.add_argument("--as", dest="actor", required=True, metavar="PERSON")
        one.add_argument("--reason", default="", help="why; kept in the journal")
        if name == "ask":
            one.add_argument(
                "--station", default="", metavar="SITE/STATION", help="if it lost keys.json too"
            )
        _end(one, handler)


def _end(parser: argparse.ArgumentParser, handler: object) -> None:
    add_place(parser)
    parser.add_argument(
        "--recovery-dir",
        type=Path,
        metavar="D",
        help="where recovery.json lies; else in --data-dir",
    )
    parser.set_defaults(handler=handler)


def _folder(chosen: argparse.Namespace) -> Path:
    """Where recovery.json lies: beside the embedded ledger, never in the database."""
    named: Path | None = chosen.recovery_dir or folder_of(chosen)
    if named is None:
        raise Refusal(
            "no_recovery_dir",
            "Say with --recovery-dir where recovery.json lies; it is kept out of the database.",
        )
    return named


def _setup(chosen: argparse.Namespace) -> int:
    from app.commands.passphrases import asked
    from app.identity.userkey import COST
    from app.ledger import keepers

    folder = _folder(chosen)
    with open_ledger(chosen) as service:
        _check_people(service, chosen.people)
    # Before the transaction begins: stations would wait for a person who types.
    passphrases = {
        person: asked(f"Recovery passphrase of {person}", twice=True) for person in chosen.people
    }
    with change_ledger(chosen, "recover setup", " ".join(chosen.people)) as service:
        made = keepers.set_up(passphrases, service.ids, COST)
        # First the file: a public key without it would take keys that nobody can give back.
        keepers.write(folder, made)
        service.escrow.set_up(made)
    sys.stdout.write(f"recovery is set up for {', '.join(chosen.people)}\n")
    sys.stderr.write(
        f"Keep a copy of {folder / keepers.NAME} apart from the ledger's backups; it opens nothing "
        "without two of the passphrases. Stations hand their keys over when they are next online.\n"
    )
    return 0


def _check_people(service: "LedgerService", people: list[str]) -> None:
    """Two accounts of one employee are one person.

    Raises:
        Refusal: `unknown_person`, `not_an_administrator`, `same_person`.
    """
    from app.domain.roles import Role

    employees = set()
    for person in people:
        row = service.people.find(person).row
        if row.role != Role.ADMIN.value or not row.active:
            raise Refusal(
                "not_an_administrator",
                f"{person} is no administrator. Recovery is for administrators alone.",
            )
        employees.add(row.employee or row.person)
    if len(employees) < len(people):
        raise Refusal("same_person", "Two of these accounts are one person. Name another one.")


def _list(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        wishes = service.escrow.wishes()
    for wish in wishes:
        by = " and ".join(name for name in (wish.asked_by, wish.approved_by) if name)
        sys.stdout.write(f"{wish.words}\t{wish.station}\t{wish.state}\t{wish.at}\t{by}\n")
    sys.stdout.write("" if wishes else "none\n")
    return 0


def _ask(chosen: argparse.Namespace) -> int:
    from app.commands.passphrases import asked

    found = _keepers(chosen)
    station = _station(chosen.station)
    who = chosen.actor, asked(f"Recovery passphrase of {chosen.actor}")
    with change_ledger(chosen, "recover ask", f"recovery {chosen.words}") as service:
        wish = service.escrow.ask(chosen.words, who, found, station)
    sys.stdout.write(f"asked for {wish.station}\n")
    sys.stderr.write(
        f"Another administrator now: packhouse ledger recover approve {chosen.words} --as PERSON\n"
    )
    return 0


def _approve(chosen: argparse.Namespace) -> int:
    from app.commands.passphrases import asked

    found = _keepers(chosen)
    who = chosen.actor, asked(f"Recovery passphrase of {chosen.actor}")
    with change_ledger(chosen, "recover approve", f"recovery {chosen.words}") as service:
        wish = service.escrow.approve(chosen.words, who, found)
    sys.stdout.write(f"the keys of {wish.station} are sealed to that machine\n")
    return 0


def _keepers(chosen: argparse.Namespace) -> "Keepers":
    from app.ledger import keepers

    return keepers.read(_folder(chosen))


def _station(named: str) -> tuple[str, str] | None:
    if not named:
        return None
    where, _, station = named.partition("/")
    if not where or not station:
        raise Refusal("malformed", "Name the station as SITE/STATION, e.g. BER1/PACK-01.")
    return where, station
