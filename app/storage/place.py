"""The data folder: its owner's alone, on a disk of this machine, of one account.

There is no option to use an unsuitable folder all the same: what would be lost is other people's
work, and it is lost days later.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from app.errors import Trouble
from app.storage.cloud import cloud_of
from app.storage.mounts import Mount, is_network, is_removable, mount_of, mounts

FOLDER_MODE = 0o700
FILE_MODE = 0o600
# Group and others: none of them may read what lies here.
_OTHERS = 0o077
# A folder with one of these is ours, and its rights may be narrowed.
_OURS = ("book.db", "keys.json", "station.toml", "lock", "ledger.sqlite", "keys")
_ELSEWHERE = "Choose a folder on a disk of this machine with --data-dir."

Mounts = Callable[[Path], tuple[Mount, ...]]


def private() -> None:
    """From now on, whatever this process makes can be read by its own account alone."""
    os.umask(_OTHERS)


def prepare(folder: Path, table: Mounts = mounts) -> None:
    """Make the data folder, or look whether it may be used; narrow the rights of what lies in it.

    Args:
        folder: The data folder.
        table: Gives the mounted file systems.

    Raises:
        Trouble: It cannot be used; the sentence says why and what to do.
    """
    private()
    refuse_unsuitable(folder, table)
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        narrow(folder)
    except OSError as error:
        raise Trouble(
            f"The data folder {folder} cannot be written. Check its rights, or choose another "
            "one with --data-dir.",
            detail=str(error),
        ) from error


def refuse_unsuitable(folder: Path, table: Mounts = mounts) -> None:
    """Refuse folders of other machines, of cloud services, on sticks, and of other accounts.

    Raises:
        Trouble: One of these.
    """
    known = table(folder)
    mount = mount_of(folder, known)
    if mount is not None and is_network(mount):
        raise Trouble(
            f"The data folder {folder} lies on a network drive ({mount.kind}), where a book can be "
            f"torn. {_ELSEWHERE}"
        )
    if mount is not None and is_removable(mount, mount_of(Path(folder.anchor or "/"), known)):
        raise Trouble(
            f"The data folder {folder} lies on a disk that can be pulled out. {_ELSEWHERE}"
        )
    if service := cloud_of(folder):
        raise Trouble(
            f"The data folder {folder} is copied by {service}, which tears a book. {_ELSEWHERE}"
        )
    owner = strange_owner(folder)
    if owner:
        raise Trouble(
            f"The data folder {folder} belongs to the account {owner}. Packhouse runs under one "
            f"account there: log in as {owner}, or choose another folder with --data-dir."
        )


def strange_owner(folder: Path) -> str:
    """The account the folder belongs to, when it is another one than ours; else empty."""
    if sys.platform == "win32":
        return ""  # A folder of the profile is closed to other accounts by its own rights.
    try:
        owner = folder.stat().st_uid
    except OSError:
        return ""
    return "" if owner == os.geteuid() else _name_of(owner)


def is_open_to_others(path: Path) -> bool:
    """Whether another account may read or write it."""
    if sys.platform == "win32" or path.is_symlink():
        return False
    return bool(path.stat().st_mode & _OTHERS)


def narrow(folder: Path) -> None:
    """Take from others what an earlier program left open to them; of our own folders only."""
    entries = list(folder.iterdir())
    if entries and not any(entry.name in _OURS for entry in entries):
        return
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        mode = path.stat().st_mode
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS & 0o7777)


def _name_of(uid: int) -> str:
    if sys.platform == "win32":
        return str(uid)
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"
