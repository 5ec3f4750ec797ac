"""What the ledger is asked once, for a person who waits at the screen: a grant, an edited item.

Not retried: whoever asked sees why it did not go, and asks again.
"""

from typing import TYPE_CHECKING

from app.contract.messages import EditPut, GrantRequest
from app.errors import PackhouseError, Trouble
from app.station.inbox import EditAnswered, Granted

if TYPE_CHECKING:
    # The window starts before the network stack is loaded.
    from app.sync.http_ledger import HttpLedger


def grant(ledger: "HttpLedger | None", request: GrantRequest) -> Granted:
    """Ask for a grant; on a thread of its own, the station works on meanwhile."""
    try:
        return Granted(_one(ledger).grant(request))
    except PackhouseError as error:
        return Granted(None, error.say)


def edit(ledger: "HttpLedger | None", put: EditPut) -> EditAnswered:
    """The same for a change of master data."""
    told, sentence = None, ""
    try:
        told = _one(ledger).edit(put)
    except PackhouseError as error:
        sentence = error.say
    return EditAnswered(put.what, put.name, told, sentence)


def _one(ledger: "HttpLedger | None") -> "HttpLedger":
    if ledger is None:
        raise Trouble("This station has no ledger to ask.")
    return ledger
