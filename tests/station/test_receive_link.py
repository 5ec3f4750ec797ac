"""A code nobody knows, linked to an item while its goods are in hand: received, then identified."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import LocationRow, Operation
from app.station.inbox import Intent
from tests.station.recorded import operations_of
from tests.support.bench import MUG, TestBench
from tests.support.people import BOSS_BADGE, OTHER_BADGE, PINS

MUG_CODE, STRANGER = "2900000000018", "2900000000063"
CODE = "02900000000063"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """A clerk who receives without a delivery, and has scanned a code nobody knows."""
    made = TestBench(tmp_path)
    made.master(LocationRow("HAM", "DOCK-1", "dock"))
    made.sign_in()
    made.do(Intent.TASK, "receive")
    made.scan("CMD:BLIND")
    made.scan(STRANGER)
    assert made.title == "receive.unknown"
    yield made
    made.book.close()


def last_two(bench: TestBench) -> list[Operation]:
    return [one for one in operations_of(bench) if one.kind in ("receive", "identify")][-2:]


def test_the_item_it_is_is_said_by_somebody_who_may_and_signed(bench: TestBench) -> None:
    bench.scan("CMD:REASON-LINK")
    bench.scan(MUG_CODE)
    assert bench.screen.proof is not None
    assert last_two(bench) == []
    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])

    received, said = last_two(bench)
    assert (received.kind, received.actor, received.lines[0].item) == ("receive", "p-novak", CODE)
    assert (said.kind, said.actor) == ("identify", "p-adeyemi")
    assert said.reference is not None
    assert (said.reference.document_kind, said.reference.document) == ("item", CODE)
    assert [(one.item, one.quantity) for one in said.lines] == [(MUG.sku, 1)]
    assert (bench.page, bench.title) == ("receive", "receive.linked")


def test_who_may_not_say_so_links_nothing(bench: TestBench) -> None:
    bench.do(Intent.REASON, "link")
    assert bench.title == "receive.ask_link"
    bench.scan(MUG_CODE)
    bench.scan(OTHER_BADGE)
    bench.do(Intent.NO)

    assert last_two(bench) == []
    assert bench.page == "receive"


def test_another_unit_without_the_key_is_a_wrong_scan(bench: TestBench) -> None:
    bench.scan(MUG_CODE)

    assert bench.screen.locked
    assert last_two(bench) == []


def test_another_unknown_code_is_no_answer(bench: TestBench) -> None:
    bench.do(Intent.REASON, "link")
    bench.scan("2900000000070")

    assert bench.screen.proof is None
    assert last_two(bench) == []
