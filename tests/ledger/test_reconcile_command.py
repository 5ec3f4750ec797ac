"""`packhouse ledger reconcile`: 0 only when the books agree, and both numbers when they do not."""

import argparse
import json
from pathlib import Path

import pytest

from app.commands import ledger
from app.ledger.database import FILE_NAME, Database
from app.ledger.service import LedgerService
from tests.ledger.conftest import stocked
from tests.ledger.damage import on_sqlite


def _run(words: list[str]) -> int:
    parser = argparse.ArgumentParser()
    ledger.add_parser(parser.add_subparsers())
    chosen = parser.parse_args(words)
    return int(chosen.handler(chosen))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    service = stocked(LedgerService(Database.in_folder(tmp_path)))
    service.close()
    return tmp_path


def test_books_that_agree_end_with_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(["ledger", "reconcile", "--data-dir", str(folder)]) == 0

    assert "HAM: equal" in capsys.readouterr().out


def test_a_damaged_balance_is_named_and_ends_with_1(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_sqlite(folder / FILE_NAME, "UPDATE balance SET quantity = 7 WHERE quantity = 40")
    told = tmp_path / "report.json"

    code = _run(["ledger", "reconcile", "--data-dir", str(folder), "--json", str(told)])

    assert code == 1
    assert "expected 40, found 7" in capsys.readouterr().out
    (report,) = json.loads(told.read_text(encoding="utf-8"))
    assert report["state"] == "differs"
    assert {"check": "balance", "name": "A-04-2 SKU-10221 good", "expected": 40, "found": 7} in (
        report["differences"]
    )


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    assert _run(["ledger", "reconcile", "--data-dir", str(folder), "--dry-run"]) == 0

    service = LedgerService(Database.in_folder(folder))
    with service.database.read() as connection:
        reports = connection.exec_driver_sql("SELECT count(*) FROM report").scalar_one()
    service.close()
    assert reports == 0
