"""A person who gives a command proves who they are, with badge and PIN, as at a station.

Who may run commands at all is decided by the operating system; this is for what needs *two persons*
or *somebody else*, where an account of the machine is no answer. Read from the terminal without
echo, or, from a script, two lines of the standard input.
"""

import argparse
import getpass
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from app.commands.ledger_place import operator
from app.errors import Refusal

if TYPE_CHECKING:
    from app.ledger.journal import Actor
    from app.ledger.service import LedgerService


def prove(service: "LedgerService", person: str) -> "Actor":
    """Ask for badge and PIN of a person; a failure is told to the journal.

    Raises:
        Refusal: `not_proven`: wrong badge, wrong PIN or nobody, in the same words.
    """
    from app.ledger.credentials import Secrets
    from app.ledger.journal import Act

    secrets = Secrets(_ask(f"Badge of {person}: "), _ask(f"PIN of {person}: "))
    account = operator(argparse.Namespace())
    if service.people.proves(person, secrets):
        role = service.people.find(person).row.role
        return replace(account, name=person, role=role)
    act = Act(account, "proof refused", person, service.ids.new_id(), reason="not_proven")
    with service.database.write() as connection:
        service.journal.append(connection, act)
    raise Refusal(
        "not_proven", f"This is not badge and PIN of {person} as they hold now. Try again."
    )


def _ask(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt).strip()
    return sys.stdin.readline().strip()
