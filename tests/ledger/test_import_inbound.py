"""`packhouse import inbound`: deliveries from a file, again and again, without the bad ones."""

import argparse
from pathlib import Path

import pytest

from app.commands import imports
from app.contract.messages import DocumentRow
from app.errors import Refusal
from app.ledger.database import Database
from app.ledger.lookup import Lookup
from app.ledger.service import LedgerService

SAMPLE = Path(__file__).parents[2] / "resources" / "sample"
HEADER = "inbound,supplier,line,sku,quantity,over_permille,expiry,expected\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "ledger"
    with_items = LedgerService(Database.in_folder(where))
    with_items.add_site("BER1", company_prefix="4012345")
    with_items.close()
    assert _import(where, SAMPLE / "items.csv", kind="items") == 0
    return where


def _import(folder: Path, file: Path, *options: str, kind: str = "inbound") -> int:
    parser = argparse.ArgumentParser()
    imports.add_parser(parser.add_subparsers())
    place = ["--data-dir", str(folder)]
    return imports.run(parser.parse_args(["import", kind, str(file), *place, *options]))


def test_the_sample_goes_in_and_again_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = _import(folder, SAMPLE / "inbound.csv")
    told = capsys.readouterr().out
    again = _import(folder, SAMPLE / "inbound.csv")

    assert (first, again) == (0, 0)
    assert "0 written" not in told.splitlines()[-1]
    assert "inbound: 0 written" in capsys.readouterr().out


def test_good_deliveries_go_in_without_the_bad_and_keep_what_the_file_says(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "inbound.csv"
    file.write_text(
        HEADER
        + "ASN-1,Nord,1,BREAD-BIN-RUST,60,50,2027-01-31,2026-03-16\n"
        + "ASN-2,Nord,1,NO-SUCH-SKU,6,,,\n",
        encoding="utf-8",
    )

    with pytest.raises(Refusal, match="NO-SUCH-SKU"):
        _import(folder, file)
    partial = _import(folder, file, "--partial")

    assert partial == 1
    assert "NO-SUCH-SKU" in (tmp_path / "inbound.bad.csv").read_text(encoding="utf-8-sig")
    assert "1 written" in capsys.readouterr().out
    service = LedgerService(Database.in_folder(folder))
    found = Lookup(service.database).document(service.site("BER1"), "inbound", "ASN-1")
    assert found is not None
    row = found.body
    assert isinstance(row, DocumentRow)
    assert (row.party, row.due, row.state) == ("Nord", "2026-03-16", "expected")
    assert (row.lines[0].quantity, row.lines[0].over_permille) == (60, 50)
    assert row.details == {"expiry 1": "2027-01-31"}
    service.close()
