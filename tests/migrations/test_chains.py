"""What a migration chain promises, for the station's book and for the ledger on both engines."""

import ast
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from app.cache import migrate as cache_migrate
from app.cache import tables as cache_tables
from app.ledger import migrate as ledger_migrate
from app.ledger import tables as ledger_tables
from tests.migrations.chain import Chain, defaults_of, schema_of

CACHE = Chain(cache_migrate.chain_dir(), cache_tables.metadata)
LEDGER = Chain(ledger_migrate.chain_dir(), ledger_tables.metadata)


@pytest.fixture(params=["cache on sqlite", "ledger on sqlite", "ledger on postgresql"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[Chain, sa.Engine]]:
    """A chain and an empty database for it."""
    name, engine_name = str(request.param).split(" on ")
    url = "sqlite://"
    if engine_name == "postgresql":
        url = request.getfixturevalue("empty_database").replace(
            "postgresql:", "postgresql+psycopg:"
        )
    engine = sa.create_engine(url)
    yield (CACHE if name == "cache" else LEDGER, engine)
    engine.dispose()


def test_the_head_of_the_chain_is_what_the_tables_say(place: tuple[Chain, sa.Engine]) -> None:
    chain, engine = place
    chain.upgrade(engine)

    assert chain.differences(engine) == []


@pytest.mark.parametrize("chain", [CACHE, LEDGER], ids=["cache", "ledger"])
def test_columns_left_out_get_what_the_tables_say(chain: Chain) -> None:
    migrated, created = sa.create_engine("sqlite://"), sa.create_engine("sqlite://")
    chain.upgrade(migrated)
    chain.tables.create_all(created)

    assert defaults_of(migrated) == defaults_of(created)
    migrated.dispose()
    created.dispose()


def test_every_later_revision_can_be_undone_and_leaves_the_schema_as_it_was(
    place: tuple[Chain, sa.Engine],
) -> None:
    chain, engine = place
    first, *later = chain.revisions()
    chain.upgrade(engine, first.revision)
    before = first
    for revision in later:
        schema = schema_of(engine)
        chain.upgrade(engine, revision.revision)
        chain.downgrade(engine, before.revision)
        assert schema_of(engine) == schema, f"{revision.revision} leaves something behind"
        chain.upgrade(engine, revision.revision)
        before = revision

    assert [before.revision] == chain.heads()


def test_the_books_first_revision_can_be_undone_to_an_empty_file() -> None:
    engine = sa.create_engine("sqlite://")
    CACHE.upgrade(engine)

    CACHE.downgrade(engine, "base")

    assert schema_of(engine) == {}
    engine.dispose()


def test_running_the_chain_again_changes_nothing(place: tuple[Chain, sa.Engine]) -> None:
    chain, engine = place
    chain.upgrade(engine)
    schema = schema_of(engine)

    chain.upgrade(engine)

    assert schema_of(engine) == schema


@pytest.mark.parametrize("chain", [CACHE, LEDGER], ids=["cache", "ledger"])
def test_a_chain_has_one_end_and_the_program_knows_it(chain: Chain) -> None:
    known = cache_migrate.HEAD if chain is CACHE else ledger_migrate.HEAD

    assert chain.heads() == [known]


@pytest.mark.parametrize("chain", [CACHE, LEDGER], ids=["cache", "ledger"])
def test_migrations_stand_alone(chain: Chain) -> None:
    """A revision that imports the program would change its meaning when the program does."""
    for path in sorted(chain.folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            strangers = [name for name in names if name.split(".")[0] in {"app", "ui"}]
            assert strangers == [], f"{path.name} imports {strangers}; copy what it needs"
