"""Every promise, put to the ledger in process and over HTTP, on SQLite and on PostgreSQL.

On PostgreSQL the ledger has the rights of the app role, no more. Whatever a promise put a ledger
through, its books agree afterwards.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from itertools import count
from typing import Self

import pytest

from app.conformance.local import local_floor
from app.conformance.registry import Promise, promises
from app.identity.userkey import CHEAP
from app.ledger.database import Database
from app.ledger.reconciliation import EQUAL, EVERYTHING
from app.ledger.service import LedgerService
from app.ledger.web.server import ServerThread
from tests.support import prepared
from tests.support.leaks import longer_lived
from tests.support.postgres import app_role
from tools.local_postgres import LocalPostgres

# What a ledger does by time it does for every site: with the sites of all promises in one book,
# that was half the time of this file.
PROMISES_A_LEDGER = 20

Served = tuple[LedgerService, str]
Databases = Callable[[], AbstractContextManager[Database]]
Way = Callable[[Database], AbstractContextManager[Served]]
_numbers = count(1)


class Ledgers:
    """One ledger after another, each for a few promises; a context manager.

    Args:
        way: Serves a database, or opens it in process.
        databases: Gives an empty one, and removes it.
    """

    def __init__(self, way: Way, databases: Databases) -> None:
        self._way, self._databases = way, databases
        self._open = ExitStack()
        self._left = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def next(self) -> Served:
        """The ledger for one more promise, and its URL where it has one."""
        if not self._left:
            self._open.close()
            database = self._open.enter_context(self._databases())
            with longer_lived():
                self._now = self._open.enter_context(self._way(database))
            self._left = PROMISES_A_LEDGER
        self._left -= 1
        return self._now


@contextmanager
def _in_process(database: Database) -> Iterator[Served]:
    service = LedgerService(database, cost=CHEAP)
    yield service, ""
    service.close()


@contextmanager
def _over_http(database: Database) -> Iterator[Served]:
    service = LedgerService(database, cost=CHEAP)
    with ServerThread(service) as server:
        yield service, server.url
    service.close()


@pytest.fixture(scope="module")
def in_folders(
    tmp_path_factory: pytest.TempPathFactory,
) -> Databases:
    folder = tmp_path_factory.mktemp("ledgers")
    return lambda: nullcontext(prepared.ledger(folder / str(next(_numbers))))


@pytest.fixture(scope="module")
def on_a_server(postgres_server: LocalPostgres, migrated: str) -> Databases:
    @contextmanager
    def made() -> Iterator[Database]:
        url = postgres_server.create_database(like=migrated)
        yield Database(app_role(url))
        postgres_server.drop_database(url)

    return made


@pytest.fixture(scope="module")
def sqlite(in_folders: Databases) -> Iterator[Ledgers]:
    with Ledgers(_in_process, in_folders) as ledgers:
        yield ledgers


@pytest.fixture(scope="module")
def postgresql(on_a_server: Databases) -> Iterator[Ledgers]:
    with Ledgers(_in_process, on_a_server) as ledgers:
        yield ledgers


@pytest.fixture(scope="module")
def sqlite_served(in_folders: Databases) -> Iterator[Ledgers]:
    with Ledgers(_over_http, in_folders) as ledgers:
        yield ledgers


@pytest.fixture(scope="module")
def postgresql_served(
    on_a_server: Databases,
) -> Iterator[Ledgers]:
    with Ledgers(_over_http, on_a_server) as ledgers:
        yield ledgers


def _put(promise: Promise, ledgers: Ledgers) -> None:
    service, url = ledgers.next()
    before = _sites_of(service)
    floor = local_floor(service, f"S{next(_numbers)}", url)
    try:
        promise.keep(floor)
    finally:
        floor.hang_up()
    made = _sites_of(service) - before
    told = [service.reconciliation.compare(service.site(one), EVERYTHING) for one in made]
    assert made
    assert [(one.site, one.differences[:3]) for one in told if one.state != EQUAL] == []


def _sites_of(service: LedgerService) -> set[str]:
    return {seen.site for seen in service.overview.sites()}


def _named(promise: Promise) -> str:
    return promise.name


EVERY = pytest.mark.parametrize("promise", promises(), ids=_named)
UNSERVED = pytest.mark.parametrize(
    "promise", [promise for promise in promises() if not promise.served], ids=_named
)


@UNSERVED
def test_kept_by_the_ledger_in_process_on_sqlite(promise: Promise, sqlite: Ledgers) -> None:
    _put(promise, sqlite)


# Each engine and each way is put to the test anyhow; this is the two that are left together.
@pytest.mark.long
@UNSERVED
def test_kept_by_the_ledger_in_process_on_postgresql(promise: Promise, postgresql: Ledgers) -> None:
    _put(promise, postgresql)


@EVERY
def test_kept_over_http_on_sqlite(promise: Promise, sqlite_served: Ledgers) -> None:
    _put(promise, sqlite_served)


@EVERY
def test_kept_over_http_on_postgresql(promise: Promise, postgresql_served: Ledgers) -> None:
    _put(promise, postgresql_served)
