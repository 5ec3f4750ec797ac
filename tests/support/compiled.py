"""SQL compiled once a process instead of once a database: nearly every test opens one of its own.

SQLAlchemy keeps what it compiled with the engine that asked. A station and a ledger have one engine
for years; thousands of tests have thousands, and spent a quarter of their time compiling the same
few hundred statements anew. Dialects are alike when their driver is: nothing here sets them up in
more than one way.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.util import LRUCache

# Several times what all of the program says; a bound, because some tests make statements up.
STATEMENTS = 2_000


class _OfOneDriver:
    """What SQLAlchemy wants of a cache, without the one dialect it puts first into each key."""

    def __init__(self) -> None:
        self._kept: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def get(self, key: tuple[Any, ...]) -> Any:
        return self._kept.get(key[1:])

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._kept[key[1:]] = compiled


_by_driver: dict[tuple[str, str], _OfOneDriver] = {}


@event.listens_for(Engine, "engine_connect")
def _share(connection: Connection) -> None:
    driver = (connection.dialect.name, connection.dialect.driver)
    shared = _by_driver.setdefault(driver, _OfOneDriver())
    connection.execution_options(compiled_cache=shared)
