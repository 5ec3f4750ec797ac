"""Where the key-encryption key comes from: the keyring or a passphrase; never a file in the clear.

The composition root says what there is (`Unlock`); a new folder takes the passphrase if one was
given, else the keyring; an existing folder says itself what it needs.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from app.keys.keyfile import KeyringLock, Lock, PassphraseLock
from app.keys.keyrings import PinnedKeyring, system_keyring
from app.keys.passphrase import DEFAULT_COST, Cost, check_strength, derive, tidy
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.wrapping import check_value, new_key

_SALT_BYTES = 16
_FIRST_ENTRY = 1


def no_passphrase() -> str | None:
    """For stations that are given none."""
    return None


@dataclass(frozen=True, slots=True)
class Unlock:
    """What this start can unlock keys with.

    Attributes:
        passphrase: Gives the passphrase, or None when nobody gave one.
        keyring: Opens the pinned keyring.
        cost: Of a guess at a new passphrase lock.
    """

    passphrase: Callable[[], str | None] = no_passphrase
    keyring: Callable[[], PinnedKeyring] = system_keyring
    cost: Cost = DEFAULT_COST

    def make(self, vault: str, now: str, after: Lock | None = None) -> tuple[Lock, bytes]:
        """A new key-encryption key and the lock that gives it again.

        Args:
            vault: Name of the set of keys.
            now: ISO 8601, UTC.
            after: The lock it takes the place of. A passphrase lock is never replaced by a keyring
                because somebody forgot to give the passphrase.

        Raises:
            KeyTrouble: Neither passphrase nor working keyring, or the passphrase is too short.
        """
        given = self.passphrase()
        if given is None and isinstance(after, PassphraseLock):
            raise KeyTrouble(KeyState.PASSPHRASE_NEEDED)
        if given is not None:
            return self._by_passphrase(tidy(given), now)
        ring = self.keyring()
        kek = new_key()
        entry = after.entry + 1 if isinstance(after, KeyringLock) else _FIRST_ENTRY
        ring.put(_name(vault, entry), kek)
        return KeyringLock(ring.name, entry, check_value(kek), now), kek

    def kek(self, vault: str, lock: Lock) -> bytes:
        """The key-encryption key of a lock.

        Raises:
            KeyTrouble: The state says why not.
        """
        match lock:
            case KeyringLock():
                return self._from_keyring(vault, lock)
            case PassphraseLock():
                return self._from_passphrase(lock)

    def forget(self, vault: str, lock: Lock) -> None:
        """Take a lock out of use that no key is wrapped under any more."""
        if isinstance(lock, KeyringLock):
            self.keyring().remove(_name(vault, lock.entry))

    def _by_passphrase(self, passphrase: str, now: str) -> tuple[Lock, bytes]:
        check_strength(passphrase)
        salt = secrets.token_bytes(_SALT_BYTES)
        kek = derive(passphrase, salt, self.cost)
        cost = self.cost
        lock = PassphraseLock(
            salt.hex(), cost.memory_kib, cost.passes, cost.lanes, check_value(kek), now
        )
        return lock, kek

    def _from_keyring(self, vault: str, lock: KeyringLock) -> bytes:
        ring = self.keyring()
        if ring.name != lock.backend:
            detail = f"made in {lock.backend}, here is {ring.name}"
            raise KeyTrouble(KeyState.CHANGED, detail=detail)
        kek = ring.get(_name(vault, lock.entry))
        if kek is None or check_value(kek) != lock.check:
            raise KeyTrouble(KeyState.LOST, detail=f"{lock.backend}, entry {lock.entry}")
        return kek

    def _from_passphrase(self, lock: PassphraseLock) -> bytes:
        given = self.passphrase()
        if given is None:
            raise KeyTrouble(KeyState.PASSPHRASE_NEEDED)
        try:
            salt = bytes.fromhex(lock.salt)
        except ValueError as error:
            raise KeyTrouble(KeyState.FILE_DAMAGED, detail="salt") from error
        kek = derive(tidy(given), salt, Cost(lock.memory_kib, lock.passes, lock.lanes))
        if check_value(kek) != lock.check:
            raise KeyTrouble(KeyState.PASSPHRASE_WRONG)
        return kek


def _name(vault: str, entry: int) -> str:
    """The keyring entry of a lock."""
    return f"{vault}/{entry}"
