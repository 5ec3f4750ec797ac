"""How late the ledger's event loop is: the first sign that more is asked than it can answer.

An overloaded ledger that goes on taking questions answers each of them too late: stations give up,
come again, and make it later still. Who only asks for news is told to come back instead, before
anything is read; what was recorded is always taken. Before it comes to that, questions are held for
less long than stations asked for, so that the answer still comes within their patience.
"""

import asyncio
from itertools import cycle

# Looked at so often; a look that comes late is the measure.
EVERY_S = 0.2
# Of one look so much counts: one long pause is no overload, two seconds of them are.
WEIGHT = 0.2
# A loop this late on average is late by a second at times, and stations are patient for one and a
# half; a healthy one is late by a few hundredths.
LATE_S = 0.2
# Seconds until who was turned away comes again, in turn, so that they do not come together. The
# longest is a fifth of the longest wait a station chooses by itself (`app.sync.backoff`).
RETRY_AFTER_S = (2, 3, 4, 5, 6)
# The worst look is forgotten by so much with each one after it: halved within a second.
FORGETS = 0.85


class Lateness:
    """Notes how much later than asked for the loop wakes up."""

    def __init__(self) -> None:
        self._late_s = 0.0
        self._worst_s = 0.0
        self._looks = False
        self._waits = cycle(RETRY_AFTER_S)

    def begin(self) -> None:
        """Look from now on; does nothing when it does already. On the loop."""
        if not self._looks:
            self._looks = True
            self._next(asyncio.get_running_loop())

    def note(self, late_s: float) -> None:
        """A look came this much later than it should have."""
        late_s = max(0.0, late_s)
        self._late_s += (late_s - self._late_s) * WEIGHT
        self._worst_s = max(late_s, self._worst_s * FORGETS)

    def shorter(self, wait_s: float) -> float:
        """How long a question may be held that is to be answered within so many seconds.

        It has waited for the loop once before anybody saw it, and will once more.
        """
        return max(0.0, wait_s - 2 * self._worst_s)

    def turn_away_s(self) -> int:
        """Seconds after which who only asks may come again; 0 when all are welcome."""
        return next(self._waits) if self._late_s > LATE_S else 0

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.call_later(EVERY_S, self._look, loop, loop.time() + EVERY_S)

    def _look(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        self.note(loop.time() - due)
        self._next(loop)
