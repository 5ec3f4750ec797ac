"""Keys for tests: a vault in a folder, locked by a keyring in memory or by a cheap passphrase."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from keyring.backend import KeyringBackend

from app.keys.keyrings import PinnedKeyring
from app.keys.opening import open_vault
from app.keys.passphrase import Cost
from app.keys.unlocking import Unlock
from app.keys.vault import Vault
from tests.fakes.keyring import MemoryKeyring

# Real guesses cost a quarter of a second; what is tested here does not depend on it.
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "kettle meadow trolley nine"
START = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


class Calendar:
    """Wall time that moves by whole days."""

    def __init__(self) -> None:
        self.today = START

    def __call__(self) -> datetime:
        return self.today

    def pass_days(self, days: int) -> None:
        """Let days pass."""
        self.today += timedelta(days=days)


def by_keyring(backend: KeyringBackend | None = None, limit_s: float = 5.0) -> Unlock:
    """Unlocking with this keyring alone."""
    ring = PinnedKeyring(backend or MemoryKeyring(), limit_s)

    def probed() -> PinnedKeyring:
        ring.probe()
        return ring

    return Unlock(keyring=probed, cost=CHEAP)


def by_passphrase(passphrase: str | None = PASSPHRASE) -> Unlock:
    """Unlocking with a passphrase, on a machine whose keyring must not be asked."""

    def no_keyring() -> PinnedKeyring:
        raise AssertionError("the keyring was asked although there is a passphrase")

    return Unlock(passphrase=lambda: passphrase, keyring=no_keyring, cost=CHEAP)


def passphrase_file(folder: Path) -> Path:
    """A file with the passphrase, as `--passphrase-file` wants it: its owner's alone."""
    path = folder / "passphrase"
    if not path.exists():
        path.touch(0o600)
        path.write_text(PASSPHRASE, encoding="ascii")
    return path


def vault_in(folder: Path, unlock: Unlock, now: Calendar | None = None) -> Vault:
    """The vault of a data folder, made when it is new."""
    return open_vault(folder, folder / "book.db", unlock, now or Calendar())
