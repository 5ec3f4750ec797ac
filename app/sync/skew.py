"""How far this station's clock is from the ledger's: measured on every answer, used by no decision.

Positive means that the station is ahead. Accurate to the time an answer travels, which is all that
a person needs to see drift (law 9).
"""

from datetime import datetime, timedelta

from app.station.ports import Clock


class Skew:
    """The last measured difference.

    Args:
        clock: The station's.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ms: int | None = None

    def heard(self, ledger_at: str) -> None:
        """The ledger's clock said `ledger_at` just now; what is no time is ignored."""
        try:
            said = datetime.fromisoformat(ledger_at)
            self.ms = (self._clock.now() - said) // timedelta(milliseconds=1)
        except (ValueError, TypeError, OverflowError):
            return

    def ledger_now(self) -> str:
        """What the ledger's clock shows now, as far as we know."""
        now = self._clock.now() - timedelta(milliseconds=self.ms or 0)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
