"""What tests write goes into memory where there is room for it: no commit waits for a disk.

Nobody reads it afterwards, and no test pulls the plug of the machine it runs on: power cuts are
played by `tests.support.power_cut`, and a killed process loses nothing it wrote, to disk or not.
What passed is removed at once. `PYTEST_DEBUG_TEMPROOT=/var/tmp pytest ...` uses another place.
"""

import os
import shutil
from pathlib import Path

PLACE = Path("/dev/shm")
# A few times what a full run holds at a time; containers often have 64 MB there.
ROOM_BYTES = 4 << 30
_CHOSEN = "PYTEST_DEBUG_TEMPROOT"


def into_memory() -> None:
    """Let pytest, and the workers it starts, keep their folders in memory."""
    if not os.access(PLACE, os.W_OK) or shutil.disk_usage(PLACE).free < ROOM_BYTES:
        return
    os.environ.setdefault(_CHOSEN, str(PLACE))


def folder() -> Path:
    """Where to make folders that are not a test's own."""
    return Path(os.environ.get(_CHOSEN, "/tmp"))
