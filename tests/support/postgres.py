"""A real PostgreSQL for the tests that need one: a server a worker, a database a test."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest

from app.errors import Trouble
from app.ledger.database import Database
from app.ledger.kept import APP_ROLE
from app.ledger.roles import grant
from tests.support import scratch
from tools.local_postgres import LocalPostgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[LocalPostgres]:
    """The worker's own server, started when the first test asks for it."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(LocalPostgres(scratch.folder()))
        except Trouble as trouble:
            # A plain checkout may lack PostgreSQL; the machine that decides about a change may not.
            if os.environ.get("CI"):
                raise
            pytest.skip(trouble.say)
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: LocalPostgres) -> str:
    """The server itself, in libpq's words; tests that write want `fresh_database`."""
    return postgres_server.url()


@pytest.fixture(scope="session")
def migrated(postgres_server: LocalPostgres) -> str:
    """Name of a database at today's schema, to copy: migrating costs more than most tests do."""
    url = postgres_server.create_database()
    Database(url).close()
    return str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture
def fresh_database(postgres_server: LocalPostgres, migrated: str) -> Iterator[str]:
    """URL of a database with today's tables and nothing in them, this test's alone."""
    url = postgres_server.create_database(like=migrated)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def empty_database(postgres_server: LocalPostgres) -> Iterator[str]:
    """URL of a database without a single table, for who makes them himself."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


def app_role(url: str) -> str:
    """The same database with its tables, as the account the program serves with."""
    owner = Database(url)
    grant(owner)
    owner.close()
    who = psycopg.conninfo.conninfo_to_dict(url)["user"]
    return url.replace(f"{who}@", f"{APP_ROLE}@", 1)
