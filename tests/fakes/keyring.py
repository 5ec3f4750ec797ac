"""Keyrings in memory, in every mood: the fakes of `keyring.backend.KeyringBackend`."""

import threading

from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError
from typing_extensions import override


class MemoryKeyring(KeyringBackend):
    """Keeps everything until it is told to forget.

    Args:
        entries: By service and name; hand the same to another instance to start again.
    """

    def __init__(self, entries: dict[tuple[str, str], str] | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries = {} if entries is None else entries

    @override
    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    @override
    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class OtherKeyring(MemoryKeyring):
    """Works as well, and is another program."""


class ForgetfulKeyring(MemoryKeyring):
    """Takes everything and keeps nothing, as the null backend does."""

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class BrokenKeyring(MemoryKeyring):
    """Answers every call with one error."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    @override
    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class AskingKeyring(MemoryKeyring):
    """Waits for a person who does not come, until `end`."""

    def __init__(self) -> None:
        super().__init__()
        self.end = threading.Event()

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.end.wait(30)


NO_KEYRING = NoKeyringError("No recommended backend was available.")
PROMPT_DISMISSED = InitError("Failed to create the collection: Prompt dismissed..")
WRONG_PASSWORD = KeyringLocked("Failed to unlock the collection!")
