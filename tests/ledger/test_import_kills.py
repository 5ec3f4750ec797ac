"""`packhouse import` killed before any step that touches the disk, and run again."""

import csv
import sqlite3
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from app.ledger.backup import INVARIANTS
from app.ledger.database import FILE_NAME
from tests.support import prepared
from tests.support.killing import every_step
from ui.__main__ import main

SAMPLE = Path(__file__).parents[2] / "resources" / "sample"
# In the order in which they need each other.
KINDS = ("items", "locations", "boxes", "users", "stock", "orders", "inbound")
# All but opening stock is one transaction.
WHOLE = {"items": "item", "locations": "location"}


def _run(*arguments: object) -> None:
    assert main(list(map(str, arguments))) == 0


def _ask(folder: Path, question: str) -> list[tuple[str | int, ...]]:
    with closing(sqlite3.connect(folder / FILE_NAME)) as file:
        return file.execute(question).fetchall()


def _rows(folder: Path, kind: str) -> int:
    return len(_ask(folder, f"SELECT 1 FROM {WHOLE[kind]}")) if kind in WHOLE else 0


@pytest.mark.parametrize(
    ("last", "stride"), [("stock", 331), pytest.param("inbound", 17, marks=pytest.mark.long)]
)
def test_an_import_killed_anywhere_and_run_again_is_in_once(
    tmp_path: Path, last: str, stride: int
) -> None:
    folder = tmp_path / "ledger"
    prepared.ledger(folder).close()
    _run("ledger", "site", "add", "BER1", "--data-dir", folder)

    killed = 0
    for kind in KINDS[: KINDS.index(last) + 1]:
        command = ("import", kind, SAMPLE / f"{kind}.csv", "--data-dir", folder)
        seen = set[int]()
        for _ in every_step(partial(_run, *command), stride):
            killed += 1
            assert not any(_ask(folder, question) for question in INVARIANTS.values())
            seen.add(_rows(folder, kind))
        assert seen <= {0, _rows(folder, kind)}, "half of a file went in"

    assert killed > (4 if last == "stock" else 60)
    with (SAMPLE / "stock.csv").open(encoding="utf-8", newline="") as stream:
        listed = Counter[tuple[str, str]]()
        for row in csv.DictReader(stream):
            listed[row["location"], row["sku"]] += int(row["quantity"])
    balances = _ask(
        folder,
        "SELECT location, item, sum(quantity) FROM balance WHERE quantity > 0 "
        "GROUP BY location, item",
    )
    assert {(place, item): quantity for place, item, quantity in balances} == listed
