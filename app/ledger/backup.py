"""Backup and restore of an embedded ledger; PostgreSQL's are in `app.ledger.archive`.

A backup is copied through SQLite while the ledger is served, opened and counted before it gets its
name. It carries a mark that keeps a ledger from being served from it: restoring takes the mark away
and begins a new epoch in the same step, before the file is put in place.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlite

from app.errors import Refusal, Trouble
from app.ledger import files, setup
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import FILE_NAME, Database

# What SQLite keeps beside a database; belongs to that database and to no other.
_BESIDE = ("-wal", "-shm", "-journal")
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600

# Each must find nothing in a sound ledger.
INVARIANTS = {
    "a feed with a hole": (
        "SELECT f.site_n FROM site_feed f WHERE f.seq <> "
        "(SELECT count(*) FROM feed r WHERE r.site_n = f.site_n AND r.seq BETWEEN 1 AND f.seq)"
    ),
    "a feed whose chain ends elsewhere": (
        "SELECT f.site_n FROM site_feed f JOIN feed r ON r.site_n = f.site_n AND r.seq = f.seq "
        "WHERE r.chain <> f.chain"
    ),
    "a balance that is not the sum of its postings": (
        "SELECT b.stock FROM balance b LEFT JOIN "
        "(SELECT stock, sum(quantity) AS moved FROM posting GROUP BY stock) p USING (stock) "
        "WHERE b.quantity <> coalesce(p.moved, 0)"
    ),
}

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was opened and counted.

    Attributes:
        path: Where it lies.
        size: Bytes.
        counts: Rows by table.
    """

    path: Path
    size: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Restored:
    """A ledger that was put back.

    Attributes:
        epoch: The new one.
        counts: Rows by table.
        aside: Where the files lie that were in its place, if there were any.
    """

    epoch: str
    counts: Counts
    aside: Path | None


def back_up(folder: Path, target: Path, clock: Clock) -> Backup:
    """Copy the ledger of a folder, served or not, to a file.

    Args:
        folder: Its data folder.
        target: A new file.
        clock: Marks the copy.

    Raises:
        Refusal: `no_ledger`, `file_exists`.
        Trouble: It cannot be written, or the ledger itself is damaged.
    """
    source = folder / FILE_NAME
    if not source.is_file():
        raise Refusal("no_ledger", f"There is no ledger in {folder}. Name its folder: --data-dir")
    refuse_existing(target)
    part = files.part_of(target)
    with _words_for(target), _no_remains(part):
        part.unlink(missing_ok=True)
        part.touch(mode=_FILE_MODE)
        counted = _copy(source, part, stamp(clock.now()))
        if _inspect(part) != counted:
            raise Trouble("The copy does not hold what was copied. Try again.", detail=str(part))
        files.put_in_place(part, target)
    return Backup(target, target.stat().st_size, counted)


def restore(folder: Path, source: Path, clock: Clock, ids: IdSource) -> Restored:
    """Put a backup in the place of a folder's ledger and begin a new epoch.

    What lay there is moved aside with its journals, never written over. The caller holds the
    folder's lock.

    Args:
        folder: Its data folder; may be empty.
        source: A backup; stays as it is.
        clock: Names the folder for what is moved aside.
        ids: Makes the epoch.

    Raises:
        Refusal: `no_backup`.
        Trouble: The backup is damaged, of a newer program, or cannot be written here.
    """
    if not source.is_file():
        raise Refusal("no_backup", f"There is no file {source}. Name the backup: --from FILE")
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    target = folder / FILE_NAME
    part = files.part_of(target)
    with _words_for(source), _no_remains(part):
        part.unlink(missing_ok=True)
        part.touch(mode=_FILE_MODE)
        _copy(source, part, "")
        counts = _inspect(part)
        epoch = _begin_epoch(part, ids)
        _plain_journal(part)
        aside = _move_aside(folder, stamp(clock.now()))
        files.put_in_place(part, target)
    return Restored(epoch, counts, aside)


def refuse_existing(target: Path) -> None:
    """A backup never writes over another.

    Raises:
        Refusal: `file_exists`.
    """
    if target.exists():
        raise Refusal("file_exists", f"{target} exists already. Choose another name for --to.")


def _copy(source: Path, part: Path, marked: str) -> Counts:
    """Copy one moment of a database; rows by table at that moment."""
    with closing(_open(source)) as old, closing(_open(part)) as new:
        old.execute("PRAGMA query_only = ON").fetchall()
        old.execute("BEGIN")
        counts = _counts(old)
        old.backup(new)
        old.execute("ROLLBACK")
        if marked:
            new.execute(
                "INSERT INTO meta (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (setup.BACKUP, marked),
            )
            counts = _counts(new)
        new.execute("PRAGMA journal_mode = DELETE").fetchall()
    return counts


def _inspect(path: Path) -> Counts:
    """Open a copy and count it.

    Raises:
        Trouble: It is damaged, or its books do not add up.
    """
    with closing(_open(path)) as copy:
        said = [row[0] for row in copy.execute("PRAGMA integrity_check")]
        wrong = said if said != ["ok"] else []
        for what, question in INVARIANTS.items():
            if not wrong and copy.execute(question).fetchone() is not None:
                wrong = [what]
        if wrong:
            raise Trouble(
                f"{path.name} is damaged and was not used. Take another backup.", detail=wrong[0]
            )
        return _counts(copy)


def _counts(connection: Any) -> Counts:
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' "
        "ESCAPE '~' ORDER BY name"
    )
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in tables.fetchall()
    }


def _begin_epoch(path: Path, ids: IdSource) -> str:
    database = Database(f"sqlite:///{path}")
    try:
        return setup.new_epoch(database, ids)
    finally:
        database.close()


def _plain_journal(path: Path) -> None:
    """Fold everything into the one file, so that it can be renamed."""
    with closing(_open(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()


def _move_aside(folder: Path, now: str) -> Path | None:
    """Move a database away together with its journals: beside another one they would destroy it."""
    old = [folder / f"{FILE_NAME}{end}" for end in ("", *_BESIDE)]
    there = [path for path in old if path.exists()]
    if not there:
        return None
    aside = folder / f"replaced-{now.replace(':', '')}"
    aside.mkdir(mode=_FOLDER_MODE)
    # The journals first: a database without its journal is older, not broken.
    for path in reversed(there):
        path.rename(aside / path.name)
    files.sync(folder)
    return aside


def _open(path: Path) -> Any:
    return sqlite.connect(str(path), isolation_level=None)


@contextmanager
def _no_remains(part: Path) -> Iterator[None]:
    """Nothing half-made stays when it does not come to its end."""
    try:
        yield
    finally:
        for end in ("", *_BESIDE):
            part.with_name(part.name + end).unlink(missing_ok=True)


@contextmanager
def _words_for(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite.DatabaseError as error:
        raise Trouble(
            f"{path.name} is not a ledger that can be read, or the disk is full. Nothing was "
            "changed.",
            detail=str(error),
        ) from error
    except OSError as error:
        raise Trouble(
            f"{path} cannot be written or read. Nothing was changed. Check disk and rights.",
            detail=str(error),
        ) from error
