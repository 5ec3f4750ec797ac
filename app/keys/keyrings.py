"""The operating system's keyring, pinned: one known backend for each platform and no other.

`keyring` would let an environment variable or a file in the home folder choose the backend, the
null one or foreign code included. Here the class is chosen by the platform and made directly.
"""

import base64
import secrets
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from app.keys.troubles import KeyState, KeyTrouble
from app.keys.within import LIMIT_S, within
from app.keys.wrapping import KEY_BYTES, new_key

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

# Names under which the keys are filed; an administrator sees them in the keyring's own program.
SERVICE = "packhouse"
_PROBE = "probe"


class PinnedKeyring:
    """A keyring that was chosen here; every call has a limit.

    Args:
        backend: An instance of an allowed class (or of a test's).
        limit_s: Longest wait for one call.
    """

    def __init__(self, backend: "KeyringBackend", limit_s: float = LIMIT_S) -> None:
        self._backend = backend
        self._limit_s = limit_s

    @property
    def name(self) -> str:
        """Recorded in `keys.json`, e.g. `SecretService.Keyring`."""
        kind = type(self._backend)
        return f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}"

    def get(self, name: str) -> bytes | None:
        """A key by its name; None when the keyring does not have it.

        Raises:
            KeyTrouble: Locked, refusing, slow, or what it holds is no key.
        """
        text = self._ask(lambda: self._backend.get_password(SERVICE, name))
        if text is None:
            return None
        try:
            key = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise KeyTrouble(KeyState.LOST, detail="the entry is no key") from error
        if len(key) != KEY_BYTES:
            raise KeyTrouble(KeyState.LOST, detail="the entry is no key")
        return key

    def put(self, name: str, key: bytes) -> None:
        """File a key, and read it back: a keyring that forgets is noticed before it matters.

        Raises:
            KeyTrouble: Locked, refusing, slow or forgetful.
        """
        text = base64.b64encode(key).decode("ascii")
        self._ask(lambda: self._backend.set_password(SERVICE, name, text))
        if self.get(name) != key:
            raise KeyTrouble(KeyState.FORGETS, detail=self.name)

    def remove(self, name: str) -> None:
        """Take a key out; one that is not there is fine.

        Raises:
            KeyTrouble: Locked, refusing or slow.
        """
        if self.get(name) is not None:
            self._ask(lambda: self._backend.delete_password(SERVICE, name))

    def probe(self) -> None:
        """Write, read and delete a throw-away entry.

        Raises:
            KeyTrouble: Which of the states the keyring is in.
        """
        name = f"{_PROBE}-{secrets.token_hex(8)}"
        self.put(name, new_key())
        self.remove(name)

    def _ask(self, task: Callable[[], str | None]) -> str | None:
        return within(lambda: _translated(task), self._limit_s)


def system_keyring(limit_s: float = LIMIT_S) -> PinnedKeyring:
    """The keyring of this session, probed and pinned for the whole process.

    Raises:
        KeyTrouble: There is none, or it does not work; the state says which.
    """
    found = within(_first_viable, limit_s)
    if found is None:
        raise KeyTrouble(KeyState.ABSENT, detail=f"no allowed backend on {sys.platform}")
    import keyring

    # Nothing here asks the module for its choice; should a library do, it gets this one too.
    keyring.set_keyring(found)
    pinned = PinnedKeyring(found, limit_s)
    pinned.probe()
    return pinned


def _first_viable() -> "KeyringBackend | None":
    return next((kind() for kind in _allowed() if kind.viable), None)


def _allowed() -> "Iterator[type[KeyringBackend]]":
    """The only backends a key is given to, the best first."""
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring

        # Else the key would roam with the profile to other machines.
        WinVaultKeyring.persist = "local machine"
        yield WinVaultKeyring
    elif sys.platform == "darwin":
        from keyring.backends.macOS import Keyring

        yield Keyring
    else:
        from keyring.backends import SecretService, kwallet

        yield SecretService.Keyring
        yield kwallet.DBusKeyring


def _translated(task: Callable[[], str | None]) -> str | None:
    """A call of the backend with its errors as states."""
    from keyring import errors

    try:
        return task()
    except errors.NoKeyringError as error:
        raise KeyTrouble(KeyState.ABSENT, detail=str(error)) from error
    except errors.InitError as error:
        raise KeyTrouble(KeyState.LOCKED, detail=str(error)) from error
    except errors.KeyringLocked as error:
        raise KeyTrouble(KeyState.WRONG_PASSWORD, detail=str(error)) from error
    except Exception as error:
        # Backends let errors of D-Bus, ctypes and the kernel through as they are.
        raise KeyTrouble(KeyState.REFUSES, detail=repr(error)) from error
