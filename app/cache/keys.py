"""Secrets of a station on disk: the key of the book and the device key, behind one small port.

This store is a file readable by its owner alone. The port is what the operating system's keyring
will fill; nothing else knows where a secret lies.
"""

import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.errors import Trouble

BOOK_KEY = "book"
DEVICE_KEY = "device"
_KEY_BYTES = 32


class SecretStore(Protocol):
    """Keeps 32-byte secrets by name."""

    def secret(self, name: str) -> bytes:
        """The secret called `name`, made at first use."""
        ...


class FileSecretStore:
    """Secrets as files of mode 0600 in a folder of mode 0700.

    Args:
        folder: Where the files lie; created when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def secret(self, name: str) -> bytes:
        """Read the secret, or make it: written under a temporary name, synced, then renamed.

        Raises:
            Trouble: The file is not readable, or not a key.
        """
        path = self._folder / f"{name}.key"
        try:
            if path.exists():
                value = bytes.fromhex(path.read_text(encoding="ascii").strip())
            else:
                value = self._make(path)
        except (OSError, ValueError) as error:
            raise Trouble(
                f"The key file {path.name} in {path.parent} cannot be read. "
                "Restore it from the backup of this station, or enrol the station anew.",
                detail=str(error),
            ) from error
        if len(value) != _KEY_BYTES:
            raise Trouble(
                f"The key file {path.name} in {path.parent} is damaged. "
                "Restore it from the backup of this station, or enrol the station anew."
            )
        return value

    def _make(self, path: Path) -> bytes:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        value = secrets.token_bytes(_KEY_BYTES)
        temporary = path.with_suffix(".new")
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, value.hex().encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.rename(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return value


class DeviceSigner:
    """The station's Ed25519 device key.

    Args:
        seed: 32 bytes from a `SecretStore`.
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
