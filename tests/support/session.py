"""A session with a Secret Service of its own: D-Bus and gnome-keyring, in a home of the test's."""

import os
import shutil
import subprocess
from pathlib import Path

# A session starts in half a second here; a keyring that asks is given up after five seconds.
LIMIT_S = 60
MISSING = [name for name in ("dbus-run-session", "gnome-keyring-daemon") if not shutil.which(name)]
PASSWORD = "login-pw"

_UNLOCKED = (
    'printf %s "$PASSWORD" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; '
)
_RUN = 'exec "$0" "$@"'


def in_session(
    home: Path, *command: str | Path, password: str = PASSWORD
) -> subprocess.CompletedProcess[str]:
    """Run a command in a session of its own; the daemon ends with it.

    Args:
        home: Of the session; its keyrings stay there for the next one.
        command: The program and its arguments.
        password: Unlocks the keyring; empty leaves it to ask, and there is nobody to answer.
    """
    script = (_UNLOCKED if password else "") + _RUN
    # Nothing of this session may be seen from inside, least of all its own bus.
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "PASSWORD": password}
    env |= {"XDG_DATA_HOME": str(home / "data"), "XDG_RUNTIME_DIR": str(home)}
    return subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", script, *map(str, command)],
        env=env,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
