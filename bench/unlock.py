"""How long a person waits after their PIN, and whether the screen waits with them."""

import os
import threading
import time
from collections.abc import Iterator
from queue import SimpleQueue
from statistics import median, quantiles

import msgspec

from app.contract.messages import CredentialRow
from app.identity.userkey import COST, new_key
from app.station.inbox import Unlocked
from app.station.ports import Unlock
from app.station.unlocking import UnlockThread
from bench.rows import Row

TRIES = 60
BADGE, PIN = "PHB-0123456789ABCDEF0123456789ABCDEF", "274951"
# A thread that paints looks at its events so often; it must never come later than 50 ms.
FRAME_S = 0.005


def measure() -> Iterator[Row]:
    """Unlocks of one credential at the real cost, while a second thread ticks like a window."""
    row = _credential()
    answers: SimpleQueue[Unlocked] = SimpleQueue()
    unlocker = UnlockThread(lambda: b"")
    worker = threading.Thread(target=unlocker.run, args=(answers.put,), name="unlocker")
    worker.start()
    done, gaps = threading.Event(), [0.0]
    window = threading.Thread(target=_paint, args=(done, gaps), name="window")
    window.start()
    took = []
    for n in range(TRIES):
        began = time.perf_counter()
        unlocker.ask(Unlock(str(n), row, PIN, BADGE))
        if answers.get().key is None:
            raise AssertionError("the right PIN did not open the key")
        took.append((time.perf_counter() - began) * 1_000)
    done.set()
    window.join()
    unlocker.stop()
    worker.join()
    cost = msgspec.to_builtins(COST)
    yield Row("unlock_p50_ms", median(took), "ms", TRIES, {"argon2id": cost})
    yield Row("unlock_p95_ms", quantiles(took, n=20)[-1], "ms", TRIES, {"argon2id": cost})
    yield Row("unlock_window_stall_ms", max(gaps) * 1_000, "ms", TRIES, {})


def _paint(done: threading.Event, gaps: list[float]) -> None:
    """How late a thread comes that wants to look at its events every few milliseconds."""
    while not done.is_set():
        began = time.perf_counter()
        done.wait(FRAME_S)
        gaps.append(time.perf_counter() - began - FRAME_S)


def _credential() -> CredentialRow:
    locked = new_key(("p-anna", 1), PIN, BADGE, b"", (COST, os.urandom))
    return CredentialRow(
        person="p-anna",
        version=1,
        site="HAM",
        role="clerk",
        public_key=locked.public_key,
        salt=locked.salt,
        memory_kib=COST.memory_kib,
        passes=COST.passes,
        lanes=COST.lanes,
        by_badge=locked.by_badge,
    )
