"""schemathesis in small, the same every time; `make api-fuzz` asks a thousand times as much."""

from pathlib import Path

import pytest

from app.ledger.database import Database
from app.ledger.web.table import table
from tests.ledger.web.target import HANG_S, served
from tools import api_fuzz

EXAMPLES = 6


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_every_operation_answers_what_its_description_allows(tmp_path: Path) -> None:
    with served(Database.in_folder(tmp_path / "ledger")) as target:
        tallies = api_fuzz.explore(target, EXAMPLES)

    assert tallies.keys() == {route.name for route in table()}
    bad = {
        name: tally.failures or dict(tally.statuses)
        for name, tally in tallies.items()
        if not tally.is_good
    }
    assert not bad
    assert sum(sum(tally.statuses.values()) for tally in tallies.values()) > 10 * EXAMPLES


def test_a_5xx_a_hang_and_a_failed_check_are_told() -> None:
    good, worse, slow, failed = (api_fuzz.Tally() for _ in range(4))
    good.note(404, 0.1)
    worse.note(503, 0.1)
    slow.note(200, HANG_S)
    failed.note(200, 0.1)
    failed.failures.append("Undocumented Content-Type")

    assert [tally.is_good for tally in (good, worse, slow, failed)] == [True, False, False, False]
