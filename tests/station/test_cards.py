"""Command cards: a bench is worked with the scanner alone, rows of a list and boxes among it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import ClaimRow
from app.station.cards import card_for
from app.station.inbox import Intent
from tests.support.bench import TestBench, order_row
from tests.support.people import BOSS_BADGE

ORDERS = ("ORD-48213", "ORD-48214")
MUG_CODE, TRAY_CODE, TOWEL_CODE = "2900000000018", "2900000000025", "2900000000049"
UNTIL = "2026-11-23T15:00:00Z"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path, orders=[order_row(order) for order in ORDERS])
    made.feed(*(ClaimRow(order, "assigned", "enr-1", "PACK-03", UNTIL) for order in ORDERS))
    made.sign_in(BOSS_BADGE)
    yield made
    made.book.close()


def test_cards_choose_the_row_below_and_above_and_open_it(bench: TestBench) -> None:
    bench.scan("CMD:TASK-CLAIMS")
    first, second = [row.key for row in bench.screen.choices.rows]  # type: ignore[union-attr]
    chosen = []
    for card in ("CMD:DOWN", "CMD:DOWN", "CMD:UP", "CMD:DOWN"):
        bench.scan(card)
        chosen.append(bench.screen.choices.chosen)  # type: ignore[union-attr]
    bench.scan("CMD:OPEN")

    assert chosen == [second, second, first, second]
    assert (bench.page, bench.screen.document) == ("pack", ORDERS[1])


def test_a_card_says_which_box_it_is(bench: TestBench) -> None:
    bench.scan(ORDERS[0])
    for code in (*2 * (MUG_CODE,), *3 * (TRAY_CODE,), TOWEL_CODE):
        bench.scan(code)
    bench.scan("CMD:BOX-2")

    assert [box.key for box in bench.screen.boxes if box.chosen] == ["2"]


def test_a_card_for_rows_means_nothing_where_there_is_no_list(bench: TestBench) -> None:
    bench.scan("CMD:DOWN")

    assert (bench.page, bench.fates[-1]) == ("home", "refused")


@pytest.mark.parametrize(
    ("intent", "argument", "card"),
    [
        (Intent.UNDO, "", "CMD:UNDO"),
        (Intent.REASON, "not_reached", "CMD:REASON-NOT-REACHED"),
        (Intent.REJECT, "count_again", "CMD:REASON-COUNT-AGAIN"),
        (Intent.REJECT, "", "CMD:REJECT"),
        (Intent.TASK, "close_with_note", "CMD:TASK-CLOSE-WITH-NOTE"),
        (Intent.QUANTITY, "12", "CMD:QTY-12"),
        (Intent.SIGN_IN_PIN, "246824", ""),
    ],
)
def test_every_key_has_its_card_but_a_pin(intent: Intent, argument: str, card: str) -> None:
    assert card_for(intent, argument) == card
