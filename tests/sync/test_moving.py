"""What Move and Pick record is what the real ledger counts: tasks, totes, and places to look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import DocumentRow, LocationRow, OrderedLine
from app.ledger.imports import StockLine
from app.ledger.replenishment import Threshold
from app.station.inbox import Intent
from tests.support.bench import order_row
from tests.support.synced import MUG, SITE, RealLedger, eventually, feed_of
from tests.sync.desks import ANNA, CLERK, Desk, Desks, hire

pytestmark = pytest.mark.system
ORDER = "ORD-48213"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    hire(made, CLERK)
    imports = made.service.imports
    imports.locations([LocationRow(SITE, place, "bin") for place in ("A-04-2", "R-01-1")])
    yield made
    made.go_down()


@pytest.fixture
def desk(ledger: RealLedger, tmp_path: Path) -> Iterator[Desk]:
    benches = Desks(ledger, tmp_path)
    yield benches.open("PACK-01")
    benches.close()


def tasks(ledger: RealLedger) -> list[tuple[str, str]]:
    """What is to be done and the state, of every version of every task."""
    rows = [row for row in feed_of(ledger.folder) if isinstance(row, DocumentRow)]
    return [(str(row.details["work"]), row.state) for row in rows if row.kind == "task"]


def test_moves_for_a_task_finish_it_at_the_ledger(ledger: RealLedger, desk: Desk) -> None:
    where = ledger.service.site(SITE)
    ledger.service.imports.stock(SITE, [StockLine("R-01-1", MUG, 30), StockLine("A-04-2", MUG, 2)])
    ledger.service.replenishment.put(where, Threshold(MUG, "A-04-2", 5, 20), "p-weber")
    ledger.service.keep_up()
    assert eventually(lambda: desk.ask(lambda work: work.document_count("task", ["open"]) == 1))
    desk.sign_in(ANNA, "p-anna")

    desk.do(Intent.TASK, "move")
    desk.do(Intent.MAIN)
    desk.scan(MUG)
    desk.do(Intent.QUANTITY, "8")
    desk.scan("LOC:A-04-2")
    desk.scan(MUG)
    desk.scan("LOC:A-04-2")

    assert desk.sees(lambda screen: screen.prompt.title.code == "move.task_done")
    assert eventually(desk.bench.confirmed)
    assert tasks(ledger) == [("replenish", "open"), ("replenish", "done")]


def test_what_lies_in_totes_and_what_is_short_is_known_to_the_ledger(
    ledger: RealLedger, desk: Desk
) -> None:
    ledger.service.imports.stock(SITE, [StockLine("A-04-2", MUG, 5)])
    ledger.service.imports.orders(SITE, [order_row(ORDER, lines=(OrderedLine(1, MUG, 3),))])
    ledger.service.bell.ring()
    assert eventually(lambda: desk.ask(lambda work: work.order(ORDER) is not None))
    desk.sign_in(ANNA, "p-anna")

    desk.do(Intent.TASK, "pick")
    desk.scan(ORDER)
    desk.scan("TOTE:T-1")
    desk.do(Intent.MAIN)
    desk.do(Intent.QUANTITY, "2")
    desk.scan(MUG)
    desk.do(Intent.SHORT)
    desk.do(Intent.SHORT)

    assert desk.sees(lambda screen: screen.prompt.title.code == "pick.all_in")
    assert eventually(desk.bench.confirmed)
    assert eventually(lambda: tasks(ledger) == [("count", "open")])
    picked = {"picked": 2}
    assert desk.ask(lambda work: picked.items() <= work.counted("order", ORDER)[1].items())
