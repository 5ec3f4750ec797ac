"""Whether a service copies a folder to other machines while the program writes in it.

Such a service copies half-written files, and puts old ones back: the book would be torn, or travel
back in time.
"""

import re
from contextlib import suppress
from pathlib import Path

# By the name of a folder: "OneDrive - Kontor GmbH", "Dropbox (Kontor)".
_NAMES = {
    "OneDrive": r"onedrive",
    "Dropbox": r"dropbox",
    "Google Drive": r"google ?drive|my drive",
    "iCloud Drive": r"icloud ?drive|mobile documents|com~apple~clouddocs",
    "Nextcloud": r"nextcloud",
    "ownCloud": r"owncloud",
    "a cloud service": r"cloudstorage",
}
# By what the service leaves in the folder it keeps.
_MARKS = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".tmp.drivedownload": "Google Drive",
    ".tmp.driveupload": "Google Drive",
    ".owncloudsync.log": "ownCloud",
    ".nextcloudsync.log": "Nextcloud",
    ".sync_*.db": "Nextcloud",
    "._sync_*.db": "Nextcloud",
    ".stfolder": "Syncthing",
    ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",
}


def cloud_of(folder: Path) -> str:
    """The service that keeps a copy of the folder; empty when none is known to."""
    real = folder.resolve()
    for place in (real, *real.parents):
        service = _by_name(place.name) or _by_mark(place)
        if service:
            return service
    return ""


def _by_name(name: str) -> str:
    for service, pattern in _NAMES.items():
        if re.fullmatch(rf"(?:{pattern})(?: .*)?", name.casefold()):
            return service
    return ""


def _by_mark(place: Path) -> str:
    # A folder above that may not be read says nothing.
    with suppress(OSError):
        for mark, service in _MARKS.items():
            found = next(place.glob(mark), None) if "*" in mark else place / mark
            if found is not None and found.exists():
                return service
    return ""
