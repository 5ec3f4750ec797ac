"""Signing in at a ledger of the version before: by badge alone, or by a PIN that is compared.

Only as long as this book has never held a credential: the first one the ledger sends ends it for
everybody. Such a session has no key, so nothing that needs a signature can be done in it.
"""

from app.domain.secrets import badge_hash, is_pin
from app.domain.text import Text, text
from app.station.turn import Session, Turn


def holds(turn: Turn) -> bool:
    """Whether the ledger has never sent a credential."""
    return not turn.work.credentials()


def by_badge(turn: Turn, secret: str) -> Session | Text:
    """Whose badge this is."""
    found = turn.work.person_by_badge(badge_hash(secret))
    if found is None:
        return text("sign_in.unknown_badge")
    now_ns = turn.around.clock.monotonic_ns()
    return Session(found.person, found.name, found.role, since_ns=now_ns)


def by_pin(turn: Turn, who: str, pin: str) -> Session | Text:
    """Whether this is their PIN; counted like every other try."""
    attempts, now_ns = turn.around.gate.attempts, turn.around.clock.monotonic_ns()
    found = turn.work.person(who)
    if found is None or not attempts.standing(turn.work, who, now_ns).free:
        return text("sign_in.not_now")
    if not found.pin_hash or not is_pin(pin, found.pin_salt, found.pin_hash):
        attempts.raise_for(turn.work, who, turn.now, now_ns)
        turn.after_commit(lambda: attempts.raised(who, now_ns))
        return text("sign_in.not_now")
    attempts.forgive(turn.work, who, turn.now)
    turn.after_commit(lambda: attempts.forgiven(who))
    return Session(found.person, found.name, found.role, since_ns=now_ns)
