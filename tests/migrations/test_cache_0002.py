"""A book of the first program becomes one of the second, and back: nothing recorded is touched."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.cache import migrate, tables
from tests.migrations.chain import Chain

CHAIN = Chain(migrate.chain_dir(), tables.metadata)
POSITION = {"epoch": "one", "cursor": 812, "chain": "ab", "master_cursor": 40}


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    """A book with a claim, an exception and a place in the feed."""
    made = sa.create_engine("sqlite://")
    CHAIN.upgrade(made, "0001")
    with made.begin() as connection:
        for words in (
            "INSERT INTO claim VALUES ('ORD-48213', 'claimed', 'enr-1', 'PACK-03', '')",
            "INSERT INTO exception VALUES ('x-1', 'packed_twice', 'high', 'open', 'Stop.', '', "
            "'ORD-48213', '')",
            f"INSERT INTO note VALUES ('position', '{json.dumps(POSITION)}')",
        ):
            connection.exec_driver_sql(words)
    yield made
    made.dispose()


def one(engine: sa.Engine, words: str) -> tuple[Any, ...]:
    with engine.connect() as connection:
        return tuple(connection.exec_driver_sql(words).one())


def test_claims_and_exceptions_are_carried_over(engine: sa.Engine) -> None:
    CHAIN.upgrade(engine, "0002")

    assert one(engine, "SELECT kind, document, station FROM claim") == (
        "order",
        "ORD-48213",
        "PACK-03",
    )
    assert one(engine, "SELECT state, owner, ways, seen FROM exception") == ("open", "", "[]", 1)


def test_the_book_follows_anew_because_it_passed_rows_over(engine: sa.Engine) -> None:
    CHAIN.upgrade(engine, "0002")

    position = json.loads(one(engine, "SELECT value FROM note WHERE name = 'position'")[0])
    assert position == {"epoch": "one", "cursor": 0, "chain": "", "master_cursor": 0}


def test_going_back_keeps_what_the_first_program_knows(engine: sa.Engine) -> None:
    CHAIN.upgrade(engine, "0002")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO claim VALUES ('count', 'ORD-48213', 'claimed', 'enr-2', 'PACK-04', '')"
        )
        connection.exec_driver_sql("UPDATE exception SET state = 'escalated'")

    CHAIN.downgrade(engine, "0001")

    assert one(engine, "SELECT * FROM claim") == ("ORD-48213", "claimed", "enr-1", "PACK-03", "")
    assert one(engine, "SELECT state FROM exception") == ("open",)
