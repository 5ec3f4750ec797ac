"""Following the stock at every site: promises, tasks for pick locations, reorder alerts.

Looks only where something has happened since the last look that found nothing to do.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

import sqlalchemy as sa

from app.ledger import feed
from app.ledger.clock import Clock
from app.ledger.database import Database
from app.ledger.sites import SiteRef
from app.ledger.tables import threshold

# What depends on time alone, such as a task that may be asked for again, waits this long at most.
LOOK_ANYWAY = timedelta(minutes=10)

# Feed, master data, thresholds: what a look depends on.
State = tuple[int, int, int, str]


class KeepingUp:
    """Follows.

    Args:
        database: The ledger's.
        clock: Decides when to look anyway.
        steps: What is done at a site; each tells how much it did.
    """

    def __init__(
        self, database: Database, clock: Clock, *steps: Callable[[SiteRef], int | None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._steps = steps
        self._still: dict[int, tuple[State, datetime]] = {}
        self._one = Lock()

    def run(self, where: SiteRef) -> int:
        """Do what is to be done at a site; returns how much.

        One at a time: who comes back knows that it is done, whoever of two has done it.
        """
        with self._one:
            return self._run(where)

    def _run(self, where: SiteRef) -> int:
        now, state = self._clock.now(), self._state(where)
        before = self._still.get(where.n)
        if before is not None and before[0] == state and now - before[1] < LOOK_ANYWAY:
            return 0
        count = sum(step(where) or 0 for step in self._steps)
        if count:
            self._still.pop(where.n, None)
        else:
            self._still[where.n] = state, now
        return count

    def _state(self, where: SiteRef) -> State:
        t = threshold.c
        with self._database.read() as connection:
            head, _ = feed.head(connection, where.n)
            master = feed.master_head(connection)
            count, newest = connection.execute(
                sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(t.at), "")).where(
                    t.site_n == where.n
                )
            ).one()
        return head, master, count, newest
