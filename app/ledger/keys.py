"""The ledger's own Ed25519 key: signs high-water marks, and stands for the ledger's own enrolments.

It is made at first start and lies in the database, because that is what all processes of one ledger
share and what a restore must bring back. Whoever can read the database can sign as the ledger.
"""

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class LedgerKey:
    """A signing key.

    Args:
        private: 32 bytes.
    """

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()

    def derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for another purpose: comes back with every restore of this one."""
        return hmac.new(self._key.private_bytes_raw(), purpose.encode(), sha256).digest()

    def sign(self, message: bytes) -> str:
        """Signature, 128 hex digits."""
        return self._key.sign(message).hex()
