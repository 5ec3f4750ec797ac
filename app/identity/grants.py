"""What a grant allows at a station without a link, and how it is carried on from day to day.

A grant runs until it expires. While the link stays down it is carried on, a day at a time, by badge
and PIN, for as many days as the site's policy says, at half its limits; each day has the count of
the first. How far it was carried is worked out from the time of the decision, never claimed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.contract.messages import Grant

Why = tuple[str, str]

NO_LIMIT = -1
# On days a grant is carried on, its limits are divided by this (DESIGN §4: lower offline limits).
CARRIED_SHARE = 2
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Presented:
    """A grant that a decision was made on, as whoever checks knows it.

    Attributes:
        grant: What the ledger gave; None when it gave none of this name.
        word: One word for all accounts of the person it was given to.
        days: How many days it may be carried on.
        used: Decisions made on it, by the day it was carried on (0 while it runs).
        ended: Whether it was taken back.
    """

    grant: Grant | None
    word: str = ""
    days: int = 0
    used: tuple[tuple[int, int], ...] = ()
    ended: bool = False

    def over(self, quantity: int, value: int, at: str) -> str:
        """Why this much is over the grant's limits, as a part of a sentence; empty when not."""
        if self.grant is None:
            return ""
        carried = day_of(self.grant, at) > 0
        most = _limit(self.grant.max_quantity, carried=carried)
        if most != NO_LIMIT and quantity > most:
            return f"{quantity} units, and the grant allows {most}"
        most = _limit(self.grant.max_value, carried=carried)
        if most != NO_LIMIT and value > most:
            return f"worth {value}, and the grant allows {most}"
        return ""


def day_of(grant: Grant, at: str) -> int:
    """0 while a grant runs, n on the nth day it is carried on."""
    late = _moment(at) - _moment(grant.expires_at)
    return 0 if late <= timedelta() else -(-late // _DAY)


def why_not_granted(shown: Presented, word: str, where: tuple[str, str], at: str) -> Why | None:
    """Why a grant does not hold for a decision, or None.

    Args:
        shown: The grant.
        word: One word for who decides.
        where: Site and enrolment of the station.
        at: When it was decided.
    """
    grant = shown.grant
    if grant is None:
        return "unknown_grant", "The ledger has given no grant of this name. Decide it again."
    site, enrolment = where
    day = day_of(grant, at)
    if shown.word != word:
        why = ("grant_of_another_person", "This grant is another person's. Use your own.")
    elif grant.site != site:
        why = ("grant_of_another_site", "This grant is for another site. Ask for one here.")
    elif grant.enrolment != enrolment:
        why = ("grant_of_another_station", "This grant is for another station. Ask for one here.")
    elif shown.ended:
        why = ("grant_ended", "This grant was taken back. Decide it again with a link.")
    elif day > shown.days:
        why = ("grant_expired", "This grant has run out. Decide it again with a link.")
    elif grant.max_count != NO_LIMIT and dict(shown.used).get(day, 0) >= grant.max_count:
        why = ("grant_used_up", "This grant is used up for the day. Decide it again with a link.")
    else:
        return None
    return why


def _limit(most: int, *, carried: bool) -> int:
    return most // CARRIED_SHARE if carried and most != NO_LIMIT else most


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)
