"""Every way a key can be out of reach, each with one sentence for the person."""

from enum import StrEnum

from app.errors import Trouble


class KeyState(StrEnum):
    """Why the keys cannot be used. Stable words: the log, the window and `packhouse doctor`."""

    ABSENT = "absent"
    LOCKED = "locked"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a state
    SLOW = "slow"
    FORGETS = "forgets"
    REFUSES = "refuses"
    CHANGED = "changed"
    LOST = "lost"
    PASSPHRASE_NEEDED = "passphrase_needed"  # noqa: S105 - the name of a state
    PASSPHRASE_WRONG = "passphrase_wrong"  # noqa: S105 - the name of a state
    PASSPHRASE_WEAK = "passphrase_weak"  # noqa: S105 - the name of a state
    FILE_GONE = "file_gone"
    FILE_DAMAGED = "file_damaged"
    FILE_NEWER = "file_newer"
    STRANGE_PLAINTEXT = "strange_plaintext"


_RECOVER = "or get the keys back with `packhouse keys recover`"
SENTENCES = {
    KeyState.ABSENT: (
        "This machine has no keyring to keep the key of the book in. Start with "
        "--passphrase-file FILE, or log in to a session with a keyring; nothing was written."
    ),
    KeyState.LOCKED: (
        "The keyring is locked. Unlock it by logging in to this account, then start again, "
        "or start with --passphrase-file FILE if this station was made so."
    ),
    KeyState.WRONG_PASSWORD: (
        "The keyring did not open: its password is another one than the account's. Unlock it with "
        f"its own password, then start again, {_RECOVER}."
    ),
    KeyState.SLOW: (
        "The keyring did not answer in time. Look for a password question behind other windows, "
        "then start again."
    ),
    KeyState.FORGETS: (
        "The keyring does not keep what is put into it. Repair it, or start with "
        "--passphrase-file FILE; nothing was written."
    ),
    KeyState.REFUSES: (
        f"The keyring refused. Log out of this account and in again, then start again, {_RECOVER}."
    ),
    KeyState.CHANGED: (
        "The key of this station lies in another keyring than this session offers. Log in to the "
        f"desktop it was made in, {_RECOVER}."
    ),
    KeyState.LOST: (
        "The keyring no longer holds the key of this station. Log in to the account it was made "
        f"in, {_RECOVER}; the book is untouched."
    ),
    KeyState.PASSPHRASE_NEEDED: (
        "This station opens with a passphrase. Start with --passphrase-file FILE, or give it as "
        "the systemd credential packhouse.passphrase."
    ),
    KeyState.PASSPHRASE_WRONG: (
        f"The passphrase is not the one of this station. Try again, {_RECOVER}."
    ),
    KeyState.PASSPHRASE_WEAK: (
        "The passphrase is too short. Use 12 characters or more, better four words."
    ),
    KeyState.FILE_GONE: (
        "There is a book here but no keys.json. Put keys.json back from the backup of this "
        f"station, {_RECOVER}; the book is untouched."
    ),
    KeyState.FILE_DAMAGED: (
        "The file keys.json is damaged. Put it back from the backup of this station, "
        f"{_RECOVER}; the book is untouched."
    ),
    KeyState.FILE_NEWER: (
        "The file keys.json was written by a newer Packhouse than this one. Nothing was changed; "
        "install the newer program again."
    ),
    KeyState.STRANGE_PLAINTEXT: (
        "The folder keys holds key files of another station. Move them to a safe place, then "
        "start again."
    ),
}


class KeyTrouble(Trouble):
    """A key is out of reach.

    Args:
        state: Which way.
        detail: For the log; never a secret.
    """

    def __init__(self, state: KeyState, *, detail: str = "") -> None:
        super().__init__(SENTENCES[state], detail=detail)
        self.state = state
