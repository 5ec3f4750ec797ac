"""The database is durable, and strange ones are refused in words.

That what was recorded is not edited: tests/engine/test_append_only.py.
"""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2 as sqlite

from app.conformance.probe import moved
from app.contract.messages import NotNow
from app.errors import Fault, Trouble
from app.ledger import engines
from app.ledger.database import FILE_NAME, Database
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, Enrol, enrolled, stocked


def test_a_commit_that_returned_survives_a_power_cut(database: Database) -> None:
    with database.writer.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }


def test_a_reader_cannot_write(database: Database) -> None:
    with database.reader.connect() as connection, pytest.raises(sa.exc.OperationalError):
        connection.exec_driver_sql("DELETE FROM meta")


def test_an_sqlite_that_can_lose_data_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "SQLITE_MIN", (99, 0, 0))

    with pytest.raises(Fault, match="can lose data"):
        Database.in_folder(tmp_path)


def test_a_database_nobody_knows_is_refused_in_words() -> None:
    with pytest.raises(Trouble, match="mysql"):
        Database("mysql://root@db/stock")


def test_a_database_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(Trouble, match="cannot be opened") as trouble:
        Database("postgresql://packer:s3cret@127.0.0.1:1/stock?connect_timeout=1")

    assert "s3cret" not in str(trouble.value)


def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is a shopping list, not a ledger" * 100)

    with pytest.raises(Trouble, match="cannot be opened"):
        Database.in_folder(tmp_path)


def test_a_full_disk_is_told_nothing_is_lost_and_it_goes_on_when_there_is_room(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station = enrol("PACK-01")
    for _ in range(200):
        station.record(station.operation("receive", moved(MUG.sku, 1, "supplier", "DOCK-1")))
    with ledger.database.writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(Trouble, match="disk is full"):
        station.post()
    with ledger.database.writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    assert {result.outcome for result in station.post()} == {"posted"}


def test_a_file_another_program_holds_is_answered_retry_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_MS", 100)
    service = stocked(LedgerService(Database.in_folder(tmp_path)))
    station = enrolled(service, "PACK-01")
    station.record(station.operation("receive", moved(MUG.sku, 1, "supplier", "DOCK-1")))
    other = sqlite.connect(str(tmp_path / FILE_NAME), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    answer = station.ledger.post(station.batch())
    other.execute("ROLLBACK")
    other.close()

    assert isinstance(answer, NotNow)
    assert answer.problem == "retry_later"
    assert [result.outcome for result in station.post()] == ["posted"]
    service.close()
