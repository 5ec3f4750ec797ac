"""How old the keys are, where they lie, and what is due: for the footer, `doctor` and rotation."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.text import Text, text
from app.keys.keyfile import KeyFile, KeyringLock

# The book key: a reminder, then a rotation as soon as the ledger can take the new key in escrow.
REMIND_AFTER = timedelta(days=80)
ROTATE_AFTER = timedelta(days=90)
# The key-encryption key: rewrapping does not touch the book.
REWRAP_AFTER = timedelta(days=365)
# The device key is renewed with the ledger, or by enrolling anew.
RENEW_DEVICE_AFTER = timedelta(days=365)


class Due(StrEnum):
    """What should be done about the keys, soon or now."""

    ROTATE_SOON = "rotate_soon"
    ROTATE = "rotate"
    REWRAP = "rewrap"
    RENEW_DEVICE = "renew_device"
    ESCROW = "escrow"


@dataclass(frozen=True, slots=True)
class KeyReport:
    """The keys of a station in words and numbers; holds no secret.

    Attributes:
        backend: The keyring that holds the KEK, or `passphrase`.
        version: Of the book key.
        age_days: Of the book key, whole days.
        pending: A rotation was begun and not finished.
        escrowed: The ledger holds these keys.
        due: What should be done, the most urgent first.
    """

    backend: str
    version: int
    age_days: int
    pending: bool
    escrowed: bool
    due: tuple[Due, ...]


def report(content: KeyFile, contents: str, now: datetime) -> KeyReport:
    """What there is to say about a key file.

    Args:
        content: As it is on disk.
        contents: Digest of the keys the ledger should hold.
        now: Aware time; the dates are the wall clock's, so a clock set back only delays.
    """
    age = now - _at(content.active.made_at)
    escrowed = content.escrowed is not None and content.escrowed.contents == contents
    due = {
        Due.ROTATE: age >= ROTATE_AFTER or content.pending is not None,
        Due.ROTATE_SOON: REMIND_AFTER <= age < ROTATE_AFTER,
        Due.ESCROW: not escrowed,
        Due.REWRAP: now - _at(content.lock.made_at) >= REWRAP_AFTER,
        Due.RENEW_DEVICE: now - _at(content.device.made_at) >= RENEW_DEVICE_AFTER,
    }
    lock = content.lock
    return KeyReport(
        backend=lock.backend if isinstance(lock, KeyringLock) else "passphrase",
        version=content.active.version,
        age_days=age.days,
        pending=content.pending is not None,
        escrowed=escrowed,
        due=tuple(one for one, applies in due.items() if applies),
    )


def warning(state: KeyReport) -> Text | None:
    """What the footer says of the keys; nothing while all is well."""
    if Due.ROTATE in state.due:
        return text("keys.rotate", days=state.age_days)
    if Due.ROTATE_SOON in state.due:
        return text("keys.rotate_soon", days=ROTATE_AFTER.days - state.age_days)
    return None


def _at(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
