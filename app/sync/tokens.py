"""Bearer tokens: asked for with the device key's signature, kept until they are nearly old."""

import secrets
import time
from threading import Lock

from app.contract import chain
from app.contract.ledger import Gate
from app.contract.messages import Token, TokenRequest
from app.errors import Refusal
from app.station.ports import Signer
from app.sync import believe_once
from app.sync.newkey import KeyChange
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
        audience: The ledger key the station knows; empty for a station of protocol 1.
        change: Takes a new device key into use, before a request is signed with the old one.
    """

    def __init__(
        self,
        gate: Gate,
        enrolment: str,
        signer: Signer,
        skew: Skew,
        *,
        audience: str = "",
        change: KeyChange | None = None,
    ) -> None:
        self._gate = gate
        self._enrolment = enrolment
        self._signer = signer
        self._skew = skew
        self._audience = audience
        self._change = change
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
        if self._change is not None:
            self._change.settle(self._skew)
        got = self._ask()
        early = min(EARLY_S, got.expires_in_s // 2)
        self._token, self._until = got.token, time.monotonic() + got.expires_in_s - early

    def _ask(self) -> Token:
        try:
            return believe_once.token(self._gate.token(self._request()))
        except Refusal as refusal:
            change = self._change
            if refusal.code != "bad_signature" or change is None or not change.heal(self._skew):
                raise
            return believe_once.token(self._gate.token(self._request()))

    def _request(self) -> TokenRequest:
        nonce, at = secrets.token_hex(32), self._skew.ledger_now()
        message = chain.token_bytes(self._enrolment, nonce, at, self._audience)
        return TokenRequest(
            enrolment=self._enrolment,
            nonce=nonce,
            at=at,
            signature=self._signer.sign(message),
            audience=self._audience,
        )
