"""What nobody caught is written down; the secrets it carried are in neither log nor crash file."""

import faulthandler
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import log as logs
from tests.support.leaks import ExpectedLogs
from ui.crash import FILE_NAME, CrashHooks

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
BADGE = "7K2M9QX4TD7K2M9QX4TD7K2M9Q"
PIN = "739204"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.to_file(tmp_path)
    yield tmp_path / "packhouse.log"
    for handler in set(root.handlers) - set(before):
        handler.close()
        root.removeHandler(handler)
    for handler in before:
        root.addHandler(handler)
    root.setLevel(level)


def _fail(secret: str = TOKEN) -> None:
    raise ValueError(f"cannot use Bearer {secret} of PHB-{BADGE}, pin={PIN}")


def test_an_error_nobody_caught_is_told_without_its_secrets(
    log_file: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("Nobody caught this")
    told: list[BaseException] = []
    hooks = CrashHooks(log_file.parent, told.append)
    was_on = faulthandler.is_enabled()
    hooks.install()
    try:
        thread = threading.Thread(target=_fail, name="scanner-1")
        thread.start()
        thread.join()
        try:
            _fail()
        except ValueError as error:
            sys.excepthook(ValueError, error, error.__traceback__)
    finally:
        hooks.remove()
        if was_on:
            faulthandler.enable()

    written = log_file.read_text() + (log_file.parent / FILE_NAME).read_text()
    assert len(told) == 2
    assert written.count("Nobody caught this") == 2
    assert "ValueError: cannot use Bearer ***" in written
    for secret in (TOKEN, BADGE, PIN):
        assert secret not in written


def test_a_crash_of_the_interpreter_writes_where_and_not_what(tmp_path: Path) -> None:
    """The values of variables are in memory; the crash file must not say them."""
    code = (
        "import faulthandler, pathlib, sys\n"
        "from ui.crash import CrashHooks\n"
        "hooks = CrashHooks(pathlib.Path(sys.argv[1]), print)\n"
        "hooks.install()\n"
        "def unlock(token, pin):\n"
        "    faulthandler._sigabrt()\n"
        f"unlock('{TOKEN}', '{PIN}')\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    written = (tmp_path / FILE_NAME).read_text()
    assert done.returncode != 0
    assert "Fatal Python error: Aborted" in written
    assert "in unlock" in written
    assert TOKEN not in written
    assert PIN not in written
