"""Which lines of documents were counted since somebody looked, so that thousands are read once.

A log in the writer's memory (TEMP; nothing of it is in the file), kept by triggers on the two
tables of counts: whoever writes them is noted, and what is rolled back was never noted. For a board
that stays on a screen; who looks once reads the tables.
"""

from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, text

from app.station.documents import Mark

# Lines noted at most: four long papers. Who looks again after more is told to read everything.
KEPT: Final = 20_000
# Changed lines that are asked for by number; when more have changed, everything is read.
MOST_LINES: Final = 500
# Under this a pooled connection remembers which log is its own; no two logs have the same number.
LOG: Final = "counted_anew"
_logs = count(1)
_NOTE = """CREATE TEMP TRIGGER note_{table}_{event} AFTER {event} ON main.{table} BEGIN
  INSERT INTO counted_anew (kind, document, line)
    VALUES ({row}.kind, {row}.document, {row}.line);
  DELETE FROM counted_anew WHERE at <= last_insert_rowid() - {kept};
END"""
_ROWS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
_ENDS = text("SELECT (SELECT min(at) FROM counted_anew), (SELECT max(at) FROM counted_anew)")
_LINES = text(
    "SELECT DISTINCT line FROM counted_anew"
    " WHERE at > :at AND kind = :kind AND document = :document LIMIT :most"
)


def install(cursor: Any, remembered: dict[Any, Any]) -> None:
    """Begin a log on a new connection of the writer; a file without the tables gets none.

    Args:
        cursor: Of the bare connection, outside any transaction.
        remembered: What the pool remembers of that connection.
    """
    there = "SELECT count(*) FROM main.sqlite_master WHERE name IN ('tally', 'pending_tally')"
    if cursor.execute(there).fetchone()[0] < 2:
        return
    cursor.execute(
        "CREATE TEMP TABLE counted_anew (at INTEGER PRIMARY KEY, kind TEXT, document TEXT,"
        " line INTEGER)"
    )
    for table in ("tally", "pending_tally"):
        for event, row in _ROWS.items():
            cursor.execute(_NOTE.format(table=table, event=event, row=row, kept=KEPT))
    remembered[LOG] = next(_logs)


def since(
    connection: Connection, kind: str, number: str, mark: Mark | None
) -> tuple[Mark | None, frozenset[int] | None]:
    """Lines of a document whose counts were written after `mark`, and the mark of now.

    Returns:
        None for the lines when everything must be read; None for the mark where there is no log.
    """
    log = connection.info.get(LOG)
    if log is None:
        return None, None
    first, last = connection.execute(_ENDS).one()
    now = Mark(log, last or 0)
    if mark is None or mark.log != log or not (first or 1) <= mark.at + 1 <= now.at + 1:
        return now, None
    about = {"at": mark.at, "kind": kind, "document": number, "most": MOST_LINES + 1}
    lines = frozenset(connection.execute(_LINES, about).scalars())
    return now, (lines if len(lines) <= MOST_LINES else None)
