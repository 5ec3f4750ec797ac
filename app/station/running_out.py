"""What runs out next at this station, and when: said days ahead, never as a surprise.

Signing in lasts as long as the ledger was heard lately; somebody's own access may end before; what
a supervisor may approve without a link lasts as long as their grant.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.text import Text, text
from app.station.inbox import LinkState
from app.station.ports import Work
from app.station.trusted import TrustedTime, moment
from app.station.turn import Session

# Early enough for the office to do something about it, also over a weekend.
AHEAD = timedelta(days=5)
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that runs out.

    Attributes:
        what: Key in the catalogue's table `running_out`, without the unit.
        until: When.
    """

    what: str
    until: datetime


def endings(
    work: Work, trusted: TrustedTime, session: Session | None, link: LinkState
) -> tuple[Ending, ...]:
    """Everything that runs out, the next first.

    Args:
        work: Where to read.
        trusted: The time that counts.
        session: Who is signed in; their own access and grant are looked at.
        link: While there is one, what the ledger renews by itself does not run out.
    """
    found: list[Ending] = []
    rows = work.credentials()
    policy = work.policy()
    if rows and link is not LinkState.ONLINE:
        heard = max(trusted.signed, *(moment(row.issued_at) for row in rows))
        found.append(Ending("sign_in", heard + timedelta(days=policy.credential_days)))
    if session is not None:
        own = next((row for row in rows if row.person == session.person), None)
        if own is not None and own.not_after:
            found.append(Ending("own", moment(own.not_after)))
        held = work.grants(session.person)
        if held and link is not LinkState.ONLINE:
            carried = moment(held[0].grant.expires_at) + timedelta(days=policy.grant_days)
            found.append(Ending("grant", carried))
    return tuple(sorted(found, key=lambda one: one.until))


def said(ending: Ending, now: datetime) -> Text | None:
    """The sentence of the footer, or None while it is far off."""
    left = ending.until - now
    if left > AHEAD:
        return None
    if left <= timedelta():
        return text(f"running_out.{ending.what}_over")
    if left < _DAY:
        return text(f"running_out.{ending.what}_hours", n=-(-left // _HOUR))
    return text(f"running_out.{ending.what}_days", n=left // _DAY)
