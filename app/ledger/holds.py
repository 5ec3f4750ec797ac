"""Legal holds: days nothing may be deleted of, until somebody releases them."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.errors import Refusal
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.tables import legal_hold


@dataclass(frozen=True, slots=True)
class Hold:
    """Days nothing may be deleted of.

    Attributes:
        name: What it is called.
        site_n: Where; 0 for every site.
        first: First day, as in `2026-11-20`.
        last: Last day.
        reason: Why.
    """

    name: str
    site_n: int
    first: str
    last: str
    reason: str

    def covers(self, site_n: int, since: str, day: str) -> bool:
        """Whether it is about what a site did after the day `since`, up to `day`."""
        return self.site_n in {0, site_n} and self.first <= day and self.last > since


class Holds:
    """Adds and releases holds.

    Args:
        database: The ledger's.
        clock: When.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def standing(self) -> list[Hold]:
        """Every hold that was not released."""
        h = legal_hold.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(h.name, h.site_n, h.first_day, h.last_day, h.reason)
                .where(h.released_at == "")
                .order_by(h.name)
            )
            return [Hold(*row) for row in rows]

    def hold(self, wanted: Hold, actor: str) -> None:
        """Keep these days until it is released.

        Raises:
            Refusal: `hold_exists`.
        """
        h = legal_hold.c
        now = stamp(self._clock.now())
        row = (
            wanted.name, wanted.site_n, wanted.first, wanted.last, wanted.reason, actor, now,
            "", "",
        )  # fmt: skip
        with self._database.write() as connection:
            if connection.execute(sa.select(h.name).where(h.name == wanted.name)).first():
                raise Refusal("hold_exists", f"There is a hold {wanted.name}. Name another.")
            self._database.insert(connection, legal_hold, [row])

    def release(self, name: str, actor: str) -> None:
        """End a hold.

        Raises:
            Refusal: `unknown_hold`.
        """
        h = legal_hold.c
        with self._database.write() as connection:
            ended = connection.execute(
                sa.update(legal_hold)
                .where(h.name == name, h.released_at == "")
                .values(released_at=stamp(self._clock.now()), released_by=actor)
            )
        if not ended.rowcount:
            raise Refusal("unknown_hold", f"No hold {name} stands. See: packhouse audit hold list")
