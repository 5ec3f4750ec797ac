"""Backup and restore of a ledger on PostgreSQL, with PostgreSQL's own pg_dump and pg_restore.

An archive is one moment of the database (an exported snapshot), and every table is counted in that
moment and again in the finished file. Large installations archive their WAL instead: see
docs/operations.md.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa

from app.errors import Refusal, Trouble
from app.ledger import files, setup
from app.ledger.backup import Backup, Counts, Restored, refuse_existing
from app.ledger.clock import IdSource
from app.ledger.database import Database

# Hours: a book of a hundred million rows. Nobody waits for it but the person who started it.
LIMIT_S = 6 * 3600
_FILE_MODE = 0o600
_COPY = re.compile(rb"^COPY (?:\S+\.)?\"?(\w+)\"? .*FROM stdin;$")
_END = b"\\.\n"


def back_up(database: Database, target: Path) -> Backup:
    """Archive a database, served or not, to a file.

    Args:
        database: On PostgreSQL.
        target: A new file.

    Raises:
        Refusal: `file_exists`.
        Trouble: pg_dump is not there or says no, or the archive does not hold what was counted.
    """
    dump, _ = find_program("pg_dump"), find_program("pg_restore")
    refuse_existing(target)
    part = files.part_of(target)
    try:
        part.touch(mode=_FILE_MODE)
        with database.frozen() as connection:
            snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
            counted = _counts(connection)
            given = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
            run([dump, *given, f"--file={part}"], database.url)
        if _read(part) != counted:
            raise Trouble("The archive does not hold what was counted. Try again.")
        files.put_in_place(part, target)
    except OSError as error:
        raise Trouble(f"{target} cannot be written. Check the disk.", detail=str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(target, target.stat().st_size, counted)


def restore(url: str, source: Path, ids: IdSource) -> Restored:
    """Put an archive into an empty database and begin a new epoch.

    Args:
        url: An empty database.
        source: An archive.
        ids: Makes the epoch.

    Raises:
        Refusal: `no_backup`, or `not_empty`: a ledger is never written over.
        Trouble: pg_restore is not there or says no; the database is empty as before.
    """
    if not source.is_file():
        raise Refusal("no_backup", f"There is no file {source}. Name the archive: --from FILE")
    program = find_program("pg_restore")
    _refuse_full(url)
    given = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    run([program, *given, str(source)], url)
    database = Database(url)
    try:
        with database.read() as connection:
            counts = _counts(connection)
        return Restored(setup.new_epoch(database, ids), counts, None)
    finally:
        database.close()


def find_program(name: str) -> str:
    """One of PostgreSQL's programs.

    Raises:
        Trouble: It is not installed.
    """
    found = shutil.which(name)
    if found is None:
        raise Trouble(
            f"{name} is not installed here. Install PostgreSQL's client programs (Debian: "
            "postgresql-client), or make the backup on the database's own machine."
        )
    return found


def _refuse_full(url: str) -> None:
    engine = sa.create_engine(f"postgresql+psycopg://{url.partition('://')[2]}")
    try:
        with engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
    except sa.exc.DBAPIError as error:
        raise Trouble(
            "The database cannot be opened. Check that it is there and that this account may use "
            "it.",
            detail=str(error.orig),
        ) from error
    finally:
        engine.dispose()
    if tables:
        raise Refusal(
            "not_empty",
            "There are tables in this database, and a ledger is never written over. Make an empty "
            "one (createdb NAME), restore into it, and serve that.",
        )


def _counts(connection: sa.Connection) -> Counts:
    names = sorted(sa.inspect(connection).get_table_names())
    return {
        name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()
        for name in names
    }


def _read(archive: Path) -> Counts:
    """Unpack a whole archive and count its rows; nothing is kept."""
    counts: Counts = {}
    table = ""
    command = [find_program("pg_restore"), "--data-only", "--file=-", str(archive)]
    with subprocess.Popen(  # noqa: S603 - a program found on the PATH, no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as unpacking:
        for line in unpacking.stdout or ():
            if not table:
                begins = _COPY.match(line.rstrip())
                if begins:
                    table = begins[1].decode()
                    counts[table] = 0
            elif line == _END:
                table = ""
            else:
                counts[table] += 1
    if unpacking.returncode:
        raise Trouble("The archive cannot be read again. Try another disk.", detail=str(archive))
    return counts


def run(command: list[str], url: str) -> None:
    """Run one of PostgreSQL's programs on a database.

    Raises:
        Trouble: It says no, in its own words.
    """
    name, environment = _access(url)
    try:
        done = subprocess.run(  # noqa: S603 - a program found on the PATH, no shell
            [*command, f"--dbname={name}"],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Trouble(
            f"{Path(command[0]).name} did not end within {LIMIT_S // 3600} hours. See "
            "docs/operations.md for larger databases."
        ) from error
    if done.returncode:
        raise Trouble(
            f"{Path(command[0]).name} failed: {_last(done.stderr)}. Nothing was changed.",
            detail=done.stderr,
        )


def _access(url: str) -> tuple[str, Mapping[str, str]]:
    """A database in libpq's words, its password where no list of processes shows it."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    known = conninfo_to_dict(f"postgresql://{url.partition('://')[2]}")
    password = known.pop("password", None)
    # The programs need the rest of it: PATH, HOME for certificates and .pgpass, PG… settings.
    environment = dict(os.environ)  # noqa: TID251
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo("", **known), environment


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "it did not say why"
