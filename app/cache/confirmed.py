"""Writing what the ledger said: confirmed rows, one statement a table.

What adds up (balances, progress, tallies) is summed in memory first; of what has versions only the
latest is kept. Documents stay as the bytes that came: a newer program reads more of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete
from sqlalchemy.dialects.sqlite import insert

from app.cache.search import put_wanted
from app.cache.tables import (
    balance,
    claim,
    document,
    exception,
    order_document,
    policy,
    progress,
    tally,
    wanted,
)
from app.contract.messages import ClaimRow, DocumentRow, ExceptionRow, OrderRow, PolicyRow

Key = tuple[str, str, str, str, str]
Line = tuple[str, int]
Counted = tuple[str, str, int, str]

TABLES: tuple[Table, ...] = (
    balance, claim, document, exception, order_document, policy, progress, tally, wanted,
)  # fmt: skip


@dataclass(slots=True)
class Confirmed:
    """Rows to be written, one entry each.

    Attributes:
        balances: Signed quantities by stock key.
        packed: Signed units by order line.
        short: The same, declared short.
        tallies: Signed quantities by kind, document, line and measure.
        orders: Latest versions, with the bytes that came.
        documents: The same by kind and number.
        claims: Latest by kind and number.
        exceptions: Latest by id.
        policy: The latest version.
    """

    balances: Counter[Key] = field(default_factory=Counter)
    packed: Counter[Line] = field(default_factory=Counter)
    short: Counter[Line] = field(default_factory=Counter)
    tallies: Counter[Counted] = field(default_factory=Counter)
    orders: dict[str, tuple[OrderRow, bytes]] = field(default_factory=dict)
    documents: dict[tuple[str, str], tuple[DocumentRow, bytes]] = field(default_factory=dict)
    claims: dict[tuple[str, str], ClaimRow] = field(default_factory=dict)
    exceptions: dict[str, ExceptionRow] = field(default_factory=dict)
    policy: PolicyRow | None = None

    def write(self, connection: Connection) -> None:
        """Write everything."""
        _add(connection, balance, _balances(self.balances))
        _add(connection, progress, _progress(self.packed, self.short))
        _add(connection, tally, _tallies(self.tallies))
        put(connection, order_document, map(_order, self.orders.values()))
        put_wanted(connection, (row for row, _ in self.orders.values()))
        put(connection, document, map(_document, self.documents.values()))
        put(connection, claim, map(_claim, self.claims.values()))
        put(connection, exception, map(_exception, self.exceptions.values()))
        if self.policy is not None:
            connection.execute(delete(policy))
            row = {"version": self.policy.version, "body": bytes(self.policy.body)}
            put(connection, policy, [row])


def put(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert or replace by primary key."""
    values = list(rows)
    if values:
        connection.execute(insert(table).prefix_with("OR REPLACE"), values)


def _add(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert, or add to what stands there, every column that is not of the primary key."""
    if not rows:
        return
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    sums = {
        column.name: column + statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=sums), rows)


def _balances(changes: Mapping[Key, int]) -> list[dict[str, Any]]:
    names = ("location", "item", "lot", "serial", "condition")
    return [dict(zip(names, key, strict=True), quantity=n) for key, n in changes.items() if n]


def _progress(packed: Mapping[Line, int], short: Mapping[Line, int]) -> list[dict[str, Any]]:
    return [
        {"order": order, "line": line, "packed": packed[order, line], "short": short[order, line]}
        for order, line in packed.keys() | short.keys()
    ]


def _tallies(changes: Mapping[Counted, int]) -> list[dict[str, Any]]:
    names = ("kind", "document", "line", "measure")
    return [dict(zip(names, where, strict=True), quantity=n) for where, n in changes.items() if n]


def _order(found: tuple[OrderRow, bytes]) -> dict[str, Any]:
    """With the columns the queue sorts by."""
    row, raw = found
    return {
        "order": row.order,
        "version": row.version,
        "state": row.state,
        "priority": row.priority,
        "ship_before": row.ship_before,
        "units": sum(line.quantity for line in row.lines),
        "body": raw,
    }


def _document(found: tuple[DocumentRow, bytes]) -> dict[str, Any]:
    row, raw = found
    return {
        "kind": row.kind,
        "document": row.document,
        "version": row.version,
        "state": row.state,
        "party": row.party,
        "due": row.due,
        "units": sum(line.quantity for line in row.lines),
        "body": raw,
    }


def _claim(row: ClaimRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "document": row.document,
        "state": row.state,
        "enrolment": row.enrolment,
        "station": row.station,
        "until": row.until,
    }


def _exception(row: ExceptionRow) -> dict[str, Any]:
    return {
        "exception": row.exception,
        "code": row.code,
        "severity": row.severity,
        "state": row.state,
        "sentence": row.sentence,
        "operation": row.operation,
        "document": row.document,
        "deadline": row.deadline,
        "owner": row.owner,
        "ways": msgspec.json.encode(row.ways).decode(),
        "seen": row.seen,
    }
