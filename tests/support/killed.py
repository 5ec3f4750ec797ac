"""A task in a process of its own that is killed: at a chosen file operation, or after a while.

Forked, so that a hundred kills take seconds. The child never returns into the test.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

# What changes a folder and is seen by an audit hook. SQLite's own writes are not: kill by time.
_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"})


def killed_at(operation: int, folder: Path, task: Callable[[], object]) -> bool:
    """Run a task and kill it before its n-th file operation below a folder.

    Returns:
        Whether it was killed; false when it ended before.
    """
    child = os.fork()
    if child == 0:
        _count_down(operation, str(folder))
        _run(task)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def killed_after(seconds: float, task: Callable[[Callable[[], None]], object]) -> bool:
    """Run a task and kill it some seconds after it called what it is given: that it began.

    Returns:
        Whether it was killed; false when it ended before.
    """
    ready, begin = os.pipe()
    child = os.fork()
    if child == 0:

        def began() -> None:
            os.write(begin, b"!")

        _run(lambda: task(began))
    os.read(ready, 1)
    threading.Event().wait(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(ready)
    os.close(begin)
    return os.WIFSIGNALED(status)


def _count_down(operation: int, folder: str) -> None:
    left = [operation]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in _EVENTS or not str(arguments[0]).startswith(folder):
            return
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def _run(task: Callable[[], object]) -> None:
    code = 1
    try:
        task()
        code = 0
    finally:
        os._exit(code)
