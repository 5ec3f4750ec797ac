"""The tests' own PostgreSQL is a real one: durable, a new database a test, gone afterwards."""

import sys
import threading
import time
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tools.local_postgres import STOP_LIMIT_S, LocalPostgres


def test_it_keeps_what_it_confirmed_as_a_real_server_does(fresh_database: str) -> None:
    with psycopg.connect(fresh_database) as connection:
        kept = connection.execute(
            "SELECT name, setting FROM pg_settings"
            " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name"
        ).fetchall()

    assert kept == [("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on")]


def test_every_database_starts_empty(postgres_server: LocalPostgres) -> None:
    first, second = postgres_server.create_database(), postgres_server.create_database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE shelf (code text)")
        connection.commit()

    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT to_regclass('shelf')").fetchone()

    assert found == (None,)


def test_a_database_goes_also_from_under_an_open_connection(postgres_server: LocalPostgres) -> None:
    url = postgres_server.create_database()
    with psycopg.connect(url):
        postgres_server.drop_database(url)

    with psycopg.connect(postgres_server.url()) as connection:
        left = connection.execute(
            "SELECT count(*) FROM pg_database WHERE datname = %s",
            [psycopg.conninfo.conninfo_to_dict(url)["dbname"]],
        ).fetchone()
    assert left == (0,)


@pytest.mark.postgres
def test_nothing_of_it_is_left_behind() -> None:
    # Not pytest's own folder: too deep for a socket, and closed to the account the server runs as.
    with TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)

        with LocalPostgres(folder) as server, psycopg.connect(server.url()) as connection:
            answered = connection.execute("SELECT 1").fetchone()

        assert answered == (1,)
        assert list(folder.iterdir()) == []


@pytest.mark.postgres
def test_it_goes_with_the_process_that_is_killed() -> None:
    code = (
        "import sys\nfrom tools.local_postgres import LocalPostgres\n"
        "with LocalPostgres() as server:\n    print(server.url(), flush=True)\n    sys.stdin.read()"
    )
    root = Path(__file__).resolve().parents[1]
    with Popen([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE, text=True, cwd=root) as owner:
        assert owner.stdout is not None
        url = owner.stdout.readline().strip()
        owner.kill()

    home = Path(str(psycopg.conninfo.conninfo_to_dict(url)["host"]))
    deadline, pause = time.monotonic() + STOP_LIMIT_S, threading.Event()
    while any(home.iterdir()) and time.monotonic() < deadline:
        pause.wait(0.05)

    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert list(home.iterdir()) == []
    home.rmdir()
