"""The station's device key at work: signs what the station says, and is never handed out."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class DeviceSigner:
    """The station's Ed25519 device key.

    Args:
        seed: 32 bytes from the vault.
    """

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def sign(self, message: bytes) -> str:
        """Signature as 128 hex digits."""
        return self._key.sign(message).hex()

    @property
    def public_key(self) -> str:
        """Public key as 64 hex digits."""
        return self._key.public_key().public_bytes_raw().hex()
