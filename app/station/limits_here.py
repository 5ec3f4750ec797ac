"""The limits of `app.domain.limits`, asked of this station's book: told before anything is sent.

A station knows its own part of the day only; what others adjusted in the same name is known to the
ledger, whose answer counts.
"""

from collections.abc import Sequence

from app.domain import limits
from app.domain.limits import Asker, Change
from app.domain.operation import StockKey
from app.identity.accounts import accounts
from app.station.ports import Work
from app.station.turn import Session, Turn


class Here:
    """What limits ask, answered by the book.

    Args:
        work: The open transaction.
        day: Today, as in `recorded_at`.
    """

    def __init__(self, work: Work, day: str) -> None:
        self._work = work
        self._day = day
        self._words = accounts(work.people())

    def there(self, key: StockKey) -> int:
        """Units at a stock key, pending ones included."""
        rows = self._work.stock_at(key.location)
        return sum(
            row.quantity
            for row in rows
            if StockKey(row.location, row.item, row.lot, row.serial, row.condition) == key
        )

    def cost(self, sku: str) -> int:
        """Value of one unit; 0 when nobody has said."""
        row = self._work.item_by_sku(sku)
        return row.cost if row is not None else 0

    def today(self, person: str, sku: str) -> tuple[int, int]:
        """Units and value adjusted here alone today, by all accounts of a person."""
        same = [account for account, word in self._words.items() if word == person] or [person]
        found = self._work.adjusted_on(self._day, same)
        units = sum(line.quantity for one in found for line in one.lines if line.item == sku)
        return units, units * self.cost(sku)

    def word(self, account: str) -> str:
        """One word for all accounts of a person."""
        return self._words.get(account, account)


def why_waiting(
    turn: Turn, who: Session, moves: Sequence[tuple[StockKey, int]], reason: str
) -> limits.Why | None:
    """Why this person's adjustment will wait, or None."""
    here = Here(turn.work, turn.now[:10])
    asker = Asker(here.word(who.person), who.role, reason)
    return limits.why_waiting(change_of(moves), asker, turn.work.policy(), here)


def change_of(moves: Sequence[tuple[StockKey, int]]) -> Change:
    """What these moves do inside the building."""
    return limits.change_of(moves)
