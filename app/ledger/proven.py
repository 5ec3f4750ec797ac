"""Who has signed something at a station, outside an operation: with the credential that holds now.

For what is asked online and answered at once: grants, and changes of master data.
"""

from datetime import datetime

from sqlalchemy import Connection

from app.contract.messages import PersonRow, Signed
from app.errors import Refusal
from app.identity.userkey import verified
from app.ledger.credentials import Credentials
from app.ledger.people import person_of


def proven(
    connection: Connection,
    credentials: Credentials,
    now: datetime,
    signed: Signed,
    message: bytes,
) -> PersonRow:
    """The person whose key has signed a message.

    Raises:
        Refusal: `unknown_person`, `stale_credential` or `bad_person_signature`.
    """
    row = credentials.latest(connection, [signed.person]).get(signed.person)
    person = person_of(connection, signed.person)
    if row is None or person is None or not credentials.holds(row, now):
        raise Refusal(
            "unknown_person",
            f"{signed.person} cannot sign in any more. Ask an administrator.",
        )
    if row.version != signed.version:
        raise Refusal(
            "stale_credential",
            "This badge and PIN were replaced. Sign in with the new ones, then ask again.",
        )
    if not verified(row.public_key, signed.signature, message):
        raise Refusal(
            "bad_person_signature",
            f"This is not signed by {signed.person} as they may sign now. Sign in again and "
            "ask anew.",
        )
    return person
