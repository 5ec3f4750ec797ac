"""The link to the ledger as one state, from what each thread of the sync met; told on change."""

import logging
from enum import StrEnum
from threading import Lock

from app.station.inbox import LinkState
from app.station.ports import Desk

log = logging.getLogger(__name__)

# A clock that has moved by less is not worth another line on the screen.
SKEW_STEP_MS = 1_000

# The worse of two is what the station is told.
_BADNESS = {
    LinkState.ONLINE: 0,
    LinkState.OFFLINE: 1,
    LinkState.TOO_OLD: 2,
    LinkState.REFUSED: 3,
}


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
        self._views = {Side.POST: (LinkState.ONLINE, ""), Side.FEED: (LinkState.OFFLINE, "")}
        self._asked = False
        self._told: tuple[LinkState, str] | None = None
        self._told_skew: int | None = None

    def report(self, side: Side, state: LinkState, sentence: str, skew_ms: int | None) -> bool:
        """One side met the ledger, or did not.

        Returns:
            Whether this side is back: the other one may try again at once.
        """
        with self._lock:
            back = state is LinkState.ONLINE and self._views[side][0] is not LinkState.ONLINE
            self._views[side] = (state, sentence)
            self._asked = self._asked or side is Side.FEED or state is not LinkState.ONLINE
            worst = max(self._views.values(), key=lambda view: _BADNESS[view[0]])
            if self._asked and self._worth_telling(worst, skew_ms):
                self._tell(worst, skew_ms)
        return back

    def _worth_telling(self, view: tuple[LinkState, str], skew_ms: int | None) -> bool:
        if self._told is None or view[0] is not self._told[0]:
            return True
        if view[0] in {LinkState.REFUSED, LinkState.TOO_OLD}:
            return view[1] != self._told[1]
        if view[0] is LinkState.OFFLINE or skew_ms is None:
            return False
        return self._told_skew is None or abs(skew_ms - self._told_skew) >= SKEW_STEP_MS

    def _tell(self, view: tuple[LinkState, str], skew_ms: int | None) -> None:
        state, sentence = view
        before = self._told
        self._told, self._told_skew = view, skew_ms
        if before is None or before[0] is not state:
            level = logging.INFO if state is LinkState.ONLINE else logging.WARNING
            log.log(level, "link to the ledger: %s %s", state.value, sentence)
        self._desk.link_changed(state.value, sentence, skew_ms)
