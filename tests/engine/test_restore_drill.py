"""A ledger restored from a backup an hour old: its stations refill it, and nothing differs."""

from collections import Counter
from pathlib import Path

import pytest

from tests.support.leaks import ExpectedLogs
from tools import restore_drill
from tools.restore_drill import InFolder, OnPostgres, Place, State, differences

pytestmark = pytest.mark.system


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "announced_late"])
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_stations_refill_a_restored_ledger_and_nothing_differs(
    engine: str,
    announced: bool,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    expected_logs: ExpectedLogs,
) -> None:
    expected_logs.expect("offline")
    if not announced:
        expected_logs.expect("history differs")
    place: Place = InFolder(tmp_path)
    if engine == "postgresql":
        place = OnPostgres(request.getfixturevalue("postgres_server"), tmp_path)

    report = restore_drill.run(engine, place, tmp_path, announced=announced)

    sizes = {name: (len(state.operations), state.units) for name, state in report.states.items()}
    both = restore_drill.BEFORE + restore_drill.AFTER
    benches = len(restore_drill.STATIONS)
    early, all_ = restore_drill.BEFORE * benches, both * benches
    assert sizes == {
        "backup": (early, early),
        "before": (all_, all_),
        "restored": (early, early),
        "refilled": (all_, all_),
    }
    assert report.states["refilled"].witnessed == (0 if announced else benches)
    assert report.differences == []
    assert "differences = []" in report.told()


def test_the_drill_sees_what_differs() -> None:
    """Lost, doubled, moved, with a hole: each is told."""
    before = State(_once("a", "b"), frozenset("ab"), {("A-04-2",): 3}, (1, 2))
    after = State(_once("b", "b", "c"), frozenset("bc"), {("A-04-2",): 2}, (1, 3))

    assert list(differences(before, before)) == []
    assert list(differences(before, after)) == [
        "missing: a",
        "invented: c",
        "told 2 times: b",
        "balance of ('A-04-2',): 3 before, 2 now",
        "the feed has a hole",
    ]


def _once(*ids: str) -> Counter[str]:
    return Counter(ids)
