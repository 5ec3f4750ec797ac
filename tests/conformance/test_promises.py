"""Every promise, put to the ledger in process and over HTTP, on SQLite and on PostgreSQL.

On PostgreSQL the ledger has the rights of the app role, no more.
"""

from collections.abc import Iterator
from itertools import count

import pytest

from app.conformance.local import local_floor
from app.conformance.registry import Promise, promises
from app.identity.userkey import CHEAP
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.web.server import ServerThread
from tests.support.postgres import app_role
from tools.local_postgres import LocalPostgres

_sites = count(1)


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerService]:
    service = LedgerService(Database.in_folder(tmp_path_factory.mktemp("ledger")), cost=CHEAP)
    yield service
    service.close()


@pytest.fixture(scope="module")
def postgresql(postgres_server: LocalPostgres) -> Iterator[LedgerService]:
    url = postgres_server.create_database()
    service = LedgerService(Database(app_role(url)), cost=CHEAP)
    yield service
    service.close()
    postgres_server.drop_database(url)


@pytest.fixture(scope="module")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LedgerService, str]]:
    yield from _served(Database.in_folder(tmp_path_factory.mktemp("served")))


@pytest.fixture(scope="module")
def postgresql_url(postgres_server: LocalPostgres) -> Iterator[tuple[LedgerService, str]]:
    url = postgres_server.create_database()
    yield from _served(Database(app_role(url)))
    postgres_server.drop_database(url)


def _served(database: Database) -> Iterator[tuple[LedgerService, str]]:
    service = LedgerService(database, cost=CHEAP)
    with ServerThread(service) as server:
        yield service, server.url
    service.close()


def _put(promise: Promise, service: LedgerService, url: str = "") -> None:
    floor = local_floor(service, f"S{next(_sites)}", url)
    try:
        promise.keep(floor)
    finally:
        floor.hang_up()


def _named(promise: Promise) -> str:
    return promise.name


EVERY = pytest.mark.parametrize("promise", promises(), ids=_named)
UNSERVED = pytest.mark.parametrize(
    "promise", [promise for promise in promises() if not promise.served], ids=_named
)


@UNSERVED
def test_kept_by_the_ledger_in_process_on_sqlite(promise: Promise, sqlite: LedgerService) -> None:
    _put(promise, sqlite)


# Each engine and each way is put to the test anyhow; this is the two that are left together.
@pytest.mark.long
@UNSERVED
def test_kept_by_the_ledger_in_process_on_postgresql(
    promise: Promise, postgresql: LedgerService
) -> None:
    _put(promise, postgresql)


@EVERY
def test_kept_over_http_on_sqlite(promise: Promise, sqlite_url: tuple[LedgerService, str]) -> None:
    _put(promise, *sqlite_url)


@EVERY
def test_kept_over_http_on_postgresql(
    promise: Promise, postgresql_url: tuple[LedgerService, str]
) -> None:
    _put(promise, *postgresql_url)
