"""A station under whatever anybody does, in any order: what holds after every step, and a restart.

The walks over the tables begin each trigger in a state that is meant; here one leads to the next.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from typing_extensions import override

from app.station.events import Broken
from app.station.flow import CARDS
from app.station.inbox import Intent
from app.station.screen import Page
from tests.station.table_walk import undecided
from tests.support import scratch
from tests.support.bench import PLACES, TestBench, order_row
from tests.support.people import BOSS_BADGE

STEPS = 40
# Eight stories open thirteen pages and record six kinds of operation.
LEAST_PAGES, LEAST_KINDS = 8, 2
# Goods, an order that is there and one that is not, places, and what nobody knows.
GOODS = ("2900000000018", "2900000000025", "2900000000032", "2900000000049", "2900000000056")
CODES = (*GOODS, *GOODS, "ORD-48213", "ORD-1", *(f"LOC:{one}" for one in PLACES), "(01)", "9" * 40)
COMMANDS = (*CARDS, "UP", "DOWN", "QTY-2", "BOX-1", "REASON-DAMAGED", "REASON-LATER")
TASKS = tuple(page.value for page in Page)
ARGUMENTS = ("", "1", "2", "ORD-48213", "A-04-2", "SKU-10221", "-1", "x" * 300)


class Bench(RuleBasedStateMachine):
    """One station in the hands of chance."""

    reached: ClassVar[set[str]] = set()
    recorded: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(dir=scratch.folder())
        self.bench = TestBench(Path(self._folder.name))
        self.bench.sign_in(BOSS_BADGE)
        self.kinds = self.bench.kinds()
        self.held = {place: self.bench.stock(place) for place in PLACES}

    @rule(codes=st.lists(st.sampled_from(CODES), min_size=1, max_size=6))
    def scan(self, codes: list[str]) -> None:
        self._somebody_is_here()
        for code in codes:
            self._scan(code)

    @rule(item=st.sampled_from(GOODS), places=st.permutations(PLACES), units=st.integers(1, 3))
    def carry(self, item: str, places: list[str], units: int) -> None:
        self._somebody_is_here()
        self.bench.do(Intent.HOME)
        self.bench.do(Intent.TASK, "move")
        for code in (f"LOC:{places[0]}", *[item] * units, f"LOC:{places[1]}"):
            self._scan(code)

    @rule(units=st.integers(0, 4))
    def pack(self, units: int) -> None:
        self._somebody_is_here()
        self.bench.do(Intent.HOME)
        for code in ("ORD-48213", *GOODS[:units]):
            self._scan(code)

    def _scan(self, code: str) -> None:
        with self._one_fate():
            self.bench.scan(code)

    @rule(card=st.sampled_from(COMMANDS))
    def card(self, card: str) -> None:
        self._somebody_is_here()
        self._scan(f"CMD:{card}")

    @rule(task=st.sampled_from(TASKS))
    def begin(self, task: str) -> None:
        self._somebody_is_here()
        self.bench.do(Intent.HOME)
        self.bench.do(Intent.TASK, task)

    @rule(intent=st.sampled_from(list(Intent)), said=st.sampled_from(ARGUMENTS))
    def press(self, intent: Intent, said: str) -> None:
        self.bench.do(intent, said)

    @rule(weight_g=st.integers(0, 40_000))
    def weigh(self, weight_g: int) -> None:
        self.bench.weigh(weight_g * 1_000)

    @rule(version=st.integers(2, 9), state=st.sampled_from(("released", "held", "cancelled")))
    def follow(self, version: int, state: str) -> None:
        self.bench.feed(order_row(version=version, state=state))

    @rule(seconds=st.sampled_from((1, 400)))
    def wait(self, seconds: int) -> None:
        self.bench.clock.pass_ms(seconds * 1_000)
        self.bench.pass_s(1)

    @rule()
    def killed(self) -> None:
        before = self.bench.kinds()
        self.bench = self.bench.crash()
        # A start may say of an open count or a print that it was broken off; nothing is unsaid.
        assert self.bench.kinds()[: len(before)] == before

    @invariant()
    def nothing_is_broken(self) -> None:
        self.reached.add(self.bench.page)
        assert not [event for event in self.bench.events if isinstance(event, Broken)]
        assert undecided(self.bench) == (0, 0)

    @invariant()
    def history_only_grows(self) -> None:
        kinds = self.bench.kinds()
        assert kinds[: len(self.kinds)] == self.kinds
        self.kinds = kinds

    @invariant()
    def a_place_holds_what_it_held_and_what_was_recorded(self) -> None:
        with self.bench.book.reader.connect() as connection:
            moved = connection.exec_driver_sql("SELECT location, item, quantity FROM effect").all()
        for place, held in self.held.items():
            expected = Counter(held)
            for where, item, quantity in moved:
                if where == place:
                    expected[item] += quantity
            shown = self.bench.stock(place)
            assert {item: shown.get(item, 0) for item in expected} == dict(expected)

    @override
    def teardown(self) -> None:
        self.recorded.update(self.kinds)
        self.bench.book.close()
        self._folder.cleanup()

    def _somebody_is_here(self) -> None:
        """Else the first who leaves, or an error nobody reads, ends a story."""
        if self.bench.screen.locked or self.bench.page == Page.SIGN_IN.value:
            self.bench.sign_in(BOSS_BADGE)
        self.bench.do(Intent.ACKNOWLEDGE)

    @contextmanager
    def _one_fate(self) -> Iterator[None]:
        """A scan is decided once; one that the door keeps to itself, never."""
        before = len(self.bench.fates)
        yield
        assert len(self.bench.fates) - before in (0, 1)


def _run(stories: int) -> None:
    how = settings(
        max_examples=stories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        # A story is read faster than it is shrunk: every step has a book behind it.
        phases=[Phase.generate],
    )
    run_state_machine_as_test(Bench, settings=how)
    # Else the machine is blind.
    assert len(Bench.reached) > LEAST_PAGES, Bench.reached
    assert len(Bench.recorded) > LEAST_KINDS, Bench.recorded


def test_whatever_is_done_in_any_order_the_book_stays_sound() -> None:
    _run(8)


@pytest.mark.long
def test_nor_does_it_break_in_five_hundred_stories() -> None:
    _run(500)
