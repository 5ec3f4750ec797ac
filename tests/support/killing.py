"""A piece of work, killed with SIGKILL before any step that touches the disk.

    for step in every_step(lambda: make_a_backup(folder)):
        ...                      # what the kill before this step has left behind

A step is a call of the system or of SQLite that can change what lies on the disk. The work runs in
a fork; the parent must hold no open connection to the files.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, BuiltinMethodType, FrameType
from typing import Any

STEPS = frozenset(
    {
        "backup", "close", "commit", "connect", "execute", "executemany", "fsync", "link", "mkdir",
        "open", "posix_fallocate", "rename", "replace", "rollback", "rmdir", "unlink", "write",
    }
)  # fmt: skip
_FAILED = 3


def killed_before(
    step: int, work: Callable[[], object], prepare: Callable[[], object] | None = None
) -> bool:
    """Run the work and kill it before its step of this number; False when it ended before that.

    What it does to `prepare` itself, in the same process, is no step.
    """
    child = os.fork()
    if child == 0:
        _die_inside(step, work, prepare)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the work failed by itself"
    return False


def every_step(work: Callable[[], object], stride: int = 1) -> Iterator[int]:
    """Kill the work before its first step, its second, … until one run comes to its end."""
    step = 1
    while killed_before(step, work):
        yield step
        step += stride


def _die_inside(
    step: int, work: Callable[[], object], prepare: Callable[[], object] | None
) -> None:
    """The child's whole life."""
    left = step

    def count(_frame: FrameType, kind: str, called: Any) -> None:
        nonlocal left
        if kind == "c_call" and called.__name__ in STEPS and _is_of_disk(called):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    code = _FAILED
    try:
        if prepare is not None:
            prepare()
        sys.setprofile(count)
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - a fork must not go on with the parent's tests
        sys.setprofile(None)
        sys.excepthook(*sys.exc_info())
    finally:
        sys.setprofile(None)
        os._exit(code)


def _is_of_disk(called: BuiltinFunctionType | BuiltinMethodType) -> bool:
    owner = getattr(called, "__self__", None)
    return getattr(owner, "__name__", type(owner).__module__) in {
        "posix", "io", "_io", "sqlite3", "sqlcipher3._sqlite3", "sqlcipher3.dbapi2",
    }  # fmt: skip
