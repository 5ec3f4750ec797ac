"""How long somebody stays signed in, in monotonic time: idle, all in all, and by badge alone."""

from enum import StrEnum

from app.domain.roles import Permission, may
from app.station.turn import Session

MINUTE_NS = 60_000_000_000
# PCI DSS 8.2.8 and NIST SP 800-63B-4 (AAL3): a quarter of an hour; whoever decides, five minutes.
IDLE_NS = 15 * MINUTE_NS
IDLE_DECIDER_NS = 5 * MINUTE_NS
# NIST SP 800-63B-4 (AAL2): a working day.
LONGEST_NS = 12 * 60 * MINUTE_NS
# A clerk comes back from a break by badge alone within the hour (DESIGN §8).
BADGE_ALONE_NS = 60 * MINUTE_NS


class Why(StrEnum):
    """Why a session is locked."""

    IDLE = "idle"
    LONG = "long"
    SWITCH = "switch"
    RESTART = "restart"
    REVOKED = "revoked"
    RENEWED = "renewed"


# After these a badge alone does not resume.
IN_FULL = frozenset({Why.LONG, Why.RESTART, Why.REVOKED, Why.RENEWED})


def decides(role: str) -> bool:
    """Whether a role is a supervisor's: whoever may decide what others ask for."""
    return may(role, Permission.DECIDE)


def due(session: Session, active_ns: int, now_ns: int) -> Why | None:
    """Why this session ends now, or None.

    Args:
        session: Who is signed in.
        active_ns: When they last scanned or pressed a key.
        now_ns: Now.
    """
    if now_ns - session.since_ns >= LONGEST_NS:
        return Why.LONG
    idle = IDLE_DECIDER_NS if decides(session.role) else IDLE_NS
    return Why.IDLE if now_ns - active_ns >= idle else None


def badge_suffices(role: str, why: Why, locked_ns: int, now_ns: int) -> bool:
    """Whether the person who locked the station resumes by badge alone."""
    return not decides(role) and why not in IN_FULL and now_ns - locked_ns <= BADGE_ALONE_NS
