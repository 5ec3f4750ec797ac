"""Which folders are refused and in what words, and who may read what lies in ours."""

import os
import stat
from pathlib import Path

import pytest

from app.errors import Trouble
from app.storage import place
from app.storage.cloud import cloud_of
from app.storage.mounts import (
    Mount,
    from_mount,
    from_mountinfo,
    is_network,
    is_removable,
    mount_of,
    mounts,
)

MOUNTINFO = """\
25 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
60 25 0:50 / /srv/share rw,relatime shared:2 - cifs //files/data rw,vers=3.1.1
61 25 0:51 / /srv/share/inner rw - tmpfs tmpfs rw
62 25 0:52 / /mnt/nas rw - nfs4 nas:/export rw
63 25 0:53 / /mnt/remote rw - fuse.sshfs anna@files: rw
64 25 8:17 / /media/anna/A\\040STICK rw - vfat /dev/sdb1 rw
"""


def table(folder: Path) -> tuple[Mount, ...]:
    return from_mountinfo(MOUNTINFO)


@pytest.fixture(autouse=True)
def _mask_comes_back() -> object:
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/packhouse", "ext4"),
        ("/srv/share/packhouse", "cifs"),
        ("/srv/share/inner/packhouse", "tmpfs"),
        ("/srv/shared", "ext4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/remote/a", "fuse.sshfs"),
        ("/media/anna/A STICK/packhouse", "vfat"),
    ],
)
def test_a_folder_lies_on_the_deepest_mount_above_it(folder: str, kind: str) -> None:
    found = mount_of(Path(folder), table(Path(folder)))

    assert found is not None
    assert found.kind == kind
    assert is_network(found) == (kind in {"cifs", "nfs4", "fuse.sshfs"})


def test_a_mount_over_a_mount_counts() -> None:
    over = (*table(Path("/")), Mount(Path("/"), "nfs4"))

    found = mount_of(Path("/var/lib"), over)

    assert found is not None
    assert found.kind == "nfs4"


def test_the_listing_of_macos_is_understood() -> None:
    listing = (
        "/dev/disk3s5 on / (apfs, sealed, local, read-only)\n"
        "//anna@files/data on /Volumes/my data (smbfs, nodev, nosuid)\n"
    )

    found = from_mount(listing)

    assert [(str(one.point), one.kind) for one in found] == [
        ("/", "apfs"),
        ("/Volumes/my data", "smbfs"),
    ]


def test_this_machine_says_what_a_folder_lies_on(tmp_path: Path) -> None:
    found = mount_of(tmp_path, mounts(tmp_path))

    assert found is not None
    assert not is_network(found)


@pytest.mark.parametrize("network", ["/srv/share/packhouse", "/mnt/nas/p", "/mnt/remote"])
def test_a_network_drive_is_refused_in_one_sentence(network: str) -> None:
    with pytest.raises(Trouble, match="network drive") as refused:
        place.refuse_unsuitable(Path(network), table)

    assert "--data-dir" in refused.value.say


def test_a_stick_is_refused_and_the_card_the_machine_runs_from_is_not(tmp_path: Path) -> None:
    for disk, flag in (("sdb", "1"), ("mmcblk0", "1"), ("sda", "0")):
        part = tmp_path / "disks" / disk / f"{disk}1"
        part.mkdir(parents=True)
        (part.parent / "removable").write_text(f"{flag}\n")
    numbers = tmp_path / "block"
    numbers.mkdir()
    for number, disk in (("8:17", "sdb"), ("179:2", "mmcblk0"), ("8:1", "sda")):
        (numbers / number).symlink_to(tmp_path / "disks" / disk / f"{disk}1")
    root = Mount(Path("/"), "ext4", "179:2")

    assert is_removable(Mount(Path("/media/stick"), "vfat", "8:17"), root, numbers)
    assert not is_removable(root, root, numbers)
    assert is_removable(root, Mount(Path("/"), "ext4", "8:1"), numbers)
    assert not is_removable(Mount(Path("/data"), "ext4", "8:1"), root, numbers)
    assert not is_removable(Mount(Path("/data"), "zfs", "0:44"), root, numbers)


@pytest.mark.parametrize(
    ("folders", "service"),
    [
        ("OneDrive - Kontor GmbH/packhouse", "OneDrive"),
        ("Dropbox (Kontor)/a/b", "Dropbox"),
        ("Google Drive/packhouse", "Google Drive"),
        ("My Drive/p", "Google Drive"),
        ("Library/Mobile Documents/p", "iCloud Drive"),
        ("Library/CloudStorage/Box-Box/p", "a cloud service"),
        ("Nextcloud/packhouse", "Nextcloud"),
        ("dropboxes/p", ""),
        ("onedrive-export/p", ""),
        ("packhouse", ""),
    ],
)
def test_a_cloud_folder_is_known_by_its_name(tmp_path: Path, folders: str, service: str) -> None:
    assert cloud_of(tmp_path / folders) == service


@pytest.mark.parametrize(
    ("mark", "service"),
    [
        (".dropbox", "Dropbox"),
        (".dropbox.cache", "Dropbox"),
        (".sync_5f3a9c.db", "Nextcloud"),
        (".stfolder", "Syncthing"),
        (".tmp.drivedownload", "Google Drive"),
        (".hidden", ""),
    ],
)
def test_a_cloud_folder_is_known_by_what_lies_in_it(
    tmp_path: Path, mark: str, service: str
) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / mark).touch()

    assert cloud_of(tmp_path / "work" / "packhouse") == service


def test_a_folder_copied_by_a_cloud_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "Nextcloud" / "packhouse"

    with pytest.raises(Trouble, match="copied by Nextcloud"):
        place.prepare(folder, table)

    assert not folder.exists()


def test_the_folder_of_another_account_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)

    with pytest.raises(Trouble, match="Packhouse runs under one account") as refused:
        place.prepare(tmp_path, table)

    assert refused.value.say.count(". ") == 1


def test_what_an_earlier_program_left_open_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "packhouse"
    (folder / "log").mkdir(parents=True)
    for name in ("book.db", "log/packhouse.log", "station.toml"):
        (folder / name).touch(0o644)
        (folder / name).chmod(0o644)
    folder.chmod(0o755)

    place.prepare(folder, table)
    (folder / "new").touch()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert modes.pop("log") == 0o700
    assert set(modes.values()) == {0o600}


def test_a_folder_that_is_not_ours_keeps_its_rights(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.touch()
    letter.chmod(0o644)
    tmp_path.chmod(0o755)

    place.prepare(tmp_path, table)

    assert stat.S_IMODE(letter.stat().st_mode) == 0o644
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_file_in_the_place_of_the_folder_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(Trouble, match="cannot be written"):
        place.prepare(tmp_path / "data", table)
