"""What a data folder remembers of its database, beside it: put back by hand, it is noticed.

Every start of a server makes up a name, written into the database and into the folder's mark. A
database that does not know the mark's name, or whose feeds do not reach as far as the mark saw
them, is an older one or another one. Nothing is served from it until somebody says that it was
meant. Copies of the whole folder cannot be noticed here; stations' chains notice those.
"""

from pathlib import Path

import msgspec
import sqlalchemy as sa

from app.contract.codec import UNREADABLE
from app.errors import Trouble
from app.ledger import files
from app.ledger.clock import IdSource
from app.ledger.database import FILE_NAME, Database
from app.ledger.tables import feed, meta, site_feed

MARK_NAME = "ledger.mark"
_RUN = "run"


class Mark(msgspec.Struct, frozen=True):
    """The mark.

    Attributes:
        runs: Names the database may know; two only while one is being replaced.
        feeds: Number of the last row each site's feed was seen to have, and the chain there.
    """

    runs: tuple[str, ...]
    feeds: dict[int, tuple[int, str]]


def refuse_missing(folder: Path) -> None:
    """A folder that had a ledger does not silently get an empty one.

    Raises:
        Trouble: The mark is there and the database is not.
    """
    if (folder / MARK_NAME).exists() and not (folder / FILE_NAME).exists():
        raise Trouble(
            f"The ledger's database is gone from {folder}. Put {FILE_NAME} back, or restore a "
            "backup: packhouse ledger restore --from FILE"
        )


def refuse_another(folder: Path, database: Database) -> None:
    """Compare a folder's database with its mark.

    Raises:
        Trouble: It is not the database this folder had.
    """
    mark = read(folder)
    if mark is None:
        return
    with database.read() as connection:
        known = _run(connection) in mark.runs and all(
            _reaches(connection, site_n, seq, chain) for site_n, (seq, chain) in mark.feeds.items()
        )
    if not known:
        raise Trouble(
            f"The database in {folder} is not the one that was last served from there: it was "
            "restored or exchanged. If that was meant, run `packhouse ledger restored`, so that "
            "the stations send again what it has not seen. If not, put the right one back."
        )


def begin(folder: Path, database: Database, ids: IdSource) -> None:
    """A server starts, or a restored database was accepted; killed half-way, both names do."""
    name = ids.new_id()
    with database.read() as connection:
        before = _run(connection)
    _write(folder, Mark((before, name), {}))
    with database.write() as connection:
        connection.execute(sa.delete(meta).where(meta.c.name == _RUN))
        connection.execute(sa.insert(meta).values(name=_RUN, value=name))
    note(folder, database)


def note(folder: Path, database: Database) -> None:
    """Remember how far the feeds are: at start, at the end, with every backup."""
    with database.read() as connection:
        rows = connection.execute(sa.select(site_feed.c.site_n, site_feed.c.seq, site_feed.c.chain))
        mark = Mark((_run(connection),), {row[0]: (row[1], row[2]) for row in rows})
    _write(folder, mark)


def _run(connection: sa.Connection) -> str:
    found = connection.execute(sa.select(meta.c.value).where(meta.c.name == _RUN))
    return str(found.scalar_one_or_none() or "")


def _reaches(connection: sa.Connection, site_n: int, seq: int, chain: str) -> bool:
    if not seq:
        return True
    there = sa.select(feed.c.chain).where(feed.c.site_n == site_n, feed.c.seq == seq)
    return connection.execute(there).scalar_one_or_none() == chain


def read(folder: Path) -> Mark | None:
    """What a folder remembers; None when it has no mark yet.

    Raises:
        Trouble: The mark is damaged.
    """
    path = folder / MARK_NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Mark)
    except FileNotFoundError:
        return None
    except UNREADABLE as error:
        raise Trouble(
            f"{path} cannot be read. Run `packhouse ledger restored`: it is then made anew.",
            detail=str(error),
        ) from error


def _write(folder: Path, mark: Mark) -> None:
    files.write(folder / MARK_NAME, msgspec.json.encode(mark))
