"""The ledger as the process that IT starts, and what a process costs: CPU time and memory."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PACKHOUSE = (sys.executable, "-m", "ui")
ROOT = Path(__file__).resolve().parents[1]
STOP_S = 30.0


class LedgerProcess:
    """`packhouse ledger serve` while the `with` block lasts.

    Args:
        place: The flags that name its database.
        tls: Folder of its certificates, to speak https; TLS is off without.
    """

    def __init__(self, *place: str, tls: Path | None = None) -> None:
        self.ca = str(tls / "ca.pem") if tls else ""
        secure = ["--tls", "--tls-dir", str(tls)] if tls else []
        self.process = subprocess.Popen(
            [*PACKHOUSE, "ledger", "serve", "--port", "0", *place, *secure],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        if not said.startswith("listening on "):
            self.stop()
            raise RuntimeError(f"the ledger did not come up: {said!r}")
        self.url = said.removeprefix("listening on ").strip()

    @property
    def cpu_s(self) -> float:
        """Seconds of processor time it has used."""
        return cpu_s(self.process.pid)

    def stop(self) -> None:
        """End it and wait for it."""
        self.process.terminate()
        self.process.wait(STOP_S)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def cpu_s(pid: int, *, with_ended: bool = False) -> float:
    """User and system time of a process so far; on wish with that of its ended children."""
    fields = _stat(pid)[11 : 15 if with_ended else 13]
    return sum(map(int, fields)) / os.sysconf("SC_CLK_TCK")


def parent(pid: int) -> int:
    """Whose child a process is."""
    return int(_stat(pid)[1])


def children(pid: int) -> list[int]:
    """The processes a process has started and that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile
            if parent(int(folder.name)) == pid:
                found.append(int(folder.name))
    return found


def children_cpu_s(pid: int) -> float:
    """Processor time of a process, of what it has started, and of what of that has ended."""
    used = 0.0
    for child in children(pid):
        with contextlib.suppress(OSError):  # ended since it was listed: counted with the ended ones
            used += cpu_s(child)
    return used + cpu_s(pid, with_ended=True)


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()


def rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Neighbours:
    """What other programs take of the processors while something is measured.

    A figure taken on a busy machine says less; the share is told beside it. Counted are all
    processes and what the host takes away ("steal"), less the ones named.
    """

    def __init__(self) -> None:
        self._begun, self._busy = time.monotonic(), _busy_s()

    def percent(self, own_s: float) -> float:
        """Share of all processors since the beginning; `own_s` is what the measured ones used."""
        span = (time.monotonic() - self._begun) * (os.cpu_count() or 1)
        return round(max(0.0, 100 * (_busy_s() - self._busy - own_s) / span), 1)


def _busy_s() -> float:
    first = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0].split()[1:9]
    user, nice, system, _idle, _waiting, *rest = map(int, first)
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")
