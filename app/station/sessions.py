"""Whose station this is, kept in the book: after a crash their open job waits for them.

Nobody is signed in after a start. The note only says who may go on, after badge and PIN.
"""

from dataclasses import replace

import msgspec

from app.station.ports import Work
from app.station.turn import Session, Turn

SESSION_NOTE = "session"


def load_session(work: Work) -> Session | None:
    """Who was signed in, or had locked the station, when it stopped."""
    value = work.note(SESSION_NOTE)
    return None if value is None else msgspec.json.decode(value, type=Session)


def save_session(turn: Turn, who: Session | None) -> None:
    """Keep who it is; never the key: a note is read again after a restart."""
    plain = replace(who, key=None, since_ns=0) if who is not None else None
    value = msgspec.json.encode(plain).decode() if plain is not None else None
    if value != turn.work.note(SESSION_NOTE):
        turn.work.set_note(SESSION_NOTE, value)
