"""A day of a real ledger as schema 0001 kept it, frozen: what every later program must still read.

Written once by the program of that schema, every table filled: two stations that packed, shipped,
reversed and contradicted each other, an import, a token, a snapshot. Never edited.
"""

import base64
import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.contract import chain
from app.ledger import migrate
from tests.migrations.chain import Chain

FIRST = "0001"
_DATA = Path(__file__).parent / "data" / "ledger_0001.json"
CHAIN = Chain(migrate.chain_dir(), sa.MetaData())

Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def rows() -> Rows:
    """Columns and rows by table, parents before children."""
    text = json.loads(_DATA.read_text(encoding="utf-8"))
    return {
        table: (part["columns"], [tuple(map(_value, row)) for row in part["rows"]])
        for table, part in text.items()
    }


def fill(engine: sa.Engine) -> None:
    """Make a database of that schema with that day in it."""
    CHAIN.upgrade(engine, FIRST)
    found = sa.MetaData()
    found.reflect(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(found.tables["counter"]))  # the migration's own row
        for table, (columns, values) in rows().items():
            connection.execute(
                sa.insert(found.tables[table]),
                [dict(zip(columns, row, strict=True)) for row in values],
            )
            if engine.dialect.name == "postgresql":
                _move_sequences(connection, found.tables[table])


def sent_by(enrolment_n: int) -> list[tuple[int, str, str, bytes]]:
    """Sequence, id, digest and bytes of everything an enrolment sent, in order."""
    table = rows()
    columns, operations = table["operation"]
    bodies = {row[columns.index("id")]: row[columns.index("body")] for row in operations}
    sent = []
    for name in ("operation", "link"):
        columns, values = table[name]
        for row in values:
            told = dict(zip(columns, row, strict=True))
            if told["enrolment_n"] == enrolment_n:
                body = told["body"] if told["body"] is not None else bodies[told["id"]]
                sent.append((told["seq"], told["id"], told["digest"], body))
    assert all(chain.content_hash(body) for *_, body in sent)
    return sorted(sent)


def _value(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def _move_sequences(connection: sa.Connection, table: sa.Table) -> None:
    for column in table.columns:
        if column.identity is not None:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                f'max("{column.name}")) FROM "{table.name}"'
            )
