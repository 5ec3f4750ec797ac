"""Tells scans of a keyboard-wedge scanner from a person's typing, by the gaps between keys.

Pure: characters and their event times in, decisions out. The window holds keys back until it is
told what they were: the oldest `taken` belong to a scan, the next `typed` to the person.
"""

from dataclasses import dataclass

from app.devices.protocols.line_scanner import LIMIT, split_aim
from app.domain.scan import Scan

MS = 1_000_000
# Scanners send a key every 1 to 20 ms; the fastest typists stay above 50 ms between two keys.
GAP_NS = 35 * MS
# Four keys in a row at that pace are no person; from then on a hiccup of the bus is forgiven.
MIN_LENGTH = 4
SILENCE_NS = 60 * MS
# A slow scanner's suffix may come when silence has ended its code already; no person is as fast.
LATE_SUFFIX_NS = 150 * MS
ENDS = "\r\n\t"
GS = "\x1d"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the held keys were.

    Attributes:
        scan: A finished scan, or None.
        taken: So many of the oldest held keys are used up and must reach nobody.
        typed: So many after those were typed by a person.
        wait_ms: Ask again (`silence`) if nothing comes for so long; 0 when nothing is held.
    """

    scan: Scan | None = None
    taken: int = 0
    typed: int = 0
    wait_ms: int = 0


class WedgeDecoder:
    """The decoder of one keyboard.

    Args:
        device: Name to put on scans.
        prefix: Character the scanner is set up to send first, if any; with it even one character
            is a scan, and it is not part of the text.
        separators: What this scanner types for GS besides the character itself, e.g. `^]`.
    """

    def __init__(
        self, device: str = "keyboard", prefix: str = "", separators: tuple[str, ...] = ()
    ) -> None:
        self._device = device
        self._prefix = prefix
        self._separators = separators
        self._run: list[str] = []
        self._last_ns = 0
        self._suffix_until_ns: int | None = None

    def key(self, character: str, at_ns: int) -> Decision:
        """One character was typed; CR, LF, TAB and GS among them."""
        gap_ns = at_ns - self._last_ns
        scan, taken, typed = None, 0, 0
        if self._run and gap_ns > self._patience_ns:
            due_ns = self._last_ns + self._patience_ns
            scan, taken, typed = self._end(due_ns, terminated=False)
        self._last_ns = at_ns
        if character in ENDS:
            if scan is not None or not self._run:
                follows = self._follows(at_ns)
                return Decision(scan, taken + int(follows), typed + int(not follows))
            scan, taken, typed = self._end(at_ns, terminated=True, end=character)
            return Decision(scan, taken, typed)
        self._suffix_until_ns = None
        self._run.append(character)
        if len(self._run) > LIMIT:
            # No symbol is so long: a stuck key or a program, not a scan.
            typed += len(self._run)
            self._run.clear()
        return Decision(scan, taken, typed, self._patience_ns // MS if self._run else 0)

    def silence(self, at_ns: int) -> Decision:
        """Nothing came for a while, or the window cannot wait: decide about everything held."""
        scan, taken, typed = self._end(at_ns, terminated=False)
        return Decision(scan, taken, typed)

    @property
    def _is_scan(self) -> bool:
        if self._prefix and self._run[:1] == [self._prefix]:
            return len(self._run) > 1
        return len(self._run) >= MIN_LENGTH

    @property
    def _patience_ns(self) -> int:
        prefixed = bool(self._prefix) and self._run[:1] == [self._prefix]
        return SILENCE_NS if prefixed or len(self._run) >= MIN_LENGTH else GAP_NS

    def _follows(self, at_ns: int) -> bool:
        """A suffix right behind a scan, and the LF behind its CR, are the scanner's too."""
        until_ns, self._suffix_until_ns = self._suffix_until_ns, None
        if until_ns is None or at_ns > until_ns:
            return False
        self._suffix_until_ns = at_ns + GAP_NS
        return True

    def _end(self, at_ns: int, *, terminated: bool, end: str = "") -> tuple[Scan | None, int, int]:
        """The run is over: the scan it was, keys it took, keys that were typed."""
        run, is_scan = "".join(self._run), self._is_scan
        self._run.clear()
        if not is_scan:
            return None, 0, len(run) + len(end)
        self._suffix_until_ns = at_ns + (GAP_NS if terminated else LATE_SUFFIX_NS)
        text, aim = split_aim(run.removeprefix(self._prefix))
        for separator in self._separators:
            text = text.replace(separator, GS)
        scan = Scan(
            raw=(run + end).encode("utf-8", "surrogatepass"),
            text=text,
            aim=aim,
            device=self._device,
            terminated=terminated,
            at_ns=at_ns,
        )
        return scan, len(run) + len(end), 0
