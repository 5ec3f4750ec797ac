"""Rotation of the book key and custody of the keys, one small step a round.

The order is what makes it safe: the next key is on disk, then with the ledger, and only then does
the book get it. Whatever machine or keyring is lost at whatever moment, one of the keys in custody
opens the book.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from app.contract.escrow import EscrowPut, EscrowTaken
from app.keys.escrow import seal_for
from app.keys.keyfile import KeyringLock
from app.keys.report import Due
from app.keys.unlocking import Unlock, no_passphrase
from app.keys.vault import Vault

log = logging.getLogger(__name__)


class Custody(Protocol):
    """The ledger as it keeps keys."""

    def escrow(self, put: EscrowPut) -> EscrowTaken:
        """Hand keys over, or ask what to seal them to.

        Raises:
            PackhouseError: It cannot be reached, or does not take them.
        """
        ...


class Step(StrEnum):
    """What a round did, as the audit names it."""

    NOTHING = "nothing"
    ESCROWED = "keys_escrowed"
    ROTATED = "book_key_rotated"
    REWRAPPED = "keys_rewrapped"


class KeyCare:
    """Looks after the keys of a running station.

    Args:
        vault: Its keys.
        custody: The ledger.
        rekey: Gives the book another key; old and new one. Nothing else may use the book meanwhile.
        unlock: Gives a keyring lock a new key once a year; None leaves that to a person. A
            passphrase is in people's heads, so only they can change it.
    """

    def __init__(
        self,
        vault: Vault,
        custody: Custody,
        rekey: Callable[[bytes, bytes], None],
        unlock: Unlock | None = None,
    ) -> None:
        self._vault, self._custody, self._rekey = vault, custody, rekey
        self._unlock = unlock and replace(unlock, passphrase=no_passphrase)

    def round(self, *, rotate: bool = False) -> Step:
        """Do what is due, as far as the ledger can be reached.

        Args:
            rotate: Rotate the book key although it is not old enough: somebody asked.

        Raises:
            PackhouseError: Ledger or disk was in the way; the next round goes on from there.
        """
        if self._is_lock_old() and self._unlock is not None:
            self._vault.rewrap(self._unlock)
            return Step.REWRAPPED
        # Asked first: without a ledger there is no custody, and without custody no rotation.
        recovery_key = self._custody.escrow(EscrowPut(vault=self._vault.name)).recovery_key
        if rotate or Due.ROTATE in self._vault.state.due:
            self._vault.begin_rotation()
        handed_over = self._hand_over(recovery_key)
        if self._vault.state.pending:
            self._rotate()
            self._hand_over(recovery_key)
            return Step.ROTATED
        return Step.ESCROWED if handed_over else Step.NOTHING

    def _is_lock_old(self) -> bool:
        lock = self._vault.content.lock
        return isinstance(lock, KeyringLock) and Due.REWRAP in self._vault.state.due

    def _hand_over(self, recovery_key: str) -> bool:
        """Give the ledger the keys it does not have; whether there was anything to give."""
        if not recovery_key:
            # Nobody set up recovery: said by `packhouse doctor` and the footer, not by failing.
            return False
        before = self._vault.content.escrowed
        if self._vault.state.escrowed and before and before.recovery_key == recovery_key:
            return False
        if before and before.recovery_key != recovery_key:
            log.warning("the ledger has another recovery key: the keys are handed over anew")
        contents = self._vault.custody()
        sealed = seal_for(self._vault, recovery_key)
        put = EscrowPut(vault=self._vault.name, recovery_key=recovery_key, sealed=sealed)
        if not self._custody.escrow(put).taken:
            return False
        self._vault.remember_escrow(contents, recovery_key)
        return True

    def _rotate(self) -> None:
        old, *rest = self._vault.book_keys()
        self._rekey(old, rest[0])
        self._vault.promote()
        log.info("the book has a new key, version %s", self._vault.content.active.version)
