"""The link to the ledger as one state, from what each thread of the sync met; told on change."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from app.station.inbox import LinkState
from app.station.ports import Desk

log = logging.getLogger(__name__)

# A clock that has moved by less is not worth another line on the screen.
SKEW_STEP_MS = 1_000

# What keeps work from being sent for longer is worse.
_BADNESS = {
    LinkState.ONLINE: 0,
    LinkState.OFFLINE: 1,
    LinkState.UNPROVEN: 2,
    LinkState.TOO_OLD: 3,
    LinkState.REFUSED: 4,
    LinkState.NOT_ENROLLED: 5,
    LinkState.FORKED: 6,
    LinkState.REVOKED: 7,
}
_COME_AND_GO = frozenset({LinkState.ONLINE, LinkState.OFFLINE})


@dataclass(frozen=True, slots=True)
class View:
    """The link as one side sees it.

    Attributes:
        state: Online or why not.
        sentence: For the person; empty when online.
    """

    state: LinkState
    sentence: str = ""

    @property
    def badness(self) -> int:
        """The worse of two is what the station is told."""
        return _BADNESS[self.state]


class Side(StrEnum):
    """The threads of the sync; each has its own view of the link."""

    POST = "sync-post"
    FEED = "sync-feed"


class Link:
    """Joins both views and tells the desk.

    Args:
        desk: Who is told.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        # Posting has no complaint before there is anything to post; the feed always asks.
        self._views = {Side.POST: View(LinkState.ONLINE), Side.FEED: View(LinkState.OFFLINE)}
        self._asked = False
        self._told: View | None = None
        self._told_skew: int | None = None

    def report(self, side: Side, seen: View, skew_ms: int | None) -> bool:
        """One side met the ledger, or did not.

        Returns:
            Whether this side is back: the other one may try again at once.
        """
        with self._lock:
            online = seen.state is LinkState.ONLINE
            back = online and self._views[side].state is not LinkState.ONLINE
            self._views[side] = seen
            self._asked = self._asked or side is Side.FEED or not online
            worst = max(self._views.values(), key=lambda view: view.badness)
            if self._asked and self._worth_telling(worst, skew_ms):
                self._tell(worst, skew_ms)
        return back

    def _worth_telling(self, view: View, skew_ms: int | None) -> bool:
        if self._told is None or view.state is not self._told.state:
            return True
        if view.state not in _COME_AND_GO:
            return view.sentence != self._told.sentence
        if view.state is LinkState.OFFLINE or skew_ms is None:
            return False
        return self._told_skew is None or abs(skew_ms - self._told_skew) >= SKEW_STEP_MS

    def _tell(self, view: View, skew_ms: int | None) -> None:
        before = self._told
        self._told, self._told_skew = view, skew_ms
        if before is None or before.state is not view.state:
            level = logging.INFO if view.state is LinkState.ONLINE else logging.WARNING
            log.log(level, "link to the ledger: %s %s", view.state.value, view.sentence)
        self._desk.link_changed(view.state.value, view.sentence, skew_ms)
