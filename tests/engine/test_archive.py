"""Backup and restore on PostgreSQL by its own programs: one moment, counted, into nothing else."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.conformance.floor import stock
from app.errors import Refusal, Trouble
from app.ledger import archive
from app.ledger.clock import SystemIds
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.engine.shop import Shop, epoch, ids, packhouse, sends_again
from tests.support.postgres import app_role
from tools.local_postgres import LocalPostgres


@pytest.fixture
def shop(fresh_database: str) -> Iterator[Shop]:
    made = Shop(Database(fresh_database))
    made.work()
    yield made
    made.close()


@pytest.fixture
def empty(postgres_server: LocalPostgres) -> Iterator[str]:
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


def test_a_station_brings_back_what_the_archive_has_not_seen(
    shop: Shop, empty: str, tmp_path: Path
) -> None:
    made = archive.back_up(shop.service.database, tmp_path / "kept.dump")
    kept = ids(shop.service.database)
    shop.work()
    before = stock(shop.station)

    done = archive.restore(empty, made.path, SystemIds())

    service = LedgerService(Database(empty))
    assert ids(service.database) == kept
    assert done.counts == made.counts
    assert epoch(service.database) == done.epoch != epoch(shop.service.database)
    assert sends_again(shop.station, service, shop.station.sent) == ["posted"] * 10
    assert stock(shop.station) == before
    service.close()


def test_an_archive_is_counted_in_the_moment_it_shows(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Posting goes on between counting and dumping; the exported snapshot holds both together."""
    run = archive.run

    def run_late(command: list[str], url: str) -> None:
        shop.work()
        run(command, url)

    monkeypatch.setattr(archive, "run", run_late)

    made = archive.back_up(shop.service.database, tmp_path / "kept.dump")

    assert made.counts["operation"] == len(ids(shop.service.database)) - 5


def test_an_archive_that_lacks_a_row_is_not_kept(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = archive._read

    def one_less(path: Path) -> dict[str, int]:
        return {**counted(path), "operation": counted(path)["operation"] - 1}

    monkeypatch.setattr(archive, "_read", one_less)

    with pytest.raises(Trouble, match="does not hold"):
        archive.back_up(shop.service.database, tmp_path / "kept.dump")
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_is_never_written_over(shop: Shop, tmp_path: Path) -> None:
    made = archive.back_up(shop.service.database, tmp_path / "kept.dump")
    before = ids(shop.service.database)

    with pytest.raises(Refusal) as refused:
        archive.restore(shop.service.database.url, made.path, SystemIds())

    assert refused.value.code == "not_empty"
    assert ids(shop.service.database) == before


def test_a_damaged_archive_leaves_the_database_empty(
    shop: Shop, empty: str, tmp_path: Path
) -> None:
    made = archive.back_up(shop.service.database, tmp_path / "kept.dump")
    raw = made.path.read_bytes()
    made.path.write_bytes(raw[: len(raw) * 2 // 3])

    with pytest.raises(Trouble, match="pg_restore failed"):
        archive.restore(empty, made.path, SystemIds())

    with psycopg.connect(empty) as connection:
        left = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
    assert left == (0,)


def test_a_password_is_in_no_list_of_processes() -> None:
    name, environment = archive._access("postgresql://packer:s3cret@db/stock?sslmode=require")

    assert "s3cret" not in name
    assert "sslmode=require" in name
    assert environment["PGPASSWORD"] == "s3cret"


def test_missing_programs_are_named(shop: Shop, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        with pytest.raises(Trouble, match=r"pg_dump is not installed.*postgresql-client"):
            archive.back_up(shop.service.database, tmp_path / "kept.dump")


def test_the_commands_as_the_app_role(
    shop: Shop, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    role = app_role(shop.service.database.url)
    to = tmp_path / "kept.dump"

    assert packhouse("ledger", "backup", "--database", role, "--to", to) == 0
    assert "opened and counted" in capsys.readouterr().out
    assert packhouse("ledger", "restore", "--database", empty, "--from", to) == 0
    assert "ledger roles" in capsys.readouterr().out
    assert packhouse("ledger", "roles", "--database", empty) == 0
    assert "feed             SELECT, INSERT\n" in capsys.readouterr().out
    before = _epoch(empty)
    assert packhouse("ledger", "restored", "--database", empty) == 0
    assert _epoch(empty) != before


def _epoch(url: str) -> str:
    database = Database(url)
    try:
        return epoch(database)
    finally:
        database.close()
