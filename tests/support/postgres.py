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
from tools.local_postgres import LocalPostgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[LocalPostgres]:
    """The worker's own server, started when the first test asks for it."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(LocalPostgres())
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


@pytest.fixture
def fresh_database(postgres_server: LocalPostgres) -> Iterator[str]:
    """URL of an empty database that is this test's alone."""
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
