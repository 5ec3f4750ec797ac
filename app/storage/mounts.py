"""What file system a folder lies on: another machine's, or one that can be pulled out.

SQLite's WAL needs memory that is shared on one machine; over a network two programs would each
believe to be alone. A disk that is pulled out takes the book with it.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NETWORK = frozenset(
    {
        "9pfs", "acfs", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "davfs2",
        "fuse.ceph", "fuse.cifs", "fuse.davfs2", "fuse.gcsfuse", "fuse.glusterfs", "fuse.goofys",
        "fuse.mount_webdav", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "fuse.smbnetfs",
        "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs3", "nfs4", "ocfs2", "smb2", "smb3",
        "smbfs", "sshfs", "webdav",
    }
)  # fmt: skip
MOUNTINFO = Path("/proc/self/mountinfo")
BLOCK_DEVICES = Path("/sys/dev/block")
# `mount` answers from the kernel's memory; one that takes longer hangs on a dead server.
MOUNT_S = 5.0
# Answers of GetDriveTypeW.
_WINDOWS_REMOVABLE, _WINDOWS_REMOTE = 2, 4


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system.

    Attributes:
        point: Where.
        kind: Its type as the system names it.
        device: `major:minor` on Linux, else empty.
    """

    point: Path
    kind: str
    device: str = ""


def is_network(mount: Mount) -> bool:
    """Whether another machine keeps the files."""
    return mount.kind in NETWORK


def is_removable(mount: Mount, root: Mount | None, devices: Path = BLOCK_DEVICES) -> bool:
    """Whether the medium can be pulled out while the system stays up, as far as it says so.

    Args:
        mount: Where the folder lies.
        root: Where the system itself lies: a machine that runs from a card may keep a book there.
        devices: Linux's folder of block devices by number.
    """
    if mount.kind == "removable":
        return True
    if not mount.device or (root is not None and mount.device == root.device):
        return False
    # The flag stands at the whole disk; a partition is a folder within it.
    disk = (devices / mount.device).resolve()
    return any(_says_one(place / "removable") for place in (disk, disk.parent))


def mount_of(folder: Path, table: Iterable[Mount]) -> Mount | None:
    """The file system a folder lies on: the deepest one above it, and the latest at that place."""
    real = folder.resolve()
    above = [mount for mount in table if real.is_relative_to(mount.point)]
    deepest = max((len(mount.point.parts) for mount in above), default=0)
    return next((one for one in reversed(above) if len(one.point.parts) == deepest), None)


def mounts(folder: Path) -> tuple[Mount, ...]:
    """The mounted file systems, oldest first; empty where the system does not tell."""
    if sys.platform == "win32":
        return _of_windows(folder)
    if sys.platform == "darwin":
        return from_mount(_said_by_mount())
    try:
        return from_mountinfo(MOUNTINFO.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        return ()


def from_mountinfo(listing: str) -> tuple[Mount, ...]:
    """Linux's table (proc(5), /proc/pid/mountinfo)."""
    found = []
    for line in listing.splitlines():
        left, _, right = line.partition(" - ")
        fields, of_kind = left.split(), right.split()
        if len(fields) >= 5 and of_kind:
            point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4])
            found.append(Mount(Path(point), of_kind[0], fields[2]))
    return tuple(found)


def from_mount(listing: str) -> tuple[Mount, ...]:
    """What `mount` says on macOS: `//files/data on /Volumes/data (smbfs, nodev)`."""
    lines = re.findall(r"^.* on (/.*) \(([a-z0-9_]+)[,)]", listing, re.MULTILINE)
    return tuple(Mount(Path(point), kind) for point, kind in lines)


def _said_by_mount() -> str:
    try:
        done = subprocess.run(
            ["/sbin/mount"], capture_output=True, text=True, timeout=MOUNT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


if sys.platform == "win32":

    def _of_windows(folder: Path) -> tuple[Mount, ...]:
        import ctypes

        anchor = Path(folder.resolve().anchor)
        kind = ctypes.windll.kernel32.GetDriveTypeW(str(anchor))
        if kind == _WINDOWS_REMOTE or str(anchor).startswith("\\\\"):
            return (Mount(anchor, "cifs"),)
        return (Mount(anchor, "removable" if kind == _WINDOWS_REMOVABLE else "fixed"),)


def _says_one(flag: Path) -> bool:
    try:
        return flag.read_text(encoding="ascii").strip() == "1"
    except (OSError, UnicodeDecodeError):
        return False
