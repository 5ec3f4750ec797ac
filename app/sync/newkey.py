"""A new device key for the old one, without a call that fails: both keys sign, the ledger first.

The next key lies on disk before the ledger hears of it, and the old one stays until the ledger has
answered. Killed anywhere, the same request is made again and told the same.
"""

import logging
import secrets
from collections.abc import Callable
from typing import Protocol

from app.contract import chain
from app.contract.ledger import KeyGate
from app.contract.messages import NewKeyRequest
from app.errors import Refusal
from app.sync import believe_once
from app.sync.skew import Skew

log = logging.getLogger(__name__)


class Key(Protocol):
    """One device key."""

    @property
    def public_key(self) -> str: ...
    def sign(self, message: bytes) -> str: ...


class Keys(Key, Protocol):
    """The device keys of a station; signs with the present one."""

    @property
    def pending(self) -> Key | None: ...
    @property
    def former(self) -> Key | None: ...
    @property
    def is_due(self) -> bool: ...
    def begin(self) -> Key: ...
    def promote(self) -> None: ...


class KeyChange:
    """Changes the device key; called where no request that needs a signature is under way.

    Args:
        gate: The ledger.
        enrolment: Whose key.
        keys: The keys.
        head: Number of the last operation recorded; what was signed up to there stays good.
        changed: Told the new public key, once it is the present one.
    """

    def __init__(
        self,
        gate: KeyGate,
        enrolment: str,
        keys: Keys,
        head: Callable[[], int],
        changed: Callable[[str], None],
    ) -> None:
        self._gate = gate
        self._enrolment = enrolment
        self._keys = keys
        self._head = head
        self._changed = changed

    def settle(self, skew: Skew) -> None:
        """Take the next key into use if one is under way, or if the present one is a year old.

        A ledger that refuses it is no reason not to work: the present key stays.

        Raises:
            Trouble: The ledger could not be asked; it is asked again.
        """
        pending = self._keys.pending or (self._keys.begin() if self._keys.is_due else None)
        if pending is None:
            return
        try:
            self._ask(self._keys, pending, skew)
        except Refusal as refusal:
            log.warning("the ledger did not take the new device key: %s", refusal)
            return
        self._keys.promote()
        self._changed(pending.public_key)

    def heal(self, skew: Skew) -> bool:
        """The ledger does not know the present key: one that was restored may know the former.

        Returns:
            Whether it knows the present one now.

        Raises:
            Trouble: The ledger could not be asked; it is asked again.
        """
        former = self._keys.former
        if former is None:
            return False
        try:
            self._ask(former, self._keys, skew)
        except Refusal:
            return False
        log.info("the ledger has forgotten the present device key and was told it again")
        return True

    def _ask(self, old: Key, new: Key, skew: Skew) -> None:
        seq, nonce, at = self._head(), secrets.token_hex(32), skew.ledger_now()
        message = chain.new_key_bytes(self._enrolment, new.public_key, seq, nonce, at)
        request = NewKeyRequest(
            enrolment=self._enrolment,
            public_key=new.public_key,
            seq=seq,
            nonce=nonce,
            at=at,
            signature=old.sign(message),
            proof=new.sign(message),
        )
        believe_once.new_key(request, self._gate.new_key(request))
