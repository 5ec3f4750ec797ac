"""Who a station is to its ledger: enrolled with a code, or enrolled anew in place.

Keys, book and ledger each know nothing of the others; here they meet, in an order that a kill may
interrupt anywhere: the key is on disk before the ledger hears of it, the book changes in one
transaction, and the key follows what the book says (`DeviceKeys.settle`, at every start).
"""

from collections.abc import Callable

from app.cache.enrolling import Taken, last_link, take
from app.cache.work import Numbers
from app.clock import SystemClock, UuidSource
from app.contract import fingerprint
from app.contract.ledger import Gate
from app.contract.messages import Operation
from app.errors import Refusal
from app.opened import OpenBook
from app.station import unattended
from app.station.ports import Identity, Position
from app.sync import enrol as ask

# What the vault keeps for others under these names.
PEPPER = "pepper"
RECOVERY_KEY = "recovery_key"
# Reasons of the events an enrolment leaves in the book.
ENROLLED, ENROLLED_AGAIN = "station_enrolled", "station_enrolled_again"


def enrol(opened: OpenBook, gate: Gate, code: str, *, again: bool = False) -> Identity:
    """Trade a one-time code for an identity, and remember it in the book.

    Args:
        opened: The station's files; nothing else of it is running.
        gate: The ledger.
        code: As typed.
        again: Whether an enrolment that is there shall be replaced. Everything recorded is kept;
            what the ledger has not confirmed is sent again under the new one.

    Raises:
        Refusal: `enrolled_already`, `other_site`, or what the ledger says: `bad_code`, `too_old`.
        Trouble: The ledger cannot be reached, or the disk refuses. The same code may be tried
            again while it lives.
    """
    before = opened.store.identity() if opened.store.enrolled() else None
    if before is not None and not again:
        raise Refusal(
            "enrolled_already",
            f"This station is enrolled already, as {before.station} at {before.site}. Start it "
            "without --enrol. To replace its enrolment and keep what it recorded, add --again.",
        )
    # A key of its own for each enrolment: a copy of this folder has the old one, too.
    key = opened.signer if before is None else opened.signer.begin()
    enrolment = ask.enrol(gate, code, key, last_link(opened.store))
    identity = enrolment.identity
    if before is not None and identity.site != before.site:
        raise Refusal(
            "other_site",
            f"This code is of site {identity.site}, and this book is of {before.site}. Nothing was "
            f"changed. Ask for a code: packhouse ledger station add {before.site} {before.station}",
        )
    opened.vault.put_secret(PEPPER, enrolment.pepper)
    opened.vault.put_secret(RECOVERY_KEY, enrolment.recovery_key.encode())
    numbers = Numbers(int(enrolment.numbers.first), enrolment.numbers.count)
    take(opened.store, identity, numbers, _event(identity, before))
    opened.signer.settle(identity.device_key)
    return identity


def _event(identity: Identity, before: Identity | None) -> Callable[[Taken, Position], Operation]:
    """What makes the event of an enrolment, once it is known what came of it."""

    def made(taken: Taken, position: Position) -> Operation:
        evidence: dict[str, str | int] = {"device_key": identity.device_key}
        if before is not None:
            evidence |= {"previous": before.enrolment, "relinked": taken.relinked}
        reason = ENROLLED_AGAIN if taken.again else ENROLLED
        whose = (identity, position)
        return unattended.event_of(whose, SystemClock(), UuidSource(), reason, evidence)

    return made


def introduced(opened: OpenBook) -> str:
    """Who the station is, and four words that a person compares with the ledger's screen."""
    who = opened.store.identity()
    words = fingerprint.words(fingerprint.of(bytes.fromhex(opened.signer.public_key)))
    return (
        f"Enrolled as {who.station} at {who.site}. Device key: {words}. The ledger shows the same "
        "four words: packhouse ledger station list\n"
    )
