"""The ledger against another system's list: by key, with thresholds, and safe to open."""

import argparse
import json
from pathlib import Path

import pytest

from app.commands import ledger as command
from app.conformance.floor import order_row
from app.conformance.probe import moved
from app.contract.messages import ExceptionRow
from app.errors import Refusal
from app.ledger.comparison import SHIPMENTS, Key
from app.ledger.database import Database
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from tests.ledger.conftest import MUG, SITE, TRAY, enrolled, stocked
from tests.ledger.engines import both

__all__ = ["both"]


@pytest.fixture
def site(both: LedgerService) -> SiteRef:
    return both.site(SITE)


def test_a_list_that_says_the_same_differs_nowhere(both: LedgerService, site: SiteRef) -> None:
    theirs: dict[Key, int] = {(MUG.sku, "A-04-2"): 40, (TRAY.sku, "B-11-1"): 25}

    found = both.comparison.stock(site, ("item", "location"), theirs)

    assert (found.report.state, found.rows) == ("equal", ())


def test_differences_are_told_by_key_with_both_numbers(both: LedgerService, site: SiteRef) -> None:
    theirs: dict[Key, int] = {(MUG.sku, "A-04-2"): 38, (MUG.sku, "A-04-3"): 2}

    found = both.comparison.stock(site, ("item", "location"), theirs)

    assert [(row.key[1], row.theirs, row.ours) for row in found.rows] == [
        ("A-04-2", 38, 40),
        ("A-04-3", 2, 0),
        ("B-11-1", 0, 25),
    ]
    assert all(row.over for row in found.rows)
    assert both.reconciliation.report(site, found.report.report) == found.report


def test_a_list_without_places_is_compared_with_sums(both: LedgerService, site: SiteRef) -> None:
    station = enrolled(both, "PACK-01")
    station.do(station.operation("pick", moved(MUG.sku, 3, "A-04-2", "tote/T-1")))

    found = both.comparison.stock(site, ("item",), {(MUG.sku,): 40, (TRAY.sku,): 25})

    assert found.rows == ()


@pytest.mark.parametrize(("units", "over"), [(998, False), (997, True), (1_002, False)])
def test_two_of_a_thousand_units_of_an_item_may_differ(
    both: LedgerService, site: SiteRef, units: int, over: bool
) -> None:
    both.imports.stock(SITE, [StockLine("DOCK-1", MUG.sku, 960)])

    found = both.comparison.stock(site, ("item",), {(MUG.sku,): units, (TRAY.sku,): 25})

    assert [row.over for row in found.rows] == [over]


def test_list_differs_is_told_once_and_closed_by_a_list_that_agrees(
    both: LedgerService, site: SiteRef
) -> None:
    station = enrolled(both, "PACK-01")
    station.pull()

    both.comparison.stock(site, ("item",), {(MUG.sku,): 7})
    both.comparison.stock(site, ("item",), {(MUG.sku,): 7})
    both.comparison.stock(site, ("item",), {(MUG.sku,): 40, (TRAY.sku,): 25})

    told = [row for row in station.pull() if isinstance(row, ExceptionRow)]
    assert [(row.code, row.state) for row in told] == [
        ("list_differs", "open"),
        ("list_differs", "closed"),
    ]


def test_shipments_are_compared_by_order(both: LedgerService, site: SiteRef) -> None:
    both.imports.orders(SITE, [order_row("ORD-48213", MUG.sku, (2,))])
    station = enrolled(both, "PACK-01")
    packed = moved(MUG.sku, 2, "A-04-2", "parcel/P-1", order_line=1)
    station.do(station.operation("pack", packed, order="ORD-48213"))
    gone = moved(MUG.sku, 2, "parcel/P-1", "customer")
    station.do(station.operation("ship", gone, order="ORD-48213"))

    same = both.comparison.shipments(site, {("ORD-48213",): 2})
    more = both.comparison.shipments(site, {("ORD-48213",): 2, ("ORD-48214",): 1})

    assert (same.report.kind, same.rows) == (SHIPMENTS, ())
    assert [(row.key, row.theirs, row.ours) for row in more.rows] == [(("ORD-48214",), 1, 0)]


# ---------------------------------------------------------------------- the command


def _run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    chosen = parser.parse_args(["ledger", "compare", *map(str, words)])
    return int(chosen.handler(chosen))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stocked(LedgerService(Database.in_folder(tmp_path / "ledger"))).close()
    return tmp_path / "ledger"


def test_a_list_with_other_headings_is_compared_and_written_safely(
    folder: Path, tmp_path: Path
) -> None:
    theirs, out, told = tmp_path / "list.csv", tmp_path / "out.csv", tmp_path / "report.json"
    theirs.write_text(
        "Artikel;Lagerplatz;Menge\nSKU-10221;A-04-2;40\n=cmd|'/c calc'!A0;X-1;5\n", encoding="utf-8"
    )

    code = _run(
        theirs, "--data-dir", folder, "--column", "sku=Artikel", "--column",
        "location=Lagerplatz", "--column", "quantity=Menge", "--csv", out, "--json", told,
    )  # fmt: skip

    assert code == 1
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "sku,location,theirs,ours,difference,over"
    assert lines[1:] == ["'=cmd|'/c calc'!A0,X-1,5,0,-5,yes", "SKU-10987,B-11-1,0,25,25,yes"]
    assert json.loads(told.read_text(encoding="utf-8"))["found"] == 2


def test_a_list_that_agrees_ends_with_0(folder: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "list.csv"
    theirs.write_text("sku,quantity\nSKU-10221,40\nSKU-10987,25\n", encoding="utf-8")

    assert _run(theirs, "--data-dir", folder) == 0


@pytest.mark.parametrize(
    ("text", "words", "code"),
    [
        ("sku,quantity\nSKU-10221,4.5\n", (), "bad_quantity"),
        ("sku,quantity\nSKU-10221,\n", (), "bad_quantity"),
        ("sku,units\nSKU-10221,4\n", (), "import_column_missing"),
        ("sku,quantity\n", ("--column", "colour=Farbe"), "bad_column"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_the_reason(
    folder: Path, tmp_path: Path, text: str, words: tuple[str, ...], code: str
) -> None:
    theirs = tmp_path / "list.csv"
    theirs.write_text(text, encoding="utf-8")

    with pytest.raises(Refusal) as refusal:
        _run(theirs, "--data-dir", folder, *words)

    assert refusal.value.code == code
