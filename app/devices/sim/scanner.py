"""A simulated scanner: says a code as a real one would, AIM identifier and suffix included."""

from pathlib import Path

from app.devices.sim.faults import Faults
from app.devices.sim.pty_link import PtyLink


class SimScanner:
    """A scanner on a pseudo-terminal.

    Args:
        link: Where the symbolic link to it is put.
        faults: What happens to its bytes.
        suffix: What ends a scan.
    """

    def __init__(self, link: Path, faults: Faults | None = None, suffix: bytes = b"\r\n") -> None:
        self.line = PtyLink(link, faults=faults)
        self._suffix = suffix

    def scan(self, code: str, aim: str | None = None, suffix: bytes | None = None) -> None:
        """Pull the trigger on `code`."""
        ended = self._suffix if suffix is None else suffix
        self.line.send((aim or "").encode("ascii") + code.encode("utf-8") + ended)

    def close(self) -> None:
        """End it."""
        self.line.close()
