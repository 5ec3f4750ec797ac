"""The ledger as a whole under whatever stations, people, the office and the disk do to it.

Transfers, counts and four eyes have histories of their own; here everything meets everything else:
records out of order, doubled, under another's id, of a revoked or reinstalled station, damaged; an
office that changes orders, people and items meanwhile; a ledger that ends, begins and is put back
to a backup. Every answer, every table and every feed is held against an oracle
(`tests.ledger.machine.oracle`, which says what it does not model).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.ledger.database import Database
from tests.ledger.conftest import CountingSecrets
from tests.ledger.machine import bugs
from tests.ledger.machine.floor import Floor, Opens
from tests.support import prepared, scratch
from tests.support.postgres import app_role

STEPS, STORIES = 40, 8
# Without these, nothing was tried.
SEEN = (
    "accept posted, adjust posted, adjust refused not_permitted, adjust waiting below_zero, "
    "adjust waiting over_quantity_limit, claim posted, count posted, decide held unknown_original, "
    "decide posted, decide refused content_differs, decide refused same_person, dispatch posted, "
    "ledger adjust posted, ledger reserve posted, move held moves_nothing, receive conflict "
    "conflict, receive posted, request waiting needs_approval, reserve refused ledger_only, "
    "reverse held revoked, reverse held unknown_original, reverse posted, reverse refused "
    "already_reversed, ship posted, unreserve refused ledger_only, withdraw held unknown_original"
)
# Of other stories than those of `make test`, whatever they are.
COMMON = (
    "accept posted, adjust posted, claim posted, count posted, decide posted, dispatch posted, "
    "ledger adjust posted, receive posted, reverse posted, ship posted"
)


def _machine(opens: Opens) -> Any:
    kept = {"opens": staticmethod(opens), "ids": CountingSecrets(), "reached": Counter[str]()}
    return type("Machine", (Floor,), kept)


def _run(machine: Any, stories: int) -> None:
    how = settings(
        max_examples=stories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        # A story is read faster than it is shrunk: every step has a database behind it.
        phases=[Phase.generate],
    )
    run_state_machine_as_test(machine, settings=how)


def _not_blind(reached: Counter[str], wanted: str) -> None:
    missing = [what for what in wanted.split(", ") if not reached[what]]
    assert not missing, f"never seen: {missing} in {sorted(reached.items())}"


@pytest.fixture
def folders() -> Iterator[Opens]:
    """Embedded ledgers, each in a folder of its own."""
    numbers = count(1)
    with TemporaryDirectory(dir=scratch.folder()) as made:

        def opens() -> tuple[Callable[[], Database], Path | None]:
            folder = Path(made) / f"{next(numbers)}" / "ledger"
            return lambda: prepared.ledger(folder), folder

        yield opens


def test_whatever_happens_in_any_order_the_ledger_is_what_the_oracle_says(folders: Opens) -> None:
    machine = _machine(folders)

    _run(machine, STORIES)

    _not_blind(machine.reached, SEEN)


@pytest.mark.long
def test_nor_in_many_stories(folders: Opens) -> None:
    machine = _machine(folders)

    _run(machine, 60)

    _not_blind(machine.reached, COMMON)


@pytest.mark.long
def test_nor_on_postgresql(fresh_database: str) -> None:
    """All in one database, which is not put back: everybody is told to send again instead."""
    url = app_role(fresh_database)
    machine = _machine(lambda: (lambda: Database(url), None))

    _run(machine, 40)

    _not_blind(machine.reached, COMMON)


@pytest.mark.parametrize(
    "bug",
    [
        bugs.post_twice,
        bugs.say_nothing,
        bugs.skip_a_row,
        pytest.param(bugs.count_before_approval, marks=pytest.mark.long),
        pytest.param(bugs.let_anybody_decide, marks=pytest.mark.long),
        pytest.param(bugs.tell_less, marks=pytest.mark.long),
    ],
)
def test_a_planted_bug_is_found(
    bug: Callable[[pytest.MonkeyPatch], None], folders: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    bug(monkeypatch)

    with pytest.raises(AssertionError):
        _run(_machine(folders), STORIES)
