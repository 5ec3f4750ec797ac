"""The keys of a station and the ledger that keeps them: looked after, and got back when lost.

Composed here, because the keys know no wire and the sync knows no keys.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.cache.keying import opens
from app.clock import SystemClock
from app.contract import fingerprint
from app.contract.messages import RecoveryAnswer, RecoveryAsked
from app.errors import PackhouseError, Trouble
from app.identity import letter
from app.instance import InstanceLock
from app.keys import keyfile
from app.keys.escrow import opened as keys_in
from app.keys.opening import Contents, make_vault
from app.keys.rotation import Custody, KeyCare, Step
from app.keys.troubles import KeyTrouble
from app.keys.unlocking import Unlock
from app.keys.wrapping import new_key
from app.settings import StationSettings
from app.sync.once import asked_once
from app.sync.trouble import Busy

if TYPE_CHECKING:
    from app.opened import OpenBook
    from app.sync.dialling import Dialled

log = logging.getLogger(__name__)

# The link needs a moment after the start; keys are days old before anything is due.
FIRST_LOOK_S = 10.0
LOOK_EVERY_S = 3_600.0
# The ledger was away, or somebody was in the book: soon enough to be done the same day.
RETRY_S = 300.0

# Two administrators may have to be called to their keyboards; whoever waits longer asks again.
RECOVERY_WAIT_S = 30 * 60
# A person waits at the screen; the ledger answers such a question in milliseconds.
POLL_S = 5.0
_APPROVED = "approved"

# Waits so many seconds; false when somebody wants to stop.
Wait = Callable[[float], bool]


class RecoveryDesk(Protocol):
    """The ledger as anyone may ask it."""

    def recovery(self, asked: RecoveryAsked) -> RecoveryAnswer:
        """Ask for lost keys, and how far the administrators are."""
        ...


class KeyWatch:
    """Looks after the keys of a running station, once an hour.

    Args:
        care: What is due, and how it is done.
        done: Told what was done, for the audit.
    """

    def __init__(self, care: KeyCare, done: Callable[[Step], None]) -> None:
        self._care, self._done = care, done

    def run(self, stopping: threading.Event) -> None:
        """Look, until told to stop; on a thread of its own."""
        wait = FIRST_LOOK_S
        while not stopping.wait(wait):
            wait = self.look()

    def look(self) -> float:
        """One look; seconds until the next."""
        try:
            step = self._care.round()
            if step is not Step.NOTHING:
                self._done(step)
        except PackhouseError as error:
            log.info("the keys wait: %s", error)
            return RETRY_S
        return LOOK_EVERY_S


def dial(settings: StationSettings) -> "Dialled":
    """A connection to the ledger of the settings.

    Raises:
        Trouble: There is none, or nobody said whom to believe.
    """
    from app.sync.dialling import Address, Dialled

    if not settings.ledger:
        raise Trouble(
            "No ledger is set. Start with --ledger URL, e.g. --ledger https://ledger:8800."
        )
    own = Path(settings.client_cert) if settings.client_cert else None
    return Dialled(Address(settings.ledger, settings.data_dir, bool(settings.plain_http), own))


@contextmanager
def custody_of(opened: "OpenBook") -> Iterator[Custody]:
    """The ledger as a station that does not run asks it.

    Raises:
        Trouble: It is not enrolled, or there is no ledger.
    """
    from app.sync.http_ledger import HttpLedger
    from app.sync.skew import Skew
    from app.sync.tokens import TokenSource

    identity = opened.store.identity()
    dialled, skew = dial(opened.settings), Skew(SystemClock())
    who, key = identity.enrolment, opened.signer
    tokens = TokenSource(dialled.gate, who, key, skew, audience=identity.ledger_key)
    try:
        yield HttpLedger(dialled.wire, tokens, skew)
    finally:
        dialled.wire.close()


def recover(
    settings: StationSettings,
    unlock: Unlock,
    station: str,
    desk: RecoveryDesk,
    how: tuple[Callable[[str], None], Wait],
) -> None:
    """Get the keys of a station back from the ledger's custody.

    Nothing is changed before the keys are there and open the book. A kill while waiting only means
    asking again; `keys.json` is then replaced whole.

    Args:
        settings: Whose keys.
        unlock: What the keys are locked with from now on.
        station: `SITE/STATION`, for the administrators; needed when `keys.json` is gone.
        desk: The ledger.
        how: Told the four words for the administrators, once; and how to wait.

    Raises:
        KeyTrouble: The letter does not open, or there is nothing to lock the keys with.
        Trouble: Nobody approved in time, or the keys are not those of this book.
    """
    tell, wait = how
    with InstanceLock(settings.data_dir):
        private = new_key()
        public = letter.public_of(private)
        asked = RecoveryAsked(public_key=public, vault=_vault_of(settings), station=station)
        with asked_once():
            first = desk.recovery(asked)
        tell(fingerprint.words(fingerprint.of(bytes.fromhex(public))))
        answer = _approved(desk, asked, first, wait)
        keys = keys_in(answer.sealed, private, answer.vault)
        fitting = _fitting(settings, keys)
        make_vault(settings.data_dir, unlock, _now, fitting, name=answer.vault)
    log.warning("the keys of the book were recovered from the ledger's custody")


def _approved(
    desk: RecoveryDesk, asked: RecoveryAsked, answer: RecoveryAnswer, wait: Wait
) -> RecoveryAnswer:
    waited_s, wait_s = 0.0, POLL_S
    while waited_s < RECOVERY_WAIT_S:
        if answer.state == _APPROVED:
            return answer
        if not wait(wait_s):
            break
        waited_s, wait_s = waited_s + wait_s, POLL_S
        try:
            answer = desk.recovery(asked)
        except Busy as busy:
            wait_s = max(POLL_S, busy.wait_s)
        except Trouble as trouble:
            # Two people are on their way: a line that breaks meanwhile does not send them home.
            log.info("the ledger is asked again for the keys: %s", trouble)
    raise Trouble(
        "Two administrators have not approved yet. Nothing was changed; ask again when they are "
        "there."
    )


def _fitting(settings: StationSettings, keys: tuple[Contents, ...]) -> Contents:
    """The keys that open the book; the newest when there is no book, only its backups."""
    if not settings.book.exists():
        return keys[0]
    fitting = next((one for one in keys if opens(settings.book, one.book)), None)
    if fitting is None:
        raise Trouble(
            "The keys in custody do not open this book. It was not touched: it may be another "
            "station's, or damaged. Move it away and restore the newest backup."
        )
    return fitting


def _vault_of(settings: StationSettings) -> str:
    """Name of the set of keys, as far as `keys.json` can be read."""
    try:
        found = keyfile.read(settings.data_dir)
    except KeyTrouble:
        return ""
    return found.vault if found is not None else ""


def _now() -> datetime:
    return SystemClock().now()
