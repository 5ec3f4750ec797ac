"""Opening the ledger's database, SQLite or PostgreSQL, and the few things in which they differ.

Everything else is written once: `in_set` asks about many values with one bound parameter, `insert`
writes many rows with one statement (COPY on PostgreSQL). What is asked with every posting is made
once and kept (`kept`, `in_listed`): making a statement costs several times what asking it does.
What errors mean: `app.ledger.distress`. Connections: `app.ledger.engines`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.dialects.postgresql import ARRAY

from app.errors import Trouble
from app.ledger import engines, migrate
from app.ledger.distress import explain
from app.ledger.seal import seal
from app.ledger.together import Together

FILE_NAME = "ledger.sqlite"


class Database:
    """One ledger database: `writer` for transactions that change it, `reader` for the rest.

    Args:
        url: `sqlite:///FILE` or `postgresql://…`.

    Raises:
        Trouble: It cannot be reached, is too old, or was written by a newer program.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # How often a connection was made. What a process remembers of the database holds as long as
        # this stands: behind a new connection there may be another server, or a restored database.
        self.generation = 0
        self._together = Together()
        self._kept: dict[Callable[[Database], sa.Select[Any]], sa.Select[Any]] = {}
        self.is_sqlite = url.startswith("sqlite:")
        if self.is_sqlite:
            self.writer = engines.sqlite_engine(url, read_only=False)
            self.reader = engines.sqlite_engine(url, read_only=True)
        else:
            self.writer = self.reader = engines.postgresql_engine(url)
        event.listen(self.writer, "connect", self._connected)
        try:
            with self.writer.connect() as connection:
                engines.refuse_old(connection)
            migrate.to_head(self.writer)
            if self.is_sqlite:
                self._seal()
        except sa.exc.DBAPIError as error:
            self.close()
            raise engines.not_opened(url, error) from error
        except BaseException:
            self.close()
            raise

    @classmethod
    def in_folder(cls, folder: Path) -> "Database":
        """The embedded database of a data folder; created at first use."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(f"sqlite:///{folder / FILE_NAME}")

    def in_set(
        self, column: sa.ColumnElement[Any], values: Iterable[Any]
    ) -> sa.ColumnElement[bool]:
        """`column` is one of `values`, however many: one parameter, one cached statement."""
        if self.is_sqlite:
            listed = sa.func.json_each(sa.bindparam(None, as_json(values), unique=True))
            return column.in_(sa.select(listed.table_valued("value").c.value))
        array = sa.bindparam(None, list(values), type_=ARRAY(column.type), unique=True)
        return column == sa.any_(array)

    def in_listed(self, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
        """`in_set` of a statement that is kept: the values are bound by name, as `listed`."""
        if self.is_sqlite:
            listed = sa.func.json_each(sa.bindparam(name, type_=sa.Text))
            return column.in_(sa.select(listed.table_valued("value").c.value))
        return column == sa.any_(sa.bindparam(name, type_=ARRAY(column.type)))

    def listed(self, values: Iterable[Any]) -> str | list[Any]:
        """What is bound where `in_listed` names it."""
        return as_json(values) if self.is_sqlite else list(values)

    def kept(self, make: Callable[["Database"], sa.Select[Any]]) -> sa.Select[Any]:
        """A statement that is made at its first use and kept; `make` is a function of a module."""
        found = self._kept.get(make)
        if found is None:
            found = self._kept[make] = make(self)
        return found

    def insert(
        self, connection: Connection, table: sa.Table, rows: Iterable[Sequence[Any]]
    ) -> None:
        """Write rows, values in the order of the table's columns, with one statement.

        Give an iterator where making rows is work: PostgreSQL then stores the first ones while the
        next ones are made.
        """
        coming = iter(rows)
        first = next(coming, None)
        if first is None:
            return
        rows = chain((first,), coming)
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        with _cursor(connection) as cursor:
            if self.is_sqlite:
                marks = ", ".join("?" * len(table.columns))
                cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
                return
            # Binary: bodies are bytes, which the text format writes and reads as twice as much hex.
            into = f'COPY "{table.name}" ({names}) FROM STDIN (FORMAT BINARY)'
            with cursor.copy(into) as copy:
                copy.set_types([_copy_type(column) for column in table.columns])
                for row in rows:
                    copy.write_row(row)

    def upsert(
        self,
        connection: Connection,
        table: sa.Table,
        rows: Sequence[Sequence[Any]],
        adding: Collection[str] = (),
    ) -> None:
        """Insert rows, or replace the rows of the same primary key, with one statement.

        Args:
            connection: The transaction.
            table: Where.
            rows: Values in the order of the table's columns.
            adding: Columns that are added to what stands there.
        """
        if not rows:
            return
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
        values = ", ".join(
            f'"{column.name}" = "{table.name}"."{column.name}" + excluded."{column.name}"'
            if column.name in adding
            else f'"{column.name}" = excluded."{column.name}"'
            for column in table.columns
            if not column.primary_key
        )
        then = f"ON CONFLICT ({keys}) DO UPDATE SET {values}"
        with _cursor(connection) as cursor:
            if self.is_sqlite:
                marks = ", ".join("?" * len(table.columns))
                cursor.executemany(
                    f'INSERT INTO "{table.name}" ({names}) VALUES ({marks}) {then}', rows
                )
                return
            arrays = ", ".join(f"%s::{_pg_type(column)}[]" for column in table.columns)
            cursor.execute(
                f'INSERT INTO "{table.name}" ({names}) SELECT * FROM unnest({arrays}) {then}',
                [list(column) for column in zip(*rows, strict=True)],
            )

    def set_quantities(self, connection: Connection, rows: Sequence[tuple[int, int]]) -> None:
        """Set the quantity of balances, `(stock, quantity)` each, with one statement."""
        if not rows:
            return
        if self.is_sqlite:
            with _cursor(connection) as cursor:
                cursor.executemany("UPDATE balance SET quantity = ?2 WHERE stock = ?1", rows)
            return
        connection.exec_driver_sql(
            "UPDATE balance SET quantity = v.quantity FROM unnest(%s::bigint[], %s::bigint[]) "
            "AS v(stock, quantity) WHERE balance.stock = v.stock",
            ([stock for stock, _ in rows], [quantity for _, quantity in rows]),
        )

    @contextmanager
    def frozen(self) -> Iterator[Connection]:
        """A read transaction that sees one moment of the whole database.

        Raises:
            Trouble: The database is in distress.
        """
        level = "SERIALIZABLE" if self.is_sqlite else "REPEATABLE READ"
        try:
            with self.reader.connect() as plain:
                connection = plain.execution_options(isolation_level=level)
                with connection.begin():
                    yield connection
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            raise explain(error) from error

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, with the driver's own errors.

        Part of the one this thread has open `together`, if it has one.
        """
        around = self._together.connection
        if around is None:
            with self.writer.begin() as connection:
                yield connection
        else:
            with around.begin_nested():
                yield around

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end.

        Raises:
            Trouble: The database is in distress; nothing was changed.
        """
        with _explained(), self.begin() as connection:
            yield connection

    @contextmanager
    def together(self) -> Iterator[Connection]:
        """A transaction that every `begin`, `write` and `read` of this thread is a part of.

        Part of the one this thread has open `together` already, if it has one.

        Raises:
            Trouble: The database is in distress; nothing of it was changed.
        """
        if self._together.connection is not None:
            with self.write() as connection:
                yield connection
            return
        with _explained(), self._together.open(self.writer) as connection:
            yield connection

    def when_committed(self, task: Callable[[], None]) -> None:
        """Do something once what this thread has written is committed."""
        self._together.when_committed(task)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that reads.

        Raises:
            Trouble: The database is in distress.
        """
        around = self._together.connection
        if around is not None:
            yield around
            return
        with _explained(), self.reader.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.reader.dispose()
        self.writer.dispose()

    def _seal(self) -> None:
        """From here on only rows change: the connection that migrated is closed."""
        self.writer.dispose()
        for engine in (self.writer, self.reader):
            event.listen(engine, "connect", lambda connection, _record: seal(connection))

    def _connected(self, _connection: object, _record: object) -> None:
        self.generation += 1


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        raise explain(error) from error
    except sa.exc.PendingRollbackError as error:
        # The connection broke in an earlier part of the same transaction.
        raise Trouble(
            "The connection to the ledger's database broke. Nothing was changed. Try again in a "
            "moment.",
            detail=str(error),
        ) from error


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    """The driver's own cursor, for what SQLAlchemy has no words for; errors as SQLAlchemy's."""
    driver: Any = connection.dialect.dbapi
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except driver.Error as error:
        raise sa.exc.DBAPIError("rows written in bulk", None, error) from error
    finally:
        cursor.close()


def _copy_type(column: sa.Column[Any]) -> str:
    return {"bigint": "int8"}.get(_pg_type(column), _pg_type(column))


def _pg_type(column: sa.Column[Any]) -> str:
    return {sa.Text: "text", sa.LargeBinary: "bytea"}.get(type(column.type), "bigint")


def as_json(values: Iterable[Any]) -> str:
    """A JSON array, for SQLite's `json_each`."""
    return msgspec.json.encode(list(values)).decode()
