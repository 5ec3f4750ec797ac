"""What is kept and shown of a scan, and whether it is the trigger bouncing."""

from collections.abc import Sequence
from contextlib import suppress

from app.domain.barcode import BADGE_PREFIX, COMMAND_PREFIX, Damage, Damaged
from app.domain.scan import Scan
from app.domain.secrets import badge_hash
from app.domain.text import Text, text
from app.errors import PackhouseError
from app.station.ports import Store
from app.station.screen import Page
from app.station.turn import Fate

# What fits in one line of the scan tape and in a sentence on the panel.
MAX_SHOWN = 120
# The same code again within this time is the trigger bouncing, not a second unit (ux.md rule 7).
DUPLICATE_NS = 300_000_000
# Longer numbers are codes.
QUANTITY_DIGITS = 5
# Name of the keyboard-wedge scanner as a device.
WEDGE = "keyboard"


def presentable(scanned: Scan) -> tuple[bytes, str]:
    """What may be stored and what may be shown: a badge only as its keyed hash (law 1).

    One is a secret in the wrong case, too, and behind another code whose end was lost.
    """
    if BADGE_PREFIX in scanned.text.upper():
        return badge_hash(scanned.text.strip()).encode(), BADGE_PREFIX + "…"
    return scanned.raw, scanned.text[:MAX_SHOWN]


def half_code(scanned: Scan, shown: str) -> Damaged | None:
    """A scan whose suffix never came may be half a code, and that could be another whole one.

    A keyboard wedge may have no suffix at all: there, silence is the end.
    """
    if scanned.terminated or scanned.device == WEDGE:
        return None
    return Damaged(Damage.CUT_OFF, "no suffix came", shown)


# Where a short number typed by hand is a quantity, not a code.
COUNTING = frozenset(
    {
        Page.PACK,
        Page.ADJUST,
        Page.MOVE,
        Page.RECEIVE,
        Page.RETURN,
        Page.PICK,
        Page.COUNT,
        Page.TRANSFER,
    }
)


def is_quantity(typed: str, page: Page) -> bool:
    """Whether what was typed is a quantity on this page: a short number, in Adjust with a sign."""
    digits = typed.lstrip("+-") if page is Page.ADJUST else typed
    return (
        page in COUNTING
        and digits.isdecimal()
        and len(digits) <= QUANTITY_DIGITS
        and len(typed) - len(digits) <= 1
    )


class Tape:
    """The scan tape: raw bytes are durable before they are understood, and every scan has a fate.

    Args:
        store: The book.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open = False

    def take(self, scans: Sequence[Scan], at: str) -> list[tuple[int, Scan, str]]:
        """Journal scans that arrived together in one commit; number, scan and what may be shown.

        Raises:
            Trouble: The book cannot take them.
        """
        taken: list[tuple[int, Scan, str]] = []
        with self._store.begin() as work:
            for scanned in scans:
                raw, shown = presentable(scanned)
                taken.append((work.journal(scanned, raw, shown, at), scanned, shown))
            work.commit()
        self._open = True
        return taken

    def bounced(self, number: int, gap_ms: int) -> Text:
        """The fate of a scan that was the trigger bouncing; its sentence.

        Args:
            number: Of the scan.
            gap_ms: Milliseconds since the same code before.

        Raises:
            Trouble: The book cannot take it.
        """
        why = text("scan.bounce", ms=gap_ms)
        with self._store.begin() as work:
            work.decide(number, Fate.DUPLICATE, why.code, "")
            work.commit()
        return why

    def close(self, at: str) -> None:
        """Scans whose answer the book could not take get their fate as soon as it can (law 1)."""
        if self._open:
            with suppress(PackhouseError), self._store.begin() as work:
                work.interrupt_scans(at)
                work.commit()
                self._open = False


class BounceJudge:
    """The same code from the same device within the window is one pull of the trigger.

    Args:
        window_ns: Length of the window; 0 switches the judgement off.

    Attributes:
        gap_ms: Milliseconds between the last two scans.
    """

    def __init__(self, window_ns: int) -> None:
        self._window_ns = window_ns
        self._last: Scan | None = None
        self.gap_ms = 0

    def is_bounce(self, scanned: Scan) -> bool:
        """Judge a scan, and remember it. Command cards may be repeated at any speed."""
        last, self._last = self._last, scanned
        self.gap_ms = (scanned.at_ns - last.at_ns) // 1_000_000 if last is not None else 0
        return (
            last is not None
            and scanned.text == last.text
            and scanned.device == last.device
            and 0 <= scanned.at_ns - last.at_ns < self._window_ns
            and not scanned.text.upper().startswith(COMMAND_PREFIX)
        )
