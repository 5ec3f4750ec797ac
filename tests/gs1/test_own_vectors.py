"""The gate on vectors of our own: 72 scans of a day, sound and unsound, each with its reason.

The articles are ours (restricted circulation numbers 29…); the file runs on every checkout, the
official vectors of `test_vectors_of_gs1` where they lie beside it.
"""

import csv
from pathlib import Path

import pytest

from app.gs1.explain import explain

VECTORS = Path(__file__).parent / "data" / "vectors.csv"
THIS_YEAR = 2026


def _rows() -> list[tuple[str, str, str]]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return [(row["input"], row["expected"], row["why"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("scanned", "expected", "why"), _rows(), ids=lambda value: value[:40])
def test_a_scan_means_what_its_vector_says(scanned: str, expected: str, why: str) -> None:
    kind, *fields = expected.split(" ")

    answer = explain(scanned.replace("<BEL>", "\x07"), THIS_YEAR)

    assert answer["kind"] == kind, f"{why}: {answer}"
    for field in fields:
        name, _, value = field.partition("=")
        assert str(answer[name]) == value, f"{why}: {answer}"
