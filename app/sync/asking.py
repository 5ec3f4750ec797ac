"""What the ledger is asked once, for a person who waits at the screen: a grant, an edited item.

Not retried: whoever asked sees why it did not go, and asks again.
"""

from typing import Protocol

from app.contract.messages import Edited, EditPut, Grant, GrantRequest
from app.errors import PackhouseError, Trouble
from app.station.inbox import EditAnswered, Granted
from app.sync import believe_once
from app.sync.once import asked_once


class Asked(Protocol):
    """The ledger, as far as it answers people."""

    def grant(self, request: GrantRequest) -> Grant:
        """Lend a right."""
        ...

    def edit(self, put: EditPut) -> Edited:
        """Change master data."""
        ...


def grant(ledger: Asked | None, request: GrantRequest) -> Granted:
    """Ask for a grant; on a thread of its own, the station works on meanwhile."""
    try:
        with asked_once():
            return Granted(_one(ledger).grant(request))
    except PackhouseError as error:
        return Granted(None, error.say)


def edit(ledger: Asked | None, put: EditPut) -> EditAnswered:
    """The same for a change of master data."""
    told, sentence = None, ""
    try:
        with asked_once():
            answer = _one(ledger).edit(put)
        believe_once.edited(put, answer)
        told = answer
    except PackhouseError as error:
        sentence = error.say
    return EditAnswered(put.what, put.name, told, sentence)


def _one(ledger: Asked | None) -> Asked:
    if ledger is None:
        raise Trouble("This station has no ledger to ask.")
    return ledger
