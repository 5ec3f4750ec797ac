"""Who is signed in, kept in the book: a crash does not sign anyone out of an open job."""

from dataclasses import replace

import msgspec

from app.station.ports import Work
from app.station.turn import Session, Turn

SESSION_NOTE = "session"


def load_session(work: Work) -> Session | None:
    """Who was signed in when the station stopped."""
    value = work.note(SESSION_NOTE)
    return None if value is None else msgspec.json.decode(value, type=Session)


def save_session(turn: Turn) -> None:
    """The person stays signed in over a crash, so that the open job resumes to the unit."""
    who = turn.session
    if who != turn.around.session:
        # The key stays in memory: a note is read again after a restart.
        plain = replace(who, key=None, since_ns=0) if who else None
        turn.work.set_note(SESSION_NOTE, msgspec.json.encode(plain).decode() if plain else None)
