"""A PostgreSQL server of one's own, for tests and benches: made, started, stopped and removed here.

Durable as a real one (fsync and synchronous_commit stay on), reachable only through a socket in a
private folder. Not for production, and not for data anyone wants to keep.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

import psycopg
from psycopg import sql

from app.errors import Trouble

# Above what one ledger with several workers and a bench's own look-ups open at a time.
MAX_CONNECTIONS = 50
# Making and starting an empty server takes two seconds; a busy two-core machine has needed fifteen.
START_LIMIT_S = 60
STOP_LIMIT_S = 30
# PostgreSQL refuses to run as root; these exist where its package or any Debian is installed.
UNPRIVILEGED = ("postgres", "nobody")
SUPERUSER = "packhouse"


class LocalPostgres:
    """A fresh server while the `with` block lasts: `with LocalPostgres() as server: server.url()`.

    Args:
        folder: Where its data lies while it runs. Short (a socket's path has about 100 characters)
            and reachable by other users; give a folder on the disk that is to be measured.
    """

    def __init__(self, folder: Path = Path("/tmp")) -> None:
        self._folder = tempfile.TemporaryDirectory(
            prefix="packhouse-pg-", dir=folder, ignore_cleanup_errors=True
        )
        self._home = Path(self._folder.name)
        self._data = self._home / "data"
        self._databases = 0

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._folder.cleanup()
            raise
        self._guard = self._watch()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        try:
            self._guard.communicate(timeout=STOP_LIMIT_S)
        finally:
            self._folder.cleanup()

    def url(self, database: str = "postgres") -> str:
        """Where a database of this server is reached, in libpq's words."""
        return f"postgresql://{SUPERUSER}@/{database}?host={self._home}"

    def create_database(self, like: str = "template1") -> str:
        """Make a new database, empty or like one nobody is connected to, and return its URL."""
        self._databases += 1
        name = f"packhouse_{self._databases}"
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(made.format(sql.Identifier(name), sql.Identifier(like)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, also from under connections that were left open."""
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(name)))
            )

    @contextmanager
    def crashed(self) -> Iterator[None]:
        """The server dies at once, as in a power cut, and recovers at the end of the block."""
        self._run("pg_ctl", "stop", "-D", self._data, "-m", "immediate")
        try:
            yield
        finally:
            self._serve()

    def _start(self) -> None:
        if os.geteuid() == 0:
            account = _unprivileged()
            os.chown(self._home, account.pw_uid, account.pw_gid)
        # An empty server need not survive a power cut (--no-sync); what is written later must.
        identity = ("-U", SUPERUSER, "--auth=trust")
        text = ("--encoding=UTF8", "--locale=C.UTF-8")
        self._run("initdb", "-D", self._data, *identity, *text, "--no-sync")
        self._serve()

    def _serve(self) -> None:
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{self._home}'",
            "max_connections": str(MAX_CONNECTIONS),
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        log = self._home / "server.log"
        waiting = ("-w", "-t", START_LIMIT_S)
        try:
            self._run("pg_ctl", "start", "-D", self._data, "-l", log, "-o", options, *waiting)
        except Trouble as trouble:
            said = log.read_text(errors="replace")[-2000:] if log.exists() else "it wrote no log"
            raise Trouble(trouble.say, detail=f"{trouble.detail}\n{said}") from trouble

    def _watch(self) -> "subprocess.Popen[bytes]":
        """A process that stops the server when its input ends: we left, or were killed."""
        script = 'cat; "$1" stop -D "$2/data" -m fast; rm -rf "$2"/*'
        return subprocess.Popen(
            ["/bin/sh", "-c", script, "guard", find_program("pg_ctl"), self._home],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for us; the server goes when we have gone
            **_as_someone(),
        )

    def _run(self, program: str, *arguments: str | Path | int) -> None:
        done = subprocess.run(
            [find_program(program), *map(str, arguments)],
            cwd=self._home,  # the caller's own folder may be closed to the unprivileged user
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_LIMIT_S + STOP_LIMIT_S,
            check=False,
            **_as_someone(),
        )
        if done.returncode != 0:
            raise Trouble(
                f"PostgreSQL's {program} failed here. Mend what it says and try again.",
                detail=f"exit {done.returncode}: {done.stdout}{done.stderr}",
            )


def find_program(name: str) -> Path:
    """One of PostgreSQL's programs: on the PATH, or where Debian keeps it (newest version first).

    Raises:
        Trouble: PostgreSQL is not installed.
    """
    on_path = shutil.which(name)
    if on_path:
        return Path(on_path)
    kept = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda path: int(path.parts[-3]),
        reverse=True,
    )
    if not kept:
        raise Trouble(
            "PostgreSQL is not installed here. Run: apt-get install postgresql", detail=name
        )
    return kept[0]


class _Account(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _as_someone() -> _Account:
    """Run a program as the unprivileged account if we are root, else as ourselves."""
    if os.geteuid() != 0:
        return {}
    account = _unprivileged()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    for name in UNPRIVILEGED:
        if name in accounts:
            return accounts[name]
    raise Trouble(
        "PostgreSQL does not run as root and finds no other account here. Run it as a normal user."
    )
