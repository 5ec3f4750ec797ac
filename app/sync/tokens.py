"""Bearer tokens: asked for with the device key's signature, kept until they are nearly old."""

import secrets
import time
from collections.abc import Callable
from threading import Lock

from app.contract import chain
from app.contract.ledger import Gate
from app.contract.messages import TokenRequest
from app.station.ports import Signer
from app.sync.skew import Skew

# A token is renewed this long before it ends, so that none ends between two hops.
EARLY_S = 60


class TokenSource:
    """Hands out the current token, shared by the threads of the sync.

    Args:
        gate: Where tokens come from.
        enrolment: Who asks.
        signer: The device key.
        skew: The ledger's clock, by which a request must be fresh.
        nonce: A new 256-bit number in hex, never given twice.
    """

    def __init__(
        self,
        gate: Gate,
        enrolment: str,
        signer: Signer,
        skew: Skew,
        nonce: Callable[[], str] = lambda: secrets.token_hex(32),
    ) -> None:
        self._gate = gate
        self._enrolment = enrolment
        self._signer = signer
        self._skew = skew
        self._nonce = nonce
        self._lock = Lock()
        self._token = ""
        self._until = 0.0

    def current(self) -> str:
        """A token that is still good for a while.

        Raises:
            Refusal: The ledger knows no such station, or has revoked it.
            Trouble: It could not be asked.
        """
        with self._lock:
            if not self._token or time.monotonic() >= self._until:
                self._renew()
            return self._token

    def forget(self, token: str) -> None:
        """The ledger did not take `token`; another thread may have a newer one already."""
        with self._lock:
            if self._token == token:
                self._token = ""

    def _renew(self) -> None:
        # The ledger's clock first: a station whose own clock is wrong must still be let in.
        self._skew.heard(self._gate.hello().at)
        nonce, at = self._nonce(), self._skew.ledger_now()
        signature = self._signer.sign(chain.token_bytes(self._enrolment, nonce, at))
        got = self._gate.token(
            TokenRequest(enrolment=self._enrolment, nonce=nonce, at=at, signature=signature)
        )
        early = min(EARLY_S, got.expires_in_s // 2)
        self._token, self._until = got.token, time.monotonic() + got.expires_in_s - early
