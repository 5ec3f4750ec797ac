"""A book of before promises were kept by line gets a row for every line that is still open."""

import json
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.ledger import migrate, tables
from tests.migrations.chain import Chain

LEDGER = Chain(migrate.chain_dir(), tables.metadata)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    url = "sqlite://"
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_database").replace(
            "postgresql:", "postgresql+psycopg:"
        )
    made = sa.create_engine(url)
    yield made
    made.dispose()


def _order(connection: sa.Connection, number: str, state: str, due: str = "") -> None:
    body = {
        "type": "order",
        "order": number,
        "priority": 3,
        "ship_before": due,
        "lines": [[1, "SKU-1001", 4], [2, "SKU-1002", 1]],
    }
    connection.execute(
        sa.text(
            "INSERT INTO document (site_n, kind, document, state, version, shipped, body) "
            "VALUES (1, 'order', :number, :state, 1, 0, :body)"
        ),
        {"number": number, "state": state, "body": json.dumps(body).encode()},
    )


def test_open_orders_of_before_get_their_lines(engine: sa.Engine) -> None:
    LEDGER.upgrade(engine, "0002")
    with engine.begin() as connection:
        _order(connection, "ORD-48213", "released", "2026-11-23T14:00:00")
        _order(connection, "ORD-48214", "held")
        _order(connection, "ORD-48215", "shipped")
        _order(connection, "ORD-48216", "cancelled")

    LEDGER.upgrade(engine)

    r = tables.reservation.c
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(r.document, r.line, r.item, r.ordered, r.promised, r.rank).order_by(
                r.document, r.line
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        ("ORD-48213", 1, "SKU-1001", 4, 0, "0003 2026-11-23T14:00:00"),
        ("ORD-48213", 2, "SKU-1002", 1, 0, "0003 2026-11-23T14:00:00"),
        ("ORD-48214", 1, "SKU-1001", 4, 0, "0003 ~"),
        ("ORD-48214", 2, "SKU-1002", 1, 0, "0003 ~"),
    ]
