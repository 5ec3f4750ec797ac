"""What an error of the database means: the same once more, or a sentence for whoever waits.

Race: another transaction was in the way; the same work may succeed now. Busy: something was waited
for, as long as it is worth. Lost: the connection broke, and leaves open whether its commit arrived.
Doing the same again is safe in all three, because ids are looked up first and remembered in the
transaction of their effect.
"""

import sqlalchemy as sa

from app.errors import Trouble

# deadlock_detected, serialization_failure, unique_violation
_RACES = frozenset({"40P01", "40001", "23505"})
# lock_not_available; query_canceled (somebody set a statement_timeout, or cancelled by hand)
_BUSY = frozenset({"55P03", "57014"})
# admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, idle_session_timeout,
# idle_in_transaction_session_timeout, too_many_connections
_LOST = frozenset({"57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "53300"})
_CONNECTION_CLASS = "08"
_DISK_FULL = "53100"


def is_race(error: sa.exc.DBAPIError) -> bool:
    """Whether another transaction was in the way, so that the same work may succeed now.

    Never on SQLite: its one writer has the book to itself from BEGIN IMMEDIATE on.
    """
    return _sqlstate(error) in _RACES


def is_busy(error: sa.exc.DBAPIError) -> bool:
    """Whether somebody else held on to what was needed, longer than it is worth to wait."""
    return _sqlstate(error) in _BUSY or "database is locked" in str(error.orig)


def is_lost(error: sa.exc.DBAPIError) -> bool:
    """Whether the connection to the server broke, or none could be made."""
    if error.connection_invalidated:
        return True
    state = _sqlstate(error)
    if state is not None:
        return state in _LOST or state.startswith(_CONNECTION_CLASS)
    # psycopg has no state to tell when it is the line that failed; SQLite never has one.
    return hasattr(error.orig, "sqlstate") and type(error.orig).__name__ == "OperationalError"


def explain(error: sa.exc.DBAPIError | sa.exc.TimeoutError) -> Trouble:
    """What a database error means to the person who waits for an answer."""
    cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    words = str(cause)
    if "disk is full" in words or getattr(cause, "sqlstate", None) == _DISK_FULL:
        say = (
            "The ledger's disk is full. Nothing was changed. Free some space; it goes on by itself."
        )
    elif isinstance(error, sa.exc.DBAPIError) and is_lost(error):
        say = (
            "The connection to the ledger's database broke. Try the same again in a moment; what "
            "was done already is not done twice."
        )
    else:
        say = "The ledger's database is in distress. Nothing was changed. Try again in a moment."
    return Trouble(say, detail=words)


def _sqlstate(error: sa.exc.DBAPIError) -> str | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state
