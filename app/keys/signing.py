"""The station's device keys at work: sign what the station says, and are never handed out."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.keys.report import Due
from app.keys.vault import Vault


class DeviceSigner:
    """One Ed25519 device key.

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


class DeviceKeys:
    """The device keys of a station: signs with the present one, which may change while it runs.

    Safe to use from any thread: one value is replaced, never changed.

    Args:
        vault: Where they lie.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._present = DeviceSigner(vault.device_seed())

    def sign(self, message: bytes) -> str:
        """Signature of the present key, 128 hex digits."""
        return self._present.sign(message)

    @property
    def public_key(self) -> str:
        """The present public key, 64 hex digits."""
        return self._present.public_key

    @property
    def pending(self) -> DeviceSigner | None:
        """The next key, if one is under way."""
        return _signer(self._vault.pending_device_seed())

    @property
    def former(self) -> DeviceSigner | None:
        """The key before the present one."""
        return _signer(self._vault.former_device_seed())

    @property
    def is_due(self) -> bool:
        """Whether the present key is a year old."""
        return Due.RENEW_DEVICE in self._vault.state.due

    def begin(self) -> DeviceSigner:
        """The next key; made and on disk when there is none yet."""
        return DeviceSigner(self._vault.begin_device_key())

    def promote(self) -> None:
        """The ledger has taken the next key: it is the present one."""
        self._vault.promote_device_key()
        self._present = DeviceSigner(self._vault.device_seed())

    def settle(self, enrolled_with: str) -> None:
        """After a kill between the book and the keys: the key of the book's identity is present."""
        pending = self.pending
        if pending is not None and pending.public_key == enrolled_with:
            self.promote()


def _signer(seed: bytes | None) -> DeviceSigner | None:
    return None if seed is None else DeviceSigner(seed)
