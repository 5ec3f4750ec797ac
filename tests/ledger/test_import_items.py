"""`packhouse import items`: what a file says goes in, and what it does not say stays as it was."""

import argparse
from pathlib import Path

import msgspec
import pytest

from app.commands import imports
from app.contract.messages import ItemRow, Pack
from app.ledger.changelog import Editor
from app.ledger.database import Database
from app.ledger.service import LedgerService

OFFICE = Editor("p-novak", "The supplier's new price list.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    where = tmp_path / "ledger"
    made = LedgerService(Database.in_folder(where))
    made.add_site("BER1", company_prefix="4012345")
    made.close()
    return where


def _import(folder: Path, text: str) -> ItemRow:
    file = folder.with_name("items.csv")
    file.write_text(text, encoding="utf-8")
    parser = argparse.ArgumentParser()
    imports.add_parser(parser.add_subparsers())
    line = ["import", "items", str(file), "--data-dir", str(folder)]
    assert imports.run(parser.parse_args(line)) == 0
    service = LedgerService(Database.in_folder(folder))
    found = service.master_data.item("TEA-MINT").row
    service.close()
    return found


def _edit(folder: Path, row: ItemRow) -> None:
    service = LedgerService(Database.in_folder(folder))
    service.master_data.edit_item(row, OFFICE, row.version)
    service.close()


@pytest.mark.parametrize(
    ("lot", "serial", "tracking"),
    [("yes", "no", "lot"), ("no", "yes", "serial"), ("yes", "yes", "lot+serial"), ("", "", "")],
)
def test_an_item_is_tracked_as_its_file_says(
    folder: Path, lot: str, serial: str, tracking: str
) -> None:
    item = _import(folder, f"sku,name,lot,serial\nTEA-MINT,Peppermint tea,{lot},{serial}\n")

    assert item.tracking == tracking


def test_a_file_that_comes_again_takes_nothing_the_office_has_said(folder: Path) -> None:
    text = "sku,name,gtin,lot\nTEA-MINT,Peppermint tea,2900000000018,yes\n"
    first = _import(folder, text)
    said = msgspec.structs.replace(
        first, cost=249, shelf_days=540, over_permille=50, state="retired"
    )
    _edit(folder, said)

    again = _import(folder, text)

    assert again == msgspec.structs.replace(said, version=2)


def test_a_file_of_names_changes_nothing_but_names(folder: Path) -> None:
    first = _import(
        folder,
        "sku,name,gtin,packs,weight_g,lot,home\n"
        "TEA-MINT,Peppermint tea,2900000000018,12900000000015*6,132.5,yes,A-01-1\n",
    )

    renamed = _import(folder, "sku,name\nTEA-MINT,Mint tea\n")
    other_piece = _import(folder, "sku,name,gtin\nTEA-MINT,Mint tea,2900000000025\n")

    assert renamed == msgspec.structs.replace(first, name="Mint tea", version=2)
    assert set(other_piece.packs) == {Pack("12900000000015", 6), Pack("02900000000025", 1)}
