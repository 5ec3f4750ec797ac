"""docs/import.md tells of every column there is."""

from pathlib import Path

import pytest

from app.importing import inbound, items, locations, orders, stock
from app.importing.table import MAX_BYTES, MAX_ROWS, Columns

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        ("items", items.COLUMNS),
        ("locations", locations.COLUMNS),
        ("stock", stock.COLUMNS),
        ("orders", orders.COLUMNS),
        ("inbound", inbound.COLUMNS),
    ],
)
def test_every_column_is_documented(title: str, columns: Columns) -> None:
    chapter = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]

    for name in columns.required:
        assert f"**{name}**" in chapter
    for name in columns.optional:
        if not name.startswith("ship_to_"):
            assert name in chapter


def test_the_limits_on_the_page_are_those_of_the_program() -> None:
    assert f"{MAX_BYTES >> 20} MiB, {MAX_ROWS:,} rows" in PAGE
